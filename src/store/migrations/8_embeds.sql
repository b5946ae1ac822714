-- Short-lived tokens for pages of other sites, by the hash of what the page holds.
CREATE TABLE embeds (
    hash TEXT PRIMARY KEY,
    api_key TEXT,
    bank TEXT NOT NULL,
    -- JSON: the origins whose pages may use it.
    origins TEXT NOT NULL,
    feedback TEXT NOT NULL,
    grades_left BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
);
