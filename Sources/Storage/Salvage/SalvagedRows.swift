import GRDB
import Model

/// Makes rows fit together again that came out of a damaged file.
struct SalvagedRows {
    let db: Database

    func mend(_ report: inout SalvageReport) throws {
        try dropBroken(&report)
        try dropLoose(&report)
        try mendBatches(&report)
        let names = Set(report.tables.filter(\.isDamaged).map(\.name))
        guard !names.isDisjoint(with: ["rollup", "analysis_state", "watermark", "count_key"]) else {
            return
        }
        // What is still there as rows is closed once more.
        try db.execute(sql: "DELETE FROM watermark")
        try db.execute(sql: "DELETE FROM analysis_state")
        try db.execute(sql: "DELETE FROM window_finding")
        report.isRolledAnew = true
    }

    /// Rows that were altered so that they mean nothing any more.
    private func dropBroken(_ report: inout SalvageReport) throws {
        for (table, condition) in rowRules.map({ ($0.table, $0.broken) }) + brokenRows {
            guard let place = report.tables.firstIndex(where: { $0.name == table }) else {
                continue
            }
            try db.execute(sql: "DELETE FROM \(quoted(table)) WHERE \(condition)")
            report.tables[place].copied -= db.changesCount
            report.tables[place].leftOut += db.changesCount
        }
    }

    /// Rows whose references are gone go as well, until none is left.
    private func dropLoose(_ report: inout SalvageReport) throws {
        var isChanged = true
        while isChanged {
            isChanged = false
            for place in report.tables.indices {
                let dropped = try dropLoose(in: report.tables[place].name)
                report.tables[place].copied -= dropped
                report.tables[place].leftOut += dropped
                isChanged = isChanged || dropped > 0
            }
            try db.execute(
                sql: """
                    DELETE FROM further_observation AS f WHERE place < 1
                    OR NOT EXISTS (SELECT 1 FROM result WHERE id = f.seq - f.place)
                    OR place > 1 AND NOT EXISTS (
                        SELECT 1 FROM further_observation AS g
                        WHERE g.seq = f.seq - 1 AND g.place = f.place - 1)
                    """)
            isChanged = isChanged || db.changesCount > 0
        }
    }

    private func dropLoose(in table: String) throws -> Int {
        let parts = try Row.fetchAll(
            db, sql: "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq", arguments: [table]
        )
        var dropped = 0
        for (_, columns) in Swift.Dictionary(grouping: parts, by: { $0["id"] as Int }) {
            let parent: String = columns[0]["table"]
            let own = columns.map { quoted($0["from"]) }.joined(separator: ", ")
            let theirs = try columns.map { column -> String in
                if let name = column["to"] as String? { return quoted(name) }
                return try primaryKey(of: parent, at: column["seq"])
            }.joined(separator: ", ")
            let loose = """
                (\(own)) NOT IN (SELECT \(theirs) FROM \(quoted(parent)))
                """
            // A body is not worth its result.
            let sql =
                table == "result" && parent == "body"
                ? "UPDATE result SET body_id = NULL WHERE body_id IS NOT NULL AND \(loose)"
                : "DELETE FROM \(quoted(table)) WHERE \(columns.map { quoted($0["from"]) + " IS NOT NULL" }.joined(separator: " AND ")) AND \(loose)"
            try db.execute(sql: sql)
            dropped += db.changesCount
        }
        return dropped
    }

    private func primaryKey(of table: String, at place: Int) throws -> String {
        let name = try String.fetchOne(
            db, sql: "SELECT name FROM pragma_table_info(?) WHERE pk = ?",
            arguments: [table, place + 1])
        return quoted(name ?? "rowid")
    }

    /// Batches tell of the rows that are there now.
    private func mendBatches(_ report: inout SalvageReport) throws {
        let known = try Row.fetchAll(db, sql: "SELECT * FROM batch ORDER BY first_id")
            .map(StoredBatch.init)
        let last =
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(i) FROM (SELECT max(last_id) AS i FROM batch
                        UNION ALL SELECT max(id) FROM result
                        UNION ALL SELECT max(seq) FROM further_observation)
                    """) ?? 0
        try db.execute(sql: "DELETE FROM batch")
        var next: Int64 = .min
        for batch in known where batch.first > next {
            // What stands between two batches had one that is gone.
            try save(from: next, through: batch.first - 1)
            let found = try save(from: batch.first, through: batch.last)
            if found.results < batch.results {
                report.lostBatches.append(
                    SalvageReport.LostBatch(
                        span: Span(since: batch.since, until: batch.until),
                        results: batch.results - found.results))
            } else if let checksum = batch.checksum, checksum != found.checksum {
                report.altered += 1
            }
            next = batch.last + 1
        }
        try save(from: next, through: .max)
        try keepPlaces(through: last)
    }

    @discardableResult
    private func save(
        from first: Int64, through last: Int64
    ) throws -> (results: Int, checksum: Int64) {
        guard first <= last else { return (0, 0) }
        let reader = RowReader(db: db)
        var open: OpenBatch?
        var origins: [Int64: Int64] = [:]
        try reader.scan(first...last) { stored in
            let origin =
                try origins[stored.stretch] ?? Int64.fetchOne(
                    db, sql: "SELECT origin_us FROM stretch WHERE id = ?",
                    arguments: [stored.stretch]) ?? 0
            origins[stored.stretch] = origin
            let due = origin + stored.afterUs
            var batch = open ?? OpenBatch(firstID: stored.id, firstDueUs: due)
            batch.add(
                stored, dueUs: due,
                observations: (stored.answer == nil ? 0 : 1) + stored.further.count)
            open = batch
        }
        guard let open else { return (0, 0) }
        try open.save(in: db)
        return (open.results, open.checksum.value)
    }

    /// No place is ever given away twice.
    private func keepPlaces(through last: Int64) throws {
        guard last > 0 else { return }
        try db.execute(
            sql: """
                INSERT INTO batch (
                    first_id, last_id, results, observations, first_due_us, last_due_us)
                SELECT ?1, ?1, 0, 0, 0, 0
                WHERE ?1 > (SELECT ifnull(max(last_id), 0) FROM batch)
                """, arguments: [last])
    }
}

/// By what else a row is told to be broken that the schema lets pass, in the order in which they are
/// looked at.
private let brokenRows: [(table: String, condition: String)] = [
    (
        "setup",
        """
        held_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        OR dns_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        OR connect_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        OR tls_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        """
    ),
    (
        "result",
        """
        after_us NOT BETWEEN -\(StoredResult.longestUs) AND \(StoredResult.longestUs)
        OR lag_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        OR request_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        OR first_byte_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        OR transfer_us NOT BETWEEN 0 AND \(StoredResult.longestUs)
        OR typeof(subject) NOT IN ('text', 'blob')
        OR typeof(subject) = 'blob' AND length(subject) NOT BETWEEN 8 AND 16
        """
    ),
    (
        "result",
        """
        EXISTS (
            SELECT 1 FROM exchange AS e, answer AS a
            WHERE e.id = result.exchange_id AND a.id = result.answer_id
            AND e.failure_id IS NOT NULL AND a.outcome_id <> e.failure_id)
        """
    ),
    (
        "further_observation",
        """
        EXISTS (
            SELECT 1 FROM result AS r, exchange AS e, answer AS a
            WHERE r.id = further_observation.seq - further_observation.place
            AND e.id = r.exchange_id AND a.id = further_observation.answer_id
            AND e.failure_id IS NOT NULL AND a.outcome_id <> e.failure_id)
        """
    ),
    (
        // A probe is stored once: of two that say they are the same, one is altered.
        "result",
        """
        id NOT IN (
            SELECT min(r.id) FROM result AS r JOIN stretch AS s ON s.id = r.stretch_id
            GROUP BY s.plan_id, s.target_id, s.agent_id, s.round, r."index")
        AND stretch_id IN (SELECT id FROM stretch)
        """
    ),
]
