CREATE TABLE expectation_cell (
    -- How an expectation of a plan stands in one cell: a row for each context that it is about, written
    -- with the answers. About 40 bytes.
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    -- The expectation itself, as JSON: one that says something else has cells of its own.
    expectation_id INTEGER NOT NULL REFERENCES text,
    context_id INTEGER NOT NULL REFERENCES context,
    answers INTEGER NOT NULL,
    -- Those of them that were something else.
    broken INTEGER NOT NULL CHECK (broken BETWEEN 0 AND answers),
    seen_us INTEGER NOT NULL,
    -- The last answers in a row that were something else: from, to, and the first one after them that
    -- was what is expected. Null: there were none.
    since_us INTEGER,
    broken_us INTEGER,
    held_us INTEGER,
    -- What the last of them was, cut to 256 bytes.
    got TEXT,
    PRIMARY KEY (plan_id, target_id, expectation_id, context_id),
    CHECK ((since_us IS NULL) = (broken_us IS NULL) AND (since_us IS NULL) = (got IS NULL)),
    CHECK (held_us IS NULL OR since_us IS NOT NULL)
) STRICT, WITHOUT ROWID;
