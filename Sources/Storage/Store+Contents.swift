import GRDB
package import Model

extension Store {
    /// The payloads that a plan was served at a target over some spans, which do not overlap, by
    /// the hash of their content. Nil: the spans' rows are more than can be read at once.
    package func contents(
        in spans: [Span], plan: String, target: String
    ) throws(StorageError) -> [ServedContent]? {
        try read("read the contents of") { db in
            var seen: [SeenContent: (first: Int64, last: Int64)] = [:]
            var left = Self.contentRows
            for span in spans {
                guard let places = try places(of: span, in: db) else { continue }
                left -= places.results
                guard left >= 0 else { return nil }
                let rows = try Row.fetchCursor(
                    db, sql: selectContents,
                    arguments: [
                        places.first, places.last, span.since.microseconds,
                        span.until.microseconds, plan, target,
                    ])
                while let row = try rows.next() {
                    let content = SeenContent(answer: row[0], fingerprint: row[1])
                    let (first, last): (Int64, Int64) = (row[2], row[3])
                    let known = seen[content] ?? (first, last)
                    seen[content] = (min(known.first, first), max(known.last, last))
                }
            }
            return try told(seen, in: db)
        }
    }

    /// How many results were due within a span, but for the edges of its batches.
    package func resultCount(in span: Span) throws(StorageError) -> Int {
        try read("count results of") { db in try places(of: span, in: db)?.results ?? 0 }
    }

    /// Results that are read at most: about a second.
    private static let contentRows = 500_000

    private struct SeenContent: Hashable {
        let answer: Int64
        let fingerprint: Int64
    }

    /// Nil: no result was due then.
    private func places(
        of span: Span, in db: Database
    ) throws -> (first: Int64, last: Int64, results: Int)? {
        let row = try Row.fetchOne(
            db, sql: selectPlaces,
            arguments: [span.since.microseconds, span.until.microseconds])
        guard let row, let first = row[0] as Int64?, let last = row[1] as Int64? else { return nil }
        return (first, last, row[2])
    }

    /// One for each audience, variation and content, whatever else answers differ in.
    private func told(
        _ seen: [SeenContent: (first: Int64, last: Int64)], in db: Database
    ) throws -> [ServedContent] {
        var contents: [ServedContent] = []
        for (content, times) in seen.sorted(by: { $0.value.first < $1.value.first }) {
            guard
                let row = try Row.fetchOne(
                    db.cachedStatement(sql: selectAnswer), arguments: [content.answer])
            else { continue }
            let told = ServedContent(
                experience: row[0], audience: row[1] ?? "", variation: row[2] ?? "",
                fingerprint: fingerprintText(content.fingerprint),
                firstAt: Instant(microseconds: times.first),
                lastAt: Instant(microseconds: times.last))
            let place = contents.firstIndex {
                $0.fingerprint == told.fingerprint && $0.experience == told.experience
                    && $0.audience == told.audience && $0.variation == told.variation
            }
            if let place {
                contents[place].lastAt = max(contents[place].lastAt, told.lastAt)
            } else if contents.count < Self.mostContents {
                contents.append(told)
            }
        }
        return contents
    }

    /// Payloads that are filled in for each subject have no end.
    private static let mostContents = 2_000
}

private let selectPlaces = """
    SELECT min(first_id), max(last_id), coalesce(sum(results), 0) FROM batch
    WHERE last_due_us >= ? AND first_due_us < ? AND results > 0
    """

private let selectContents = """
    WITH due AS (
        SELECT r.id, r.answer_id, r.fingerprint, s.origin_us + r.after_us AS due_us
        FROM result AS r JOIN stretch AS s ON s.id = r.stretch_id
        WHERE r.id BETWEEN ?1 AND ?2
        AND s.plan_id = (SELECT id FROM text WHERE value = ?5)
        AND s.target_id = (SELECT id FROM text WHERE value = ?6)
        AND s.origin_us + r.after_us >= ?3 AND s.origin_us + r.after_us < ?4
    ), seen AS (
        SELECT answer_id, fingerprint, due_us FROM due WHERE answer_id IS NOT NULL
        UNION ALL
        SELECT f.answer_id, f.fingerprint, d.due_us
        FROM due AS d JOIN further_observation AS f ON f.seq > d.id AND f.seq - f.place = d.id
            AND f.seq <= d.id + 25
    )
    SELECT seen.answer_id, coalesce(seen.fingerprint, a.fingerprint) AS content, min(due_us),
        max(due_us)
    FROM seen JOIN answer AS a ON a.id = seen.answer_id
    WHERE coalesce(seen.fingerprint, a.fingerprint) IS NOT NULL
    GROUP BY seen.answer_id, content
    """

private let selectAnswer = """
    SELECT e.value, u.value, v.value
    FROM answer AS a JOIN text AS e ON e.id = a.experience_id
    LEFT JOIN text AS u ON u.id = a.audience_id LEFT JOIN text AS v ON v.id = a.variation_id
    WHERE a.id = ?
    """
