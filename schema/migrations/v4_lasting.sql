-- What lasts for years: rollups that are one row for all segments of a shape, made anew from rows
-- after this migration; what analysis carries from window to window; the targeting map's history;
-- the answers' bodies; what retention has taken away.

DROP TABLE rollup_count;
DROP TABLE rollup_failure;
DROP TABLE rollup_missing;
DROP TABLE rollup_phase;
DROP TABLE rollup;
-- Every row is still there: windows are closed again from the first on.
DELETE FROM watermark;

CREATE TABLE count_key (
    -- What observations are counted by: a row for each that occurred. Rollups hold its id.
    id INTEGER PRIMARY KEY,
    experience_id INTEGER NOT NULL REFERENCES text,
    population_id INTEGER NOT NULL REFERENCES text,
    outcome_id INTEGER NOT NULL REFERENCES text,
    audience_id INTEGER REFERENCES text,
    variation_id INTEGER REFERENCES text
) STRICT;

CREATE TABLE rollup (
    -- The mergeable summaries of all segments of one shape in one window. Reports read these, not
    -- rows.
    id INTEGER PRIMARY KEY,
    size TEXT NOT NULL CHECK (size IN ('5m', '1h', '1d')),
    start_us INTEGER NOT NULL,
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    -- The names of the segments' dimensions, sorted, with a comma between: '' is everyone.
    shape_id INTEGER NOT NULL REFERENCES text,
    -- For each segment: the id of its text, the length of its tally, the tally (counts by what was
    -- served to whom, failures by reason, latency sketches). About 150 to 1,500 bytes a segment.
    tallies BLOB NOT NULL,
    -- A report asks for one size, a few shapes and a stretch of time: 25 bytes a row, of several
    -- thousand that the row itself takes.
    UNIQUE (size, shape_id, start_us, plan_id, target_id)
) STRICT;

CREATE TABLE analysis_state (
    -- What analysis carries from window to window, as it was when all windows that end by an instant
    -- were closed: the one at the watermark, and snapshots to replay from.
    at_us INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE window_finding (
    -- What was found when a window was closed, as JSON, in the order in which it was found.
    start_us INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (start_us, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE late_result (
    -- Results that were recorded after their window of five minutes was closed, and are in no rollup
    -- until it is replayed.
    start_us INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;

CREATE TABLE targeting_former (
    -- What cells answered before: together with `targeting` the history of the map, one interval
    -- after the other. What a cell answered at an instant is one look-up in each.
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    experience_id INTEGER NOT NULL REFERENCES text,
    context_id INTEGER NOT NULL REFERENCES context,
    since_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('served', 'unmatched')),
    audience_id INTEGER REFERENCES text,
    variation_id INTEGER REFERENCES text,
    PRIMARY KEY (plan_id, target_id, experience_id, context_id, since_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE body (
    -- The body of an answer, kept once for each content. The row stays as long as results refer to
    -- it, its content only as long as answers are kept.
    id INTEGER PRIMARY KEY,
    -- 64 bits; equal ones are compared in full.
    hash INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    -- Of the content as it came.
    bytes INTEGER NOT NULL,
    -- Compressed (zlib); null: not kept any more.
    content BLOB
) STRICT;

-- Finds a content that was met before the last start: 11 bytes a content.
CREATE INDEX body_hash ON body (hash);
-- Finds what is too old, kept and not kept, for retention: 13 bytes a content.
CREATE INDEX body_age ON body (content IS NULL, last_us);

-- Null: there was none, it was too large, or too many new ones came at once.
ALTER TABLE result ADD COLUMN body_id INTEGER REFERENCES body;

-- The last few batches are found without reading all: 12 bytes for each thousand results.
CREATE INDEX batch_due ON batch (last_due_us);

-- The last result of it so far: once that one is deleted, so is the stretch.
ALTER TABLE stretch ADD COLUMN last_id INTEGER;
UPDATE stretch SET last_id = l.last_id FROM (
    SELECT stretch_id, max(id) AS last_id FROM result GROUP BY stretch_id) AS l
WHERE l.stretch_id = stretch.id;

CREATE TABLE horizon (
    -- What retention has taken away: nothing of a kind that ended by this instant is there any more.
    kind TEXT PRIMARY KEY CHECK (kind IN ('observations', 'answers', '5m', '1h', '1d')),
    since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
