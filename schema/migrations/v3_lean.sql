-- What every probe writes, made small and cheap to write. A probe that asked for one experience is one
-- row without any index, of about 55 bytes where two rows and three indices took 174, and is
-- inserted in a third of the time. Whatever repeats from probe to probe stands once in a table of
-- its own: the life of the daemon and the round in `stretch`, how a fetch went in `exchange`, what an
-- experience served in `answer`. Ids of results are places in the store's order, so that rows are
-- found by their batch, not by an index.

DROP VIEW observation_line;

INSERT INTO text (value)
VALUES ('panel'), ('cohort'), ('new'), ('reused'), ('served'), ('unmatched'), ('rejected'), ('limited'),
    ('failed'), ('timeout'), ('unreachable'), ('malformed')
ON CONFLICT DO NOTHING;

ALTER TABLE result RENAME TO old_result;
ALTER TABLE observation RENAME TO old_observation;

-- A result takes the place of its first observation.
CREATE TABLE old_place AS
SELECT result_id, min(seq) AS id, max(seq) AS last_id FROM old_observation GROUP BY result_id;
CREATE UNIQUE INDEX old_place_result ON old_place (result_id);

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
    first_id INTEGER NOT NULL,
    UNIQUE (plan_id, target_id, round, boot_id, agent_id)
) STRICT;

INSERT INTO stretch (boot_id, plan_id, target_id, agent_id, round, origin_us, first_id)
SELECT boot_id, plan_id, target_id, agent_id, round, min(due_us), min(l.id)
FROM old_result AS r JOIN old_place AS l ON l.result_id = r.id
GROUP BY boot_id, plan_id, target_id, agent_id, round;

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

INSERT INTO exchange (
    population_id, attempt, failure_id, reason_id, http_status, http_version_id, connection_id,
    remote_address_id, maintenance)
SELECT DISTINCT
    p.id, attempt, f.id, reason_id, http_status, http_version_id, c.id, remote_address_id, maintenance
FROM old_result AS r
JOIN text AS p ON p.value = r.population
LEFT JOIN text AS f ON f.value = r.failure
LEFT JOIN text AS c ON c.value = r.connection;

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

-- The writer finds an answer again that it does not remember. As many rows as there are answers.
CREATE INDEX answer_served ON answer (experience_id, outcome_id, variation_id, audience_id, fingerprint);

INSERT INTO answer (
    experience_id, outcome_id, reason_id, variation_id, audience_id, audience_name_id, locale_id,
    campaign_id, fingerprint)
SELECT DISTINCT
    experience_id, t.id, reason_id, variation_id, audience_id, audience_name_id, locale_id,
    campaign_id, fingerprint
FROM old_observation JOIN text AS t ON t.value = outcome;

CREATE TABLE old_answer AS
SELECT o.seq, o.result_id, a.id AS answer_id
FROM old_observation AS o
JOIN text AS t ON t.value = o.outcome
JOIN answer AS a ON a.experience_id = o.experience_id AND a.outcome_id = t.id
    AND a.reason_id IS o.reason_id AND a.variation_id IS o.variation_id
    AND a.audience_id IS o.audience_id AND a.audience_name_id IS o.audience_name_id
    AND a.locale_id IS o.locale_id AND a.campaign_id IS o.campaign_id
    AND a.fingerprint IS o.fingerprint;
CREATE UNIQUE INDEX old_answer_seq ON old_answer (seq);

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
) STRICT;

INSERT INTO result (
    id, stretch_id, "index", context_id, exchange_id, subject, after_us, lag_us, request_us,
    first_byte_us, transfer_us, bytes, answer_id)
SELECT
    l.id, s.id, r."index", r.context_id, x.id, r.subject, r.due_us - s.origin_us, r.lag_us,
    r.request_us, r.first_byte_us, r.transfer_us, r.bytes, a.answer_id
FROM old_result AS r
JOIN old_place AS l ON l.result_id = r.id
JOIN old_answer AS a ON a.seq = l.id
JOIN stretch AS s ON s.plan_id = r.plan_id AND s.target_id = r.target_id AND s.round = r.round
    AND s.boot_id = r.boot_id AND s.agent_id = r.agent_id
JOIN text AS p ON p.value = r.population
LEFT JOIN text AS f ON f.value = r.failure
LEFT JOIN text AS c ON c.value = r.connection
JOIN exchange AS x ON x.population_id = p.id AND x.attempt = r.attempt AND x.failure_id IS f.id
    AND x.reason_id IS r.reason_id AND x.http_status IS r.http_status
    AND x.http_version_id IS r.http_version_id AND x.connection_id IS c.id
    AND x.remote_address_id IS r.remote_address_id AND x.maintenance = r.maintenance
ORDER BY l.id;

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

INSERT INTO setup (result_id, held_us, dns_us, connect_us, tls_us, trace_id)
SELECT l.id, held_us, dns_us, connect_us, tls_us, trace_id
FROM old_result AS r JOIN old_place AS l ON l.result_id = r.id
WHERE coalesce(held_us, dns_us, connect_us, tls_us, trace_id) IS NOT NULL ORDER BY l.id;

CREATE TABLE further_observation (
    -- The answers of a fetch for several experiences, from the second on. Immutable. About 13 bytes.
    -- The place in the store's order: exports carry on after the last one they took.
    seq INTEGER PRIMARY KEY,
    -- Its place in its result, from 1: the result is seq - place.
    place INTEGER NOT NULL,
    answer_id INTEGER NOT NULL REFERENCES answer,
    fingerprint INTEGER
) STRICT;

INSERT INTO further_observation (seq, place, answer_id)
SELECT a.seq, a.seq - l.id, a.answer_id
FROM old_answer AS a JOIN old_place AS l ON l.result_id = a.result_id
WHERE a.seq > l.id ORDER BY a.seq;

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

INSERT INTO batch (first_id, last_id, results, observations, first_due_us, last_due_us)
SELECT min(id), max(last_id), count(*), sum(last_id - id + 1), min(due_us), max(due_us)
FROM (
    SELECT l.id, l.last_id, r.due_us, (row_number() OVER (ORDER BY l.id) - 1) / 1000 AS part
    FROM old_result AS r JOIN old_place AS l ON l.result_id = r.id)
GROUP BY part;

DROP TABLE old_answer;
DROP TABLE old_observation;
DROP TABLE old_result;
DROP TABLE old_place;

-- Every observation with its result.
CREATE VIEW observation AS
SELECT id AS seq, id AS result_id, answer_id, fingerprint FROM result WHERE answer_id IS NOT NULL
UNION ALL
SELECT seq, seq - place, answer_id, fingerprint FROM further_observation;

-- One observation as it is exported: schema/observation.schema.json, column by column.
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
