-- Whose answers a token's are: the keyed hash that they are found by, and as JSON what is kept with each grade: the
-- person, as the caller calls them, and the caller's notes. Both go with the token.
ALTER TABLE embeds ADD COLUMN subject TEXT;
ALTER TABLE embeds ADD COLUMN aside TEXT;
