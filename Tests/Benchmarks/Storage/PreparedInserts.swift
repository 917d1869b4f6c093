import Foundation

/// What the product's writer leaves in a file, done through SQLite's C interface with values that
/// lie ready: the same tables, indexes and transactions, an insert for each row and an upsert for
/// each answer of the panel, but no look-ups, no checksums, no values of Swift.
final class PreparedInserts {
    let file: URL
    private let upsertsPanel: Bool
    private let database: SQLiteConnection
    private let tables: [Table]
    private let touch: PreparedStatement
    private let keep: PreparedStatement
    private let replace: PreparedStatement
    private let assign: PreparedStatement

    /// A table whose rows are taken over as they are, by the place of their result.
    private struct Table {
        let select: String
        let insert: PreparedStatement

        init(_ name: String, key: String, in database: SQLiteConnection) throws {
            let columns = try TableShape(name, in: database).quotedNames
            select = """
                SELECT \(columns.joined(separator: ", ")), \(key) FROM \(name)
                WHERE \(key) BETWEEN ? AND ? ORDER BY \(key)
                """
            let marks = columns.map { _ in "?" }.joined(separator: ", ")
            insert = try database.prepare(
                "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(marks))")
        }
    }

    /// Rows of a chunk: those of the tables, and what is to be upserted of the panel.
    struct Chunk {
        fileprivate let tables: [RowCopy]
        fileprivate let panel: RowCopy
    }

    /// Makes a file with the schema of another. Without upserts of the panel, the targeting map and
    /// assignments stay empty.
    init(_ file: URL, like store: URL, upsertsPanel: Bool) throws {
        self.file = file
        self.upsertsPanel = upsertsPanel
        database = try SQLiteConnection(file.path)
        try database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        for sql in try schema(of: SQLiteConnection(store.path)) { try database.run(sql) }
        tables = [
            try Table("result", key: "id", in: database),
            try Table("setup", key: "result_id", in: database),
            try Table("further_observation", key: "seq", in: database),
            try Table("batch", key: "first_id", in: database),
        ]
        touch = try database.prepare(touchTargeting)
        keep = try database.prepare(keepTargeting)
        replace = try database.prepare(replaceTargeting)
        assign = try database.prepare(upsertAssignment)
    }

    /// Reads back the rows that stand at some places of a store.
    func copy(_ places: ClosedRange<Int64>, of store: URL) throws -> Chunk {
        let source = try SQLiteConnection(store.path)
        func rows(_ sql: String) throws -> RowCopy {
            let statement = try source.prepare(sql)
            statement.bind(places.lowerBound, at: 1)
            statement.bind(places.upperBound, at: 2)
            return try RowCopy(of: statement)
        }
        return Chunk(tables: try tables.map { try rows($0.select) }, panel: try rows(selectPanel))
    }

    func insert(_ chunk: Chunk) throws {
        let results = chunk.tables[0]
        var next = chunk.tables.map { _ in 0 }
        var nextOfPanel = 0
        for start in stride(from: 0, to: results.count, by: StorageSize.commit) {
            try database.run("BEGIN IMMEDIATE")
            for result in start..<min(start + StorageSize.commit, results.count) {
                let end =
                    result + 1 < results.count
                    ? results.integer(result + 1, results.columns - 1) : .max
                for table in tables.indices {
                    try insert(chunk.tables[table], of: table, before: end, &next[table])
                }
                while upsertsPanel, nextOfPanel < chunk.panel.count,
                    chunk.panel.integer(nextOfPanel, 0) < end
                {
                    try upsert(chunk.panel, nextOfPanel)
                    nextOfPanel += 1
                }
            }
            try database.run("COMMIT")
        }
    }

    func checkpoint() throws { try database.run("PRAGMA wal_checkpoint(TRUNCATE)") }

    private func insert(
        _ rows: RowCopy, of table: Int, before end: Int64, _ next: inout Int
    ) throws {
        let key = rows.columns - 1
        while next < rows.count, rows.integer(next, key) < end {
            try rows.run(tables[table].insert, next, 0..<key)
            next += 1
        }
    }

    /// Columns as `selectPanel` names them.
    private func upsert(_ panel: RowCopy, _ row: Int) throws {
        try panel.run(touch, row, 1...8)
        if database.changes == 0 {
            try panel.run(keep, row, [1, 2, 3, 4, 8])
            try panel.run(replace, row, 1...8)
        }
        guard !panel.isNull(row, 6), !panel.isNull(row, 7) else { return }
        try panel.run(assign, row, [1, 2, 9, 3, 6, 7, 8])
    }
}

/// The statements that made a database, without what SQLite and the migrator keep for themselves.
private func schema(of database: SQLiteConnection) throws -> [String] {
    let select = try database.prepare(
        """
        SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
        AND name NOT LIKE 'grdb_%' ORDER BY rowid
        """)
    var statements: [String] = []
    while try select.step() { statements.append(select.text(0)) }
    return statements
}

private let selectPanel = """
    SELECT r.id, s.plan_id, s.target_id, a.experience_id, r.context_id, o.value, a.audience_id,
        a.variation_id, s.origin_us + r.after_us, r.subject
    FROM observation AS v JOIN result AS r ON r.id = v.result_id
    JOIN stretch AS s ON s.id = r.stretch_id JOIN exchange AS e ON e.id = r.exchange_id
    JOIN answer AS a ON a.id = v.answer_id JOIN text AS o ON o.id = a.outcome_id
    JOIN text AS p ON p.id = e.population_id
    WHERE v.seq BETWEEN ? AND ? AND p.value = 'panel' AND o.value IN ('served', 'unmatched')
    AND e.maintenance = 0 ORDER BY v.seq
    """

private let touchTargeting = """
    UPDATE targeting SET seen_us = ?8
    WHERE plan_id = ?1 AND target_id = ?2 AND experience_id = ?3 AND context_id = ?4
    AND outcome = ?5 AND audience_id IS ?6 AND variation_id IS ?7
    """

private let keepTargeting = """
    INSERT OR REPLACE INTO targeting_former (
        plan_id, target_id, experience_id, context_id, since_us, until_us, outcome, audience_id,
        variation_id)
    SELECT plan_id, target_id, experience_id, context_id, since_us, max(since_us, ?5), outcome,
        audience_id, variation_id
    FROM targeting
    WHERE plan_id = ?1 AND target_id = ?2 AND experience_id = ?3 AND context_id = ?4
    """

private let replaceTargeting = """
    INSERT INTO targeting (
        plan_id, target_id, experience_id, context_id, outcome, audience_id, variation_id,
        since_us, seen_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
    ON CONFLICT DO UPDATE SET
        before_outcome = outcome,
        before_audience_id = audience_id,
        before_variation_id = variation_id,
        outcome = excluded.outcome,
        audience_id = excluded.audience_id,
        variation_id = excluded.variation_id,
        since_us = excluded.since_us,
        seen_us = excluded.seen_us
    """

private let upsertAssignment = """
    INSERT INTO assignment (
        plan_id, target_id, subject, experience_id, audience_id, variation_id, first_us, last_us,
        changes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 0)
    ON CONFLICT DO UPDATE SET
        changes = changes + (variation_id <> excluded.variation_id),
        variation_id = excluded.variation_id,
        last_us = excluded.last_us
    """
