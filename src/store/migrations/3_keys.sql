-- API keys. The secret part is kept as a hash only.
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    -- Words, with commas between them.
    scopes TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    revoked_ms BIGINT,
    requests_per_minute BIGINT,
    usd_per_day DOUBLE PRECISION,
    -- What holds where a request is silent.
    feedback TEXT,
    fallback TEXT
);

-- Requests taken for a key in a minute.
CREATE TABLE rates (
    api_key TEXT NOT NULL,
    minute BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (api_key, minute)
);

-- What was spent on models for a key on a day (UTC, counted from 1970).
CREATE TABLE spending (
    api_key TEXT NOT NULL,
    day BIGINT NOT NULL,
    usd DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (api_key, day)
);
