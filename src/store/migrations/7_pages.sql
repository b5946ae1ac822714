-- Who is signed in with a browser, by the hash of what the browser holds.
CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    api_key TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
);

-- Banks as people saved them, every version. The last one holds; without text, the one of the files does.
CREATE TABLE banks (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    toml TEXT,
    saved_ms BIGINT NOT NULL,
    -- The API key's name, where somebody had one.
    saved_by TEXT,
    PRIMARY KEY (id, version)
);
