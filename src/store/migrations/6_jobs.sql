-- Large batches. What is to be graded is here; the queue beside it only says who grades which part of it.
CREATE TABLE jobs (
    -- A UUID of version 7, so that ids are in the order of time.
    id TEXT NOT NULL PRIMARY KEY,
    made_ms BIGINT NOT NULL,
    api_key TEXT,
    -- grade, regrade
    kind TEXT NOT NULL,
    -- uploading, queued, running, done, cancelled
    state TEXT NOT NULL,
    total BIGINT NOT NULL DEFAULT 0,
    -- What holds for all of it, as JSON.
    terms TEXT NOT NULL,
    -- The Idempotency-Key and the upload, as keyed hashes.
    name TEXT,
    body TEXT,
    -- Whether the queue was told.
    queued BIGINT NOT NULL DEFAULT 0,
    started_ms BIGINT,
    ended_ms BIGINT,
    -- When somebody last worked at it.
    worked_ms BIGINT NOT NULL,
    -- Until when nobody works at it, and why; so many times in a row.
    paused_until_ms BIGINT,
    pause_reason TEXT,
    pauses BIGINT NOT NULL DEFAULT 0,
    -- Parts that were queued in an earlier round are no longer to be done.
    round BIGINT NOT NULL DEFAULT 0,
    -- A re-grade whose outcome holds since then.
    applied_ms BIGINT
);

CREATE UNIQUE INDEX jobs_name ON jobs (COALESCE(api_key, ''), name);
CREATE INDEX jobs_state ON jobs (state);

CREATE TABLE job_items (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    -- From 0, in the order of the upload.
    number BIGINT NOT NULL,
    task TEXT NOT NULL REFERENCES tasks (hash),
    -- As in grades.
    subject TEXT,
    -- NULL from when it is graded or erased, and where a kept grade has it.
    request TEXT,
    -- The kept grade that is graded again.
    source TEXT,
    legal_hold BIGINT NOT NULL DEFAULT 0,
    -- The outcome: the grade's id, or why there is none (JSON).
    grade TEXT,
    problem TEXT,
    -- Failures that may be the answer's as well as the model's.
    tries BIGINT NOT NULL DEFAULT 0,
    cost_usd DOUBLE PRECISION,
    degraded BIGINT NOT NULL DEFAULT 0,
    needs_review BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (job, number)
);

CREATE INDEX job_items_waiting ON job_items (job, number) WHERE grade IS NULL AND problem IS NULL;
CREATE INDEX job_items_subject ON job_items (subject) WHERE grade IS NULL AND problem IS NULL;
CREATE INDEX job_items_source ON job_items (source);

-- NULL where the grade counts; proposed by a re-grade, or replaced by one.
ALTER TABLE grades ADD COLUMN standing TEXT;
ALTER TABLE grades ADD COLUMN replaces TEXT;
ALTER TABLE grades ADD COLUMN replaced_by TEXT;
-- The first grade of the same answer, whose texts are this one's; NULL where it is the first.
ALTER TABLE grades ADD COLUMN root TEXT;
CREATE INDEX grades_root ON grades (root) WHERE root IS NOT NULL;

-- What all who share the database spend on models, by the hour since 1970.
CREATE TABLE budget (
    hour BIGINT NOT NULL PRIMARY KEY,
    usd DOUBLE PRECISION NOT NULL
);
