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

    /// What every cell of a plan at a target answered at an instant, in one reading.
    package func targetingMap(
        plan: String, target: String, at instant: Instant
    ) throws(StorageError) -> [TargetingCell] {
        try read("read the targeting map of") { db in
            var lookup = self.lookup.take()
            defer { self.lookup.put(lookup) }
            let rows = try Row.fetchCursor(
                db, sql: selectWholeMap, arguments: [plan, target, instant.microseconds])
            var cells: [TargetingCell] = []
            while let row = try rows.next() {
                cells.append(try cell(row, experience: row[6], context: row[7], db, &lookup))
            }
            return cells
        }
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
            context: try lookup.context(context, in: db),
            subject: try lookup.text(row[5] as Int64?, in: db), outcome: outcome,
            audience: try lookup.text(row[1] as Int64?, in: db),
            variation: try lookup.text(row[2] as Int64?, in: db),
            since: Instant(microseconds: row[3]),
            until: (row[4] as Int64?).map(Instant.init(microseconds:)))
    }

    /// The flips of a span, in time: the same subject of a cell got another answer.
    package func cellChanges(
        in span: Span, plan: String, target: String
    ) throws(StorageError) -> [CellChange] {
        try read("read the targeting map of") { db in
            var lookup = self.lookup.take()
            defer { self.lookup.put(lookup) }
            let rows = try Row.fetchCursor(
                db, sql: selectChanges,
                arguments: [plan, target, span.since.microseconds, span.until.microseconds])
            var changes: [CellChange] = []
            while let row = try rows.next() {
                changes.append(
                    CellChange(
                        experience: try lookup.text(row[0], in: db),
                        context: try lookup.context(row[1], in: db),
                        subject: try lookup.text(row[2], in: db),
                        before: try answer(row, from: 5, db, &lookup),
                        after: try answer(row, from: 8, db, &lookup),
                        at: Instant(microseconds: row[4]),
                        formerSince: Instant(microseconds: row[3]),
                        formerSeen: (row[11] as Int64?).map(Instant.init(microseconds:))))
            }
            return changes
        }
    }

    private func answer(
        _ row: Row, from column: Int, _ db: Database, _ lookup: inout Lookup
    ) throws -> CellAnswer {
        guard let outcome = Outcome(rawValue: row[column]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a cell is broken")
        }
        return CellAnswer(
            outcome: outcome, audience: try lookup.text(row[column + 1] as Int64?, in: db),
            variation: try lookup.text(row[column + 2] as Int64?, in: db))
    }
}

/// What a cell answered until an instant of the span, and what it answered from then on: another
/// row of the past, or the present one.
private let selectChanges = """
    WITH present AS (
        SELECT plan_id, target_id, experience_id, context_id, since_us, outcome, audience_id,
            variation_id, subject_id
        FROM targeting
        UNION ALL
        SELECT plan_id, target_id, experience_id, context_id, since_us, outcome, audience_id,
            variation_id, subject_id
        FROM targeting_former
    )
    SELECT f.experience_id, f.context_id, f.subject_id, f.since_us, f.until_us,
        f.outcome, f.audience_id, f.variation_id, p.outcome, p.audience_id, p.variation_id,
        f.seen_us
    FROM targeting_former AS f JOIN present AS p
        ON p.plan_id = f.plan_id AND p.target_id = f.target_id
        AND p.experience_id = f.experience_id AND p.context_id = f.context_id
        AND p.since_us = f.until_us AND p.subject_id = f.subject_id
    WHERE f.plan_id = (SELECT id FROM text WHERE value = ?1)
    AND f.target_id = (SELECT id FROM text WHERE value = ?2)
    AND f.until_us >= ?3 AND f.until_us < ?4
    AND (p.outcome <> f.outcome OR p.audience_id IS NOT f.audience_id
        OR p.variation_id IS NOT f.variation_id)
    ORDER BY f.until_us, f.experience_id, f.context_id
    """

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
    SELECT outcome, audience_id, variation_id, since_us, NULL, subject_id FROM targeting
    WHERE \(cellIs) AND since_us <= ?5
    UNION ALL
    SELECT outcome, audience_id, variation_id, since_us, until_us, subject_id
    FROM targeting_former
    WHERE \(cellIs) AND since_us <= ?5 AND until_us > ?5
    ORDER BY since_us DESC LIMIT 1
    """

private let selectWholeMap = """
    SELECT outcome, audience_id, variation_id, since_us, NULL, subject_id, experience_id, context_id
    FROM targeting
    WHERE plan_id = (SELECT id FROM text WHERE value = ?1)
    AND target_id = (SELECT id FROM text WHERE value = ?2) AND since_us <= ?3
    UNION ALL
    SELECT outcome, audience_id, variation_id, since_us, until_us, subject_id, experience_id,
        context_id
    FROM targeting_former
    WHERE plan_id = (SELECT id FROM text WHERE value = ?1)
    AND target_id = (SELECT id FROM text WHERE value = ?2) AND since_us <= ?3 AND until_us > ?3
    """

private let selectHistory = """
    SELECT outcome, audience_id, variation_id, since_us, until_us, subject_id
    FROM targeting_former
    WHERE \(cellIs)
    UNION ALL
    SELECT outcome, audience_id, variation_id, since_us, NULL, subject_id FROM targeting
    WHERE \(cellIs)
    ORDER BY since_us
    """
