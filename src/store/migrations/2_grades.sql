-- What answers were graded against, once each, by a hash.
CREATE TABLE tasks (
    hash TEXT PRIMARY KEY,
    task TEXT NOT NULL
);

-- Every grade. The identifiers are in the order of time (UUID version 7).
CREATE TABLE grades (
    id TEXT PRIMARY KEY,
    made_ms BIGINT NOT NULL,
    task TEXT NOT NULL REFERENCES tasks (hash),
    question_id TEXT,
    -- The API key that it was made for.
    api_key TEXT,
    -- Keyed hashes of the person and of the answer. They stay when the texts go.
    subject TEXT,
    answer TEXT NOT NULL,
    method TEXT NOT NULL,
    score DOUBLE PRECISION,
    confidence DOUBLE PRECISION NOT NULL,
    needs_review BIGINT NOT NULL,
    degraded TEXT,
    model TEXT,
    prompt TEXT,
    cost_usd DOUBLE PRECISION,
    -- The grade without anything that a person wrote, or that was written about what they wrote.
    bones TEXT NOT NULL,
    -- What goes when a person is erased, and after the time that texts are kept.
    request TEXT,
    grade TEXT,
    reply TEXT,
    legal_hold BIGINT NOT NULL,
    erased_ms BIGINT
);

CREATE INDEX grades_key ON grades (api_key, made_ms) WHERE api_key IS NOT NULL;
CREATE INDEX grades_subject ON grades (subject);
CREATE INDEX grades_question ON grades (question_id, id);
-- For what is kept for a time only.
CREATE INDEX grades_texts ON grades (made_ms) WHERE erased_ms IS NULL;
CREATE INDEX grades_review ON grades (needs_review, confidence);

-- The key of the keyed hashes, where none is given.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
