-- The store, as the numbered files in migrations/ make it. Read this first; it is never run.
--
-- A probe is one row of `result` and one of `further_observation` for each experience
-- it asked after the first; the view `observation` shows all. Rows are immutable. Texts
-- that repeat stand once in `text`; columns named *_id point to it. Times named *_us
-- are microseconds, of UTC since 1970 or of duration. What follows from rows (targeting
-- map, assignments, rollups) is committed with them or with the watermark, in one
-- transaction. `observation_line` at the end is what exports show.
--
-- Measured with a generated cohort: 54 bytes of file an observation at one experience a
-- fetch, 27 at three; a context takes 175 once; the map's cells, assignments, rollups
-- and bodies of answers stand beside it. When a cell or an assignment was last seen may
-- lag behind while results come in a flood: `meta.map_unwritten_since` tells from which
-- result on. No index stands on what every probe writes: places in the store's order
-- are found by time through `batch`; what the other indexes cost is told where they are
-- made.

CREATE TABLE meta (
    -- What is true of the store as a whole: its id, the seed that was drawn for it.
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE text (
    -- Every text that repeats stands here once; the columns named *_id elsewhere point to it.
    -- With them an observation takes about 160 bytes of file, its share of the result, indices and
    -- map included, where its exported line has 880.
    id INTEGER PRIMARY KEY,
    value TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE context (
    -- One value for each dimension that was asked; null: the matrix has no such dimension.
    id INTEGER PRIMARY KEY,
    -- Canonical text: 'day=Saturday&geo=IN&hour=19'. Equal contexts have equal texts.
    segment TEXT NOT NULL UNIQUE,
    day TEXT CHECK (day IN ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')),
    hour INTEGER CHECK (hour BETWEEN 0 AND 23),
    device TEXT,
    geo TEXT,
    -- A JSON object, '{}' where there are none.
    attributes TEXT NOT NULL
) STRICT;

CREATE TABLE configuration (
    -- Each effective configuration that ran, without secrets: what reports take allocations from.
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    valid_from_us INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE boot (
    -- One life of the daemon.
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    started_us INTEGER NOT NULL
) STRICT;

CREATE TABLE round (
    -- One pass of a plan at its target. Every position below `position` is settled: recorded,
    -- dropped or skipped. A restart goes on from there.
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    number INTEGER NOT NULL CHECK (number >= 1),
    started_us INTEGER NOT NULL,
    probes INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'incomplete')),
    cohort_subjects INTEGER NOT NULL,
    cohort_used INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (plan_id, target_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE round_drop (
    -- Probes of a round that were not sent, by cause: counted, never rows of their own.
    plan_id INTEGER NOT NULL,
    target_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    cause TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (plan_id, target_id, number, cause),
    FOREIGN KEY (plan_id, target_id, number) REFERENCES round
) STRICT, WITHOUT ROWID;

CREATE TABLE audience (
    -- The name that an audience was last served under.
    audience_id INTEGER PRIMARY KEY REFERENCES text,
    name_id INTEGER NOT NULL REFERENCES text
) STRICT;

CREATE TABLE assignment (
    -- The variation that a panel subject got for (experience, audience), and whether it stuck.
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    subject TEXT NOT NULL,
    experience_id INTEGER NOT NULL REFERENCES text,
    audience_id INTEGER NOT NULL REFERENCES text,
    variation_id INTEGER NOT NULL REFERENCES text,
    first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    PRIMARY KEY (plan_id, target_id, subject, experience_id, audience_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE targeting (
    -- The targeting map: the present answer of each cell, given by its panel subject, since when,
    -- and the one before. An error leaves it as it was.
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    experience_id INTEGER NOT NULL REFERENCES text,
    context_id INTEGER NOT NULL REFERENCES context,
    outcome TEXT NOT NULL CHECK (outcome IN ('served', 'unmatched')),
    audience_id INTEGER REFERENCES text,
    variation_id INTEGER REFERENCES text,
    since_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL,
    before_outcome TEXT CHECK (before_outcome IN ('served', 'unmatched')),
    before_audience_id INTEGER REFERENCES text,
    before_variation_id INTEGER REFERENCES text, subject_id INTEGER REFERENCES text,
    PRIMARY KEY (plan_id, target_id, experience_id, context_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cohort_pending (
    -- Cohort probes that failed and are owed an answer: waiting for a round, assigned to one,
    -- answered in it, or given up after the last attempt. Answered ones go when the next round
    -- begins.
    id INTEGER PRIMARY KEY,
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    subject TEXT NOT NULL,
    context_id INTEGER NOT NULL REFERENCES context,
    -- The keys of the fetch, one a line.
    experiences TEXT NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt BETWEEN 1 AND 6),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'assigned', 'answered', 'missing')),
    round INTEGER,
    UNIQUE (plan_id, target_id, subject, experiences)
) STRICT;

CREATE INDEX cohort_pending_state ON cohort_pending (plan_id, target_id, state, id);

CREATE TABLE watermark (
    -- The instant before which nothing more is expected: windows that end by it are rolled up.
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE export_cursor (
    -- How far a sink has been served.
    sink TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE target_status (
    -- Whether probes may leave for a target, as it was last: what stops them is its own finding.
    target_id INTEGER PRIMARY KEY REFERENCES text,
    state TEXT NOT NULL CHECK (state IN ('ready', 'limited', 'circuit_open', 'half_open', 'unauthorized')),
    since_us INTEGER NOT NULL,
    -- When the next probe may leave; null: at once.
    until_us INTEGER,
    -- What the target answered last that led here.
    reason_id INTEGER REFERENCES text,
    -- When the certificate that it shows expires; null: none was seen.
    certificate_expiry_us INTEGER
) STRICT;

CREATE TABLE experience_status (
    -- An experience as its API's metadata lists it.
    target_id INTEGER NOT NULL REFERENCES text,
    experience_id INTEGER NOT NULL REFERENCES text,
    name_id INTEGER REFERENCES text,
    -- As the API spells it; null: listed no more.
    status TEXT,
    since_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL,
    PRIMARY KEY (target_id, experience_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE experience_sighting (
    -- When an experience was last answered for, and last served: what went dark shows here.
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    experience_id INTEGER NOT NULL REFERENCES text,
    answered_us INTEGER NOT NULL,
    served_us INTEGER,
    PRIMARY KEY (plan_id, target_id, experience_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer_profile (
    -- What is known of the answers of one variation of one audience; '' where there is none.
    target_id INTEGER NOT NULL REFERENCES text,
    plan_id INTEGER NOT NULL REFERENCES text,
    experience_id INTEGER NOT NULL REFERENCES text,
    audience_id INTEGER NOT NULL REFERENCES text,
    variation_id INTEGER NOT NULL REFERENCES text,
    -- Keys and data types of the payload.
    shape TEXT NOT NULL,
    -- The hash that the payload has each time; null: it varies, or was not seen often enough.
    fingerprint TEXT,
    PRIMARY KEY (target_id, plan_id, experience_id, audience_id, variation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer_notice (
    -- What checks of answers noticed, one row for what is alike.
    target_id INTEGER NOT NULL REFERENCES text,
    plan_id INTEGER NOT NULL REFERENCES text,
    experience_id INTEGER NOT NULL REFERENCES text,
    audience_id INTEGER NOT NULL REFERENCES text,
    variation_id INTEGER NOT NULL REFERENCES text,
    kind TEXT NOT NULL CHECK (kind IN ('identity', 'shape', 'content')),
    first_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    count INTEGER NOT NULL,
    -- The last one: what was seen, and what was expected.
    detail TEXT NOT NULL,
    PRIMARY KEY (target_id, plan_id, experience_id, audience_id, variation_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE stretch (
    -- What the results of one life of the daemon at one round of a plan and target share.
    id INTEGER PRIMARY KEY,
    boot_id INTEGER NOT NULL REFERENCES boot,
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    agent_id INTEGER NOT NULL REFERENCES text,
    round INTEGER NOT NULL,
    -- Its results tell when they were due as the time after this: fewer bytes.
    origin_us INTEGER NOT NULL,
    -- No result of it stands before this one.
    first_id INTEGER NOT NULL, last_id INTEGER,
    UNIQUE (plan_id, target_id, round, boot_id, agent_id)
) STRICT;

CREATE TABLE exchange (
    -- How a fetch went, but for its times: a row for each way that occurred.
    id INTEGER PRIMARY KEY,
    -- 'panel' or 'cohort'.
    population_id INTEGER NOT NULL REFERENCES text,
    -- How often a cohort subject was asked before.
    attempt INTEGER NOT NULL,
    -- What a subject's name begins with where the rest of it stands as bytes in the result.
    subject_prefix_id INTEGER REFERENCES text,
    -- Null: answered. Else the error outcome and its reason.
    failure_id INTEGER REFERENCES text,
    reason_id INTEGER REFERENCES text,
    http_status INTEGER,
    http_version_id INTEGER REFERENCES text,
    -- 'new' or 'reused'.
    connection_id INTEGER REFERENCES text,
    remote_address_id INTEGER REFERENCES text,
    -- 1: due while the target's operator worked on it. Kept out of baselines, of the targeting map and
    -- of assignments.
    maintenance INTEGER NOT NULL
) STRICT;

CREATE TABLE answer (
    -- What one experience served or did not serve: a row for each answer that occurred.
    id INTEGER PRIMARY KEY,
    experience_id INTEGER NOT NULL REFERENCES text,
    outcome_id INTEGER NOT NULL REFERENCES text,
    reason_id INTEGER REFERENCES text,
    variation_id INTEGER REFERENCES text,
    audience_id INTEGER REFERENCES text,
    audience_name_id INTEGER REFERENCES text,
    locale_id INTEGER REFERENCES text,
    campaign_id INTEGER REFERENCES text,
    -- 64 bits of a hash of the payload; told as 16 hexadecimal digits.
    fingerprint INTEGER
) STRICT;

CREATE INDEX answer_served ON answer (experience_id, outcome_id, variation_id, audience_id, fingerprint);

CREATE TABLE result (
    -- What one probe measured, and its first experience's answer. Immutable. Times are integers in
    -- microseconds; a phase is null where the probe had none or did not reach it; all phases together
    -- are done - due. About 55 bytes where subjects are a generated cohort.
    -- The place of its first observation in the store's order.
    id INTEGER PRIMARY KEY,
    stretch_id INTEGER NOT NULL REFERENCES stretch,
    -- The point of the round's index space.
    "index" INTEGER NOT NULL,
    context_id INTEGER NOT NULL REFERENCES context,
    exchange_id INTEGER NOT NULL REFERENCES exchange,
    -- As reports call it: a file's customer ids are a keyed hash. A name that ends in 16 or more
    -- hexadecimal digits stands as the bytes of these, after the exchange's prefix.
    subject ANY NOT NULL,
    -- When it was due, after the stretch's origin; below 0 where another was recorded first.
    after_us INTEGER NOT NULL,
    lag_us INTEGER NOT NULL,
    request_us INTEGER,
    first_byte_us INTEGER,
    transfer_us INTEGER,
    -- Of the answer's body.
    bytes INTEGER,
    -- Null: nothing was asked and nothing came.
    answer_id INTEGER REFERENCES answer,
    -- Where it is not the answer's own: of a content that is another one for each subject.
    fingerprint INTEGER
, body_id INTEGER REFERENCES body) STRICT;

CREATE TABLE setup (
    -- What few results have: a connection that was opened, a wait, a trace.
    result_id INTEGER PRIMARY KEY REFERENCES result,
    -- How long it waited, within its lag, for its subject's former probe to end; null: it did not.
    held_us INTEGER,
    dns_us INTEGER,
    connect_us INTEGER,
    tls_us INTEGER,
    -- The 16 bytes of the trace that it was sent as part of; null: of none.
    trace_id BLOB
) STRICT;

CREATE TABLE further_observation (
    -- The answers of a fetch for several experiences, from the second on. Immutable. About 13 bytes.
    -- The place in the store's order: exports carry on after the last one they took.
    seq INTEGER PRIMARY KEY,
    -- Its place in its result, from 1: the result is seq - place.
    place INTEGER NOT NULL,
    answer_id INTEGER NOT NULL REFERENCES answer,
    fingerprint INTEGER
) STRICT;

CREATE TABLE batch (
    -- Results that stand one after the other in the store's order, all of them in one batch: what
    -- finds them by time, and tells a damaged one. The last batch stays when its rows are gone, so
    -- that no place is ever given away twice.
    first_id INTEGER PRIMARY KEY,
    -- The last place that its results and their observations take up.
    last_id INTEGER NOT NULL,
    results INTEGER NOT NULL,
    observations INTEGER NOT NULL,
    -- When the first and the last were due.
    first_due_us INTEGER NOT NULL,
    last_due_us INTEGER NOT NULL,
    -- Of all integers of its rows, in their order; null: an older version wrote them.
    checksum INTEGER
) STRICT;

CREATE VIEW observation AS
SELECT id AS seq, id AS result_id, answer_id, fingerprint FROM result WHERE answer_id IS NOT NULL
UNION ALL
SELECT seq, seq - place, answer_id, fingerprint FROM further_observation;

CREATE VIEW observation_line AS
SELECT
    1 AS schema,
    a.value || '-' || b.name || '-' || o.seq AS id,
    a.value || '-' || b.name || '-r' || r.id AS result_id,
    a.value AS agent,
    b.name AS boot,
    o.seq AS seq,
    t.value AS target,
    p.value AS plan,
    s.round AS round,
    r."index" AS "index",
    strftime('%Y-%m-%dT%H:%M:%S', (s.origin_us + r.after_us) / 1000000, 'unixepoch')
        || printf('.%06dZ', (s.origin_us + r.after_us) % 1000000) AS due_at,
    strftime('%Y-%m-%dT%H:%M:%S', (s.origin_us + r.after_us + r.lag_us) / 1000000, 'unixepoch')
        || printf('.%06dZ', (s.origin_us + r.after_us + r.lag_us) % 1000000) AS sent_at,
    strftime('%Y-%m-%dT%H:%M:%S', (s.origin_us + r.after_us + r.lag_us + ifnull(d.dns_us, 0) + ifnull(d.connect_us, 0) + ifnull(d.tls_us, 0) + ifnull(r.request_us + ifnull(r.first_byte_us, 0) + ifnull(r.transfer_us, 0), 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (s.origin_us + r.after_us + r.lag_us + ifnull(d.dns_us, 0) + ifnull(d.connect_us, 0) + ifnull(d.tls_us, 0) + ifnull(r.request_us + ifnull(r.first_byte_us, 0) + ifnull(r.transfer_us, 0), 0)) % 1000000) AS done_at,
    CASE typeof(r.subject) WHEN 'blob' THEN z.value || lower(hex(r.subject)) ELSE r.subject END AS subject,
    w.value AS population,
    c.day AS day,
    c.hour AS hour,
    c.device AS device,
    c.geo AS geo,
    c.attributes AS attributes,
    e.value AS experience,
    x.value AS outcome,
    q.value AS reason,
    v.value AS variation,
    u.value AS audience,
    n.value AS audience_name,
    l.value AS locale,
    k.value AS campaign,
    CASE WHEN coalesce(o.fingerprint, i.fingerprint) IS NULL THEN NULL
        ELSE printf('%016x', coalesce(o.fingerprint, i.fingerprint)) END AS fingerprint,
    g.http_status AS http_status,
    h.value AS http_version,
    y.value AS connection,
    m.value AS remote_address,
    r.request_us + ifnull(r.first_byte_us, 0) + ifnull(r.transfer_us, 0) AS latency_us,
    r.lag_us AS lag_us,
    d.dns_us AS dns_us,
    d.connect_us AS connect_us,
    d.tls_us AS tls_us,
    r.request_us AS request_us,
    r.first_byte_us AS first_byte_us,
    r.transfer_us AS transfer_us,
    r.bytes AS bytes,
    CASE WHEN d.trace_id IS NULL THEN NULL ELSE lower(hex(d.trace_id)) END AS trace_id,
    g.maintenance AS maintenance
FROM observation AS o
JOIN result AS r ON r.id = o.result_id
JOIN stretch AS s ON s.id = r.stretch_id
JOIN exchange AS g ON g.id = r.exchange_id
JOIN answer AS i ON i.id = o.answer_id
JOIN boot AS b ON b.id = s.boot_id
JOIN text AS a ON a.id = s.agent_id
JOIN text AS t ON t.id = s.target_id
JOIN text AS p ON p.id = s.plan_id
JOIN context AS c ON c.id = r.context_id
JOIN text AS e ON e.id = i.experience_id
JOIN text AS w ON w.id = g.population_id
JOIN text AS x ON x.id = i.outcome_id
LEFT JOIN setup AS d ON d.result_id = r.id
LEFT JOIN text AS z ON z.id = g.subject_prefix_id
LEFT JOIN text AS y ON y.id = g.connection_id
LEFT JOIN text AS q ON q.id = i.reason_id
LEFT JOIN text AS v ON v.id = i.variation_id
LEFT JOIN text AS u ON u.id = i.audience_id
LEFT JOIN text AS n ON n.id = i.audience_name_id
LEFT JOIN text AS l ON l.id = i.locale_id
LEFT JOIN text AS k ON k.id = i.campaign_id
LEFT JOIN text AS h ON h.id = g.http_version_id
LEFT JOIN text AS m ON m.id = g.remote_address_id;

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
    variation_id INTEGER REFERENCES text, subject_id INTEGER REFERENCES text, seen_us INTEGER,
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

CREATE INDEX body_hash ON body (hash);

CREATE INDEX body_age ON body (content IS NULL, last_us);

CREATE INDEX batch_due ON batch (last_due_us);

CREATE TABLE horizon (
    -- What retention has taken away: nothing of a kind that ended by this instant is there any more.
    kind TEXT PRIMARY KEY CHECK (kind IN ('observations', 'answers', '5m', '1h', '1d')),
    since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
