-- How long a probe waited, within its lag, for its subject's former probe to end; null: it did not.
ALTER TABLE result ADD COLUMN held_us INTEGER;

-- The 16 bytes of the trace that a probe was sent as part of; null: of none.
ALTER TABLE result ADD COLUMN trace_id BLOB CHECK (length(trace_id) = 16);

-- 1: due while the target's operator worked on it. Kept out of baselines, of the targeting map and
-- of assignments.
ALTER TABLE result ADD COLUMN maintenance INTEGER NOT NULL DEFAULT 0 CHECK (maintenance IN (0, 1));

-- Results that came during maintenance: counted here and nowhere else in a rollup.
ALTER TABLE rollup ADD COLUMN maintenance INTEGER NOT NULL DEFAULT 0;

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

DROP VIEW observation_line;

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
    r.population AS population,
    c.day AS day,
    c.hour AS hour,
    c.device AS device,
    c.geo AS geo,
    c.attributes AS attributes,
    e.value AS experience,
    o.outcome AS outcome,
    q.value AS reason,
    v.value AS variation,
    u.value AS audience,
    n.value AS audience_name,
    l.value AS locale,
    k.value AS campaign,
    CASE WHEN o.fingerprint IS NULL THEN NULL ELSE printf('%016x', o.fingerprint) END AS fingerprint,
    r.http_status AS http_status,
    h.value AS http_version,
    r.connection AS connection,
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
LEFT JOIN text AS q ON q.id = o.reason_id
LEFT JOIN text AS v ON v.id = o.variation_id
LEFT JOIN text AS u ON u.id = o.audience_id
LEFT JOIN text AS n ON n.id = o.audience_name_id
LEFT JOIN text AS l ON l.id = o.locale_id
LEFT JOIN text AS k ON k.id = o.campaign_id
LEFT JOIN text AS h ON h.id = r.http_version_id
LEFT JOIN text AS m ON m.id = r.remote_address_id;
