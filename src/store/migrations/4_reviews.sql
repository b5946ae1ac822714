-- What people decided about grades; rows are added and never changed, but for the note of a person who is
-- erased. Each row's hash covers the row before it of the same grade, the first row's covers the grade.
CREATE TABLE reviews (
    id TEXT PRIMARY KEY,
    grade TEXT NOT NULL REFERENCES grades (id),
    -- 1, 2, 3 … within a grade, so that two cannot follow the same row.
    number BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    reviewer TEXT NOT NULL,
    reason TEXT NOT NULL,
    score DOUBLE PRECISION,
    verdicts TEXT NOT NULL,
    note TEXT,
    note_hash TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (grade, number)
);

ALTER TABLE grades ADD COLUMN human_score DOUBLE PRECISION;
-- NULL, 'reviewed' or 'appealed'.
ALTER TABLE grades ADD COLUMN review_state TEXT;

DROP INDEX grades_review;
-- The queue of those that wait for a person.
CREATE INDEX grades_waiting ON grades (confidence, id) WHERE needs_review = 1 AND review_state IS NULL;
CREATE INDEX grades_appealed ON grades (id) WHERE review_state = 'appealed';
CREATE INDEX grades_reviewed ON grades (id) WHERE human_score IS NOT NULL;
