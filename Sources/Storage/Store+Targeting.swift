import GRDB
package import Model

extension Store {
    /// The targeting map of a plan at a target as it was at an instant: what each cell of a segment
    /// answered then, of one experience or all. Cells that were not asked yet are left out.
    package func targeting(
        plan: String, target: String, at instant: Instant, in segment: Segment = .everyone,
        experience: String? = nil
    ) throws(StorageError) -> [TargetingCell] {
        try cells(selectMap, plan, target, experience, segment, [instant.microseconds])
    }

    /// Every answer that the cells of a segment gave, in time: the present one last.
    package func targetingHistory(
        plan: String, target: String, in segment: Segment, experience: String? = nil
    ) throws(StorageError) -> [TargetingCell] {
        try cells(selectHistory, plan, target, experience, segment, [])
    }

    private func cells(
        _ sql: String, _ plan: String, _ target: String, _ experience: String?, _ segment: Segment,
        _ more: StatementArguments
    ) throws(StorageError) -> [TargetingCell] {
        try read("read the targeting map of") { db in
            var lookup = self.lookup.take()
            defer { self.lookup.put(lookup) }
            let experiences = try Int64.fetchAll(
                db, sql: selectExperiences, arguments: [plan, target, experience, experience])
            var cells: [TargetingCell] = []
            for context in try contexts(in: segment, of: db, &lookup) {
                for experience in experiences {
                    let rows = try Row.fetchCursor(
                        try db.cachedStatement(sql: sql),
                        arguments: [plan, target, experience, context] + more)
                    while let row = try rows.next() {
                        cells.append(
                            try cell(row, experience: experience, context: context, db, &lookup))
                    }
                }
            }
            return cells
        }
    }

    private func contexts(
        in segment: Segment, of db: Database, _ lookup: inout Lookup
    ) throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT id FROM context ORDER BY id").filter {
            segment.contains(try lookup.context($0, in: db))
        }
    }

    private func cell(
        _ row: Row, experience: Int64, context: Int64, _ db: Database, _ lookup: inout Lookup
    ) throws -> TargetingCell {
        guard let outcome = Outcome(rawValue: row[0]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a cell is broken")
        }
        return TargetingCell(
            experience: try lookup.text(experience, in: db),
            context: try lookup.context(context, in: db), outcome: outcome,
            audience: try lookup.text(row[1] as Int64?, in: db),
            variation: try lookup.text(row[2] as Int64?, in: db),
            since: Instant(microseconds: row[3]),
            until: (row[4] as Int64?).map(Instant.init(microseconds:)))
    }
}

private let selectExperiences = """
    SELECT DISTINCT experience_id FROM targeting
    WHERE plan_id = (SELECT id FROM text WHERE value = ?)
    AND target_id = (SELECT id FROM text WHERE value = ?)
    AND (? IS NULL OR experience_id = (SELECT id FROM text WHERE value = ?))
    ORDER BY experience_id
    """

private let cellIs = """
    plan_id = (SELECT id FROM text WHERE value = ?1)
    AND target_id = (SELECT id FROM text WHERE value = ?2)
    AND experience_id = ?3 AND context_id = ?4
    """

/// One look-up in the present, one in the past.
private let selectMap = """
    SELECT outcome, audience_id, variation_id, since_us, NULL FROM targeting
    WHERE \(cellIs) AND since_us <= ?5
    UNION ALL
    SELECT outcome, audience_id, variation_id, since_us, until_us FROM targeting_former
    WHERE \(cellIs) AND since_us <= ?5 AND until_us > ?5
    ORDER BY since_us DESC LIMIT 1
    """

private let selectHistory = """
    SELECT outcome, audience_id, variation_id, since_us, until_us FROM targeting_former
    WHERE \(cellIs)
    UNION ALL
    SELECT outcome, audience_id, variation_id, since_us, NULL FROM targeting WHERE \(cellIs)
    ORDER BY since_us
    """
