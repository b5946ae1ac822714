-- Concepts that a model made of a reference, by the reference's hash. Never changed: candidates are
-- judged on one list.
CREATE TABLE concepts (
    reference TEXT PRIMARY KEY,
    concepts TEXT NOT NULL,
    provider TEXT,
    model TEXT,
    prompt TEXT NOT NULL,
    made_ms BIGINT NOT NULL
);
