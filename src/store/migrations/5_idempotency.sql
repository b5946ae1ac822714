-- Requests that name themselves, so that one that is sent twice is graded once.
CREATE TABLE idempotency (
    -- The API key, or nothing; then the request's own key, as a keyed hash.
    api_key TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    -- NULL as long as it is under way.
    grade TEXT,
    PRIMARY KEY (api_key, name)
);

CREATE INDEX idempotency_made ON idempotency (made_ms);
