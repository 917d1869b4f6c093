-- The two tables that every probe writes to, made cheap to write: a third of an insert was spent on
-- comparing words with lists of words, and an index over random numbers had another of its pages
-- written with each row. Words stand in `text` like all others, `store check` holds what CHECK held,
-- and a result is unique by its position in its round, which comes in order, instead of its index.

DROP VIEW observation_line;

INSERT INTO text (value)
VALUES ('panel'), ('cohort'), ('new'), ('reused'), ('served'), ('unmatched'), ('rejected'), ('limited'),
    ('failed'), ('timeout'), ('unreachable'), ('malformed')
ON CONFLICT DO NOTHING;

CREATE TABLE result_by_position (
    -- What one probe measured. Immutable. Times are integers in microseconds; a phase is null
    -- where the probe had none or did not reach it; all phases together are done - due.
    id INTEGER PRIMARY KEY,
    boot_id INTEGER NOT NULL REFERENCES boot,
    plan_id INTEGER NOT NULL REFERENCES text,
    target_id INTEGER NOT NULL REFERENCES text,
    agent_id INTEGER NOT NULL REFERENCES text,
    round INTEGER NOT NULL,
    -- The point of the round's index space, and its place in the round's order.
    "index" INTEGER NOT NULL,
    position INTEGER NOT NULL,
    due_us INTEGER NOT NULL,
    lag_us INTEGER NOT NULL,
    dns_us INTEGER,
    connect_us INTEGER,
    tls_us INTEGER,
    request_us INTEGER,
    first_byte_us INTEGER,
    transfer_us INTEGER,
    -- As reports call it: a file's customer ids are a keyed hash.
    subject TEXT NOT NULL,
    -- 'panel' or 'cohort'.
    population_id INTEGER NOT NULL REFERENCES text,
    -- How often a cohort subject was asked before.
    attempt INTEGER NOT NULL,
    context_id INTEGER NOT NULL REFERENCES context,
    -- Null: answered. Else the error outcome and its reason.
    failure_id INTEGER REFERENCES text,
    reason_id INTEGER REFERENCES text,
    http_status INTEGER,
    http_version_id INTEGER REFERENCES text,
    -- 'new' or 'reused'.
    connection_id INTEGER REFERENCES text,
    remote_address_id INTEGER REFERENCES text,
    bytes INTEGER,
    -- How long a probe waited, within its lag, for its subject's former probe to end; null: it did not.
    held_us INTEGER,
    -- The 16 bytes of the trace that a probe was sent as part of; null: of none.
    trace_id BLOB,
    -- 1: due while the target's operator worked on it. Kept out of baselines, of the targeting map and
    -- of assignments.
    maintenance INTEGER NOT NULL,
    -- A probe is stored once, however often a crash made it be asked: within a round, each position
    -- stands for one index. Rows come in the order of positions, so the index grows at its end; it
    -- also finds what a resumed round has stored already. About 12 bytes a row.
    UNIQUE (plan_id, target_id, round, position, agent_id)
) STRICT;

INSERT INTO result_by_position (
    id, boot_id, plan_id, target_id, agent_id, round, "index", position, due_us, lag_us, dns_us,
    connect_us, tls_us, request_us, first_byte_us, transfer_us, subject, population_id, attempt,
    context_id, failure_id, reason_id, http_status, http_version_id, connection_id,
    remote_address_id, bytes, held_us, trace_id, maintenance)
SELECT
    r.id, boot_id, plan_id, target_id, agent_id, round, "index", position, due_us, lag_us, dns_us,
    connect_us, tls_us, request_us, first_byte_us, transfer_us, subject, p.id, attempt,
    context_id, f.id, reason_id, http_status, http_version_id, c.id,
    remote_address_id, bytes, held_us, trace_id, maintenance
FROM result AS r
JOIN text AS p ON p.value = r.population
LEFT JOIN text AS f ON f.value = r.failure
LEFT JOIN text AS c ON c.value = r.connection;

DROP TABLE result;

ALTER TABLE result_by_position RENAME TO result;

CREATE INDEX result_due ON result (due_us);

CREATE TABLE observation_by_word (
    -- One experience's part of a result. Immutable. seq is the order of the store and is never
    -- used twice: exports carry on after the last one they took.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    result_id INTEGER NOT NULL REFERENCES result,
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
INSERT INTO observation_by_word (
    seq, result_id, experience_id, outcome_id, reason_id, variation_id, audience_id,
    audience_name_id, locale_id, campaign_id, fingerprint)
SELECT
    seq, result_id, experience_id, t.id, reason_id, variation_id, audience_id,
    audience_name_id, locale_id, campaign_id, fingerprint
FROM observation JOIN text AS t ON t.value = outcome
ORDER BY seq;

DROP TABLE observation;

ALTER TABLE observation_by_word RENAME TO observation;

CREATE INDEX observation_result ON observation (result_id);

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
    r.round AS round,
    r."index" AS "index",
    strftime('%Y-%m-%dT%H:%M:%S', r.due_us / 1000000, 'unixepoch') || printf('.%06dZ', r.due_us % 1000000) AS due_at,
    strftime('%Y-%m-%dT%H:%M:%S', (r.due_us + r.lag_us) / 1000000, 'unixepoch') || printf('.%06dZ', (r.due_us + r.lag_us) % 1000000) AS sent_at,
    strftime('%Y-%m-%dT%H:%M:%S', (r.due_us + r.lag_us + ifnull(r.dns_us, 0) + ifnull(r.connect_us, 0) + ifnull(r.tls_us, 0) + ifnull(r.request_us + ifnull(r.first_byte_us, 0) + ifnull(r.transfer_us, 0), 0)) / 1000000, 'unixepoch')
        || printf('.%06dZ', (r.due_us + r.lag_us + ifnull(r.dns_us, 0) + ifnull(r.connect_us, 0) + ifnull(r.tls_us, 0) + ifnull(r.request_us + ifnull(r.first_byte_us, 0) + ifnull(r.transfer_us, 0), 0)) % 1000000) AS done_at,
    r.subject AS subject,
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
    CASE WHEN o.fingerprint IS NULL THEN NULL ELSE printf('%016x', o.fingerprint) END AS fingerprint,
    r.http_status AS http_status,
    h.value AS http_version,
    y.value AS connection,
    m.value AS remote_address,
    r.request_us + ifnull(r.first_byte_us, 0) + ifnull(r.transfer_us, 0) AS latency_us,
    r.lag_us AS lag_us,
    r.dns_us AS dns_us,
    r.connect_us AS connect_us,
    r.tls_us AS tls_us,
    r.request_us AS request_us,
    r.first_byte_us AS first_byte_us,
    r.transfer_us AS transfer_us,
    r.bytes AS bytes,
    CASE WHEN r.trace_id IS NULL THEN NULL ELSE lower(hex(r.trace_id)) END AS trace_id,
    r.maintenance AS maintenance
FROM observation AS o
JOIN result AS r ON r.id = o.result_id
JOIN boot AS b ON b.id = r.boot_id
JOIN text AS a ON a.id = r.agent_id
JOIN text AS t ON t.id = r.target_id
JOIN text AS p ON p.id = r.plan_id
JOIN context AS c ON c.id = r.context_id
JOIN text AS e ON e.id = o.experience_id
JOIN text AS w ON w.id = r.population_id
JOIN text AS x ON x.id = o.outcome_id
LEFT JOIN text AS y ON y.id = r.connection_id
LEFT JOIN text AS q ON q.id = o.reason_id
LEFT JOIN text AS v ON v.id = o.variation_id
LEFT JOIN text AS u ON u.id = o.audience_id
LEFT JOIN text AS n ON n.id = o.audience_name_id
LEFT JOIN text AS l ON l.id = o.locale_id
LEFT JOIN text AS k ON k.id = o.campaign_id
LEFT JOIN text AS h ON h.id = r.http_version_id
LEFT JOIN text AS m ON m.id = r.remote_address_id;
