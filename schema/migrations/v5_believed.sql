-- Which panel subject gave the answer of a cell: flips are counted by subject, and a cell whose
-- subject is another one did not flip. Null: an older version wrote it. 1 to 3 bytes a cell.
ALTER TABLE targeting ADD COLUMN subject_id INTEGER REFERENCES text;
ALTER TABLE targeting_former ADD COLUMN subject_id INTEGER REFERENCES text;

-- When a former answer was last given: the change came after that. Null: an older version wrote it.
ALTER TABLE targeting_former ADD COLUMN seen_us INTEGER;

-- What changed within a stretch of time is found without reading the whole map: 12 bytes a change.
CREATE INDEX targeting_former_until ON targeting_former (until_us);

CREATE TABLE split_evidence (
    -- The path of each split's sequential test: how it stood when a window of five minutes was
    -- closed that brought it subjects. About 60 bytes.
    start_us INTEGER NOT NULL,
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    experience_id INTEGER NOT NULL REFERENCES text,
    -- The empty text: of a control group, whose arms are served and unmatched.
    audience_id INTEGER NOT NULL REFERENCES text,
    -- Since when subjects are counted, and the how manieth epoch that is.
    since_us INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    -- Cohort subjects by arm, as a JSON object.
    arms TEXT NOT NULL,
    -- Null: beyond every number, as where an arm that must be empty is not.
    ln_e REAL,
    ln_e_max REAL,
    PRIMARY KEY (start_us, plan_id, target_id, experience_id, audience_id)
) STRICT, WITHOUT ROWID;
