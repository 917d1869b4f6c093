import GRDB
package import Model

/// What one step of retention did.
package struct RetentionStep: Hashable, Sendable {
    /// Rows that were deleted, or bodies that were emptied.
    package var rows: Int
    /// True: there is nothing more to do for now.
    package var isDone: Bool
}

/// Deletes what is older than it is to be kept, a little at a time.
///
/// Each step is a transaction of its own, so that nobody waits for the writer longer than for one.
/// Freed pages are used again by what is written next.
extension Store {
    /// One step, of about `limit` rows; results go a batch at a time. What is not rolled up yet, or was
    /// not handed to each of the sinks, stays.
    package func retain(
        _ retention: Retention, sinks: [String], now: Instant, limit: Int
    ) throws(StorageError) -> RetentionStep {
        let watermark = try watermark()
        for kind in RetainedKind.allCases {
            guard let keptUs = kind.keptUs(of: retention) else { continue }
            var until = now.advanced(by: -keptUs)
            // The longer window that they are part of may not be closed yet.
            if kind.size != nil {
                guard let watermark else { continue }
                until = min(until, watermark)
            }
            let rows = try deleteSome(
                kind, until: kind.aligned(until), sinks: sinks, limit: limit)
            if rows > 0 { return RetentionStep(rows: rows, isDone: false) }
        }
        return RetentionStep(rows: 0, isDone: true)
    }

    /// What retention has left.
    package func horizon() throws(StorageError) -> Horizon {
        try read("read the horizon of") { db in
            var horizon = Horizon()
            for row in try Row.fetchAll(db, sql: "SELECT kind, since_us FROM horizon") {
                let since = Instant(microseconds: row[1])
                switch RetainedKind(rawValue: row[0]) {
                case .observations: horizon.rows = since
                case .answers: horizon.answers = since
                case .fiveMinutes: horizon[.fiveMinutes] = since
                case .hours: horizon[.hour] = since
                case .days: horizon[.day] = since
                case nil: break
                }
            }
            return horizon
        }
    }

    private func deleteSome(
        _ kind: RetainedKind, until: Instant, sinks: [String], limit: Int
    ) throws(StorageError) -> Int {
        // Whoever finds nothing to do takes nobody's turn.
        guard try hasOlder(kind, than: until, sinks) else { return 0 }
        return try write("delete old rows of") { db, dictionary in
            let rows =
                switch kind {
                case .observations:
                    try deleteBatch(until: until, sinks, in: db, &dictionary)
                case .answers: try emptyBodies(until: until, limit: limit, in: db, &dictionary)
                case .fiveMinutes, .hours, .days:
                    try deleteRollups(kind, until: until, limit: limit, in: db)
                }
            if rows > 0 {
                try db.cachedStatement(sql: upsertHorizon).execute(arguments: [
                    kind.rawValue, until.microseconds,
                ])
            }
            return rows
        }
    }

    private func hasOlder(
        _ kind: RetainedKind, than until: Instant, _ sinks: [String]
    ) throws(StorageError) -> Bool {
        try read("read the horizon of") { db in
            switch kind {
            case .observations: return try oldBatch(until: until, sinks, in: db) != nil
            case .answers:
                let sql = "SELECT 1 FROM body WHERE (content IS NULL) = 0 AND last_us < ? LIMIT 1"
                return try Int64.fetchOne(db, sql: sql, arguments: [until.microseconds]) != nil
            case .fiveMinutes, .hours, .days:
                return try Int64.fetchOne(
                    db, sql: selectOldRollups,
                    arguments: [kind.size?.rawValue, until.microseconds]) != nil
            }
        }
    }

    /// The first batch with results, if all of it is old, rolled up, and was handed to every sink.
    private func oldBatch(until: Instant, _ sinks: [String], in db: Database) throws -> Row? {
        guard
            let row = try Row.fetchOne(
                db, sql: selectOldBatch, arguments: [until.microseconds])
        else { return nil }
        let cursors = try sinks.map { sink in
            try Int64.fetchOne(
                db, sql: "SELECT seq FROM export_cursor WHERE sink = ?", arguments: [sink]) ?? 0
        }
        return cursors.allSatisfy { $0 >= (row[1] as Int64) } ? row : nil
    }

    private func deleteBatch(
        until: Instant, _ sinks: [String], in db: Database, _ dictionary: inout Dictionary
    ) throws -> Int {
        guard let batch = try oldBatch(until: until, sinks, in: db) else { return 0 }
        let first: Int64 = batch[0]
        let last: Int64 = batch[1]
        var rows = 0
        for sql in deleteResults {
            try db.cachedStatement(sql: sql).execute(arguments: [first, last])
            rows += db.changesCount
        }
        // The last one stays as a memory of the places that were given away.
        let isLast = try Int64.fetchOne(db, sql: "SELECT max(first_id) FROM batch") == first
        if isLast {
            dictionary.openBatch = nil
            try db.execute(
                sql: """
                    UPDATE batch SET results = 0, observations = 0, checksum = NULL
                    WHERE first_id = ?
                    """, arguments: [first])
        } else {
            try db.execute(sql: "DELETE FROM batch WHERE first_id = ?", arguments: [first])
        }
        try deleteForgotten(before: last, until: until, in: db, &dictionary)
        return rows + 1
    }

    /// What nothing refers to any more once the results up to a place are gone.
    private func deleteForgotten(
        before last: Int64, until: Instant, in db: Database, _ dictionary: inout Dictionary
    ) throws {
        try db.cachedStatement(sql: "DELETE FROM stretch WHERE last_id <= ?").execute(
            arguments: [last])
        if db.changesCount > 0 { dictionary.lastStretch = nil }
        for sql in deleteOldOnes {
            try db.cachedStatement(sql: sql).execute(arguments: [until.microseconds])
        }
        for sql in deleteOrphans { try db.cachedStatement(sql: sql).execute() }
        if db.changesCount > 0 { dictionary.bodies.forget() }
    }

    private func emptyBodies(
        until: Instant, limit: Int, in db: Database, _ dictionary: inout Dictionary
    ) throws -> Int {
        dictionary.bodies.forget()
        try db.execute(
            sql: """
                UPDATE body SET content = NULL WHERE id IN (
                    SELECT id FROM body WHERE (content IS NULL) = 0 AND last_us < ? LIMIT ?)
                """, arguments: [until.microseconds, limit])
        return db.changesCount
    }

    private func deleteRollups(
        _ kind: RetainedKind, until: Instant, limit: Int, in db: Database
    ) throws -> Int {
        let old = try db.cachedStatement(sql: selectOldRollups)
        let delete = try db.cachedStatement(sql: "DELETE FROM rollup WHERE id = ?")
        var ids: [Int64] = []
        var bytes = 0
        // As many bytes as so many other rows take: one of a day is a thousand times as large as
        // one of five minutes can be.
        let cursor = try Row.fetchCursor(
            old, arguments: [kind.size?.rawValue, until.microseconds])
        while bytes < limit * bytesOfRow, let row = try cursor.next() {
            ids.append(row[0])
            bytes += row[1]
        }
        for id in ids { try delete.execute(arguments: [id]) }
        let rows = ids.count
        switch kind {
        case .fiveMinutes:
            try db.execute(
                sql: "DELETE FROM window_finding WHERE start_us < ?",
                arguments: [until.microseconds])
            try db.execute(sql: thinEvidence, arguments: [until.microseconds])
        case .hours:
            try db.execute(
                sql: "DELETE FROM targeting_former WHERE until_us < ?",
                arguments: [until.microseconds])
            try db.execute(
                sql: "DELETE FROM split_evidence WHERE start_us < ?",
                arguments: [until.microseconds])
        case .observations, .answers, .days: break
        }
        return rows
    }
}

/// Of each hour the last point of a split's path stays. Two days back: what was thinned before is
/// not looked at again.
private let thinEvidence = """
    DELETE FROM split_evidence AS e WHERE start_us < ?1 AND start_us >= ?1 - 172800000000
    AND EXISTS (
        SELECT 1 FROM split_evidence AS l
        WHERE l.start_us > e.start_us AND l.start_us < (e.start_us / 3600000000 + 1) * 3600000000
        AND l.plan_id = e.plan_id AND l.target_id = e.target_id
        AND l.experience_id = e.experience_id AND l.audience_id = e.audience_id)
    """

/// What has a retention of its own.
private enum RetainedKind: String, CaseIterable {
    case answers, observations
    case fiveMinutes = "5m"
    case hours = "1h"
    case days = "1d"

    /// Microseconds; nil: for ever.
    func keptUs(of retention: Retention) -> Int64? {
        switch self {
        case .observations: retention.observationsUs
        case .answers: retention.answersUs
        case .fiveMinutes: retention.fiveMinuteUs
        case .hours: retention.hourlyUs
        case .days: retention.dailyUs
        }
    }

    var size: WindowSize? {
        switch self {
        case .observations, .answers: nil
        case .fiveMinutes: .fiveMinutes
        case .hours: .hour
        case .days: .day
        }
    }

    /// Where the next longer windows begin, so that none of these is half there. Rows go by the day:
    /// a day that lost some is told from its rollup, whole.
    func aligned(_ instant: Instant) -> Instant {
        switch self {
        case .observations, .days: Window(.day, containing: instant).start
        case .fiveMinutes: Window(.hour, containing: instant).start
        case .hours: Window(.day, containing: instant).start
        case .answers: instant
        }
    }
}

/// The first batch with results, if all of it was due before an instant and is rolled up.
private let selectOldBatch = """
    SELECT first_id, last_id FROM (
        SELECT * FROM batch WHERE results > 0 ORDER BY first_id LIMIT 1)
    WHERE last_due_us < ? AND last_due_us < (SELECT at_us FROM watermark)
    """

/// No row that stays is read.
private let selectOldRollups = """
    \(withShapes)
    SELECT rollup.id, length(tallies) FROM shape JOIN rollup
    ON size = ?1 AND shape_id = shape.id AND start_us < ?2
    """

/// About what a row of `result` takes.
private let bytesOfRow = 64

private let deleteResults = [
    "DELETE FROM setup WHERE result_id BETWEEN ? AND ?",
    "DELETE FROM further_observation WHERE seq BETWEEN ? AND ?",
    "DELETE FROM result WHERE id BETWEEN ? AND ?",
]

/// What is told of a time whose rows are gone. The last round of a plan stays, and the last whole one:
/// the next goes on from them.
private let deleteOldOnes = [
    """
    DELETE FROM round_drop WHERE (plan_id, target_id, number) IN (
        SELECT plan_id, target_id, number FROM round WHERE started_us < ?1 AND state <> 'running'
        AND number NOT IN (
            SELECT max(number) FROM round AS r
            WHERE r.plan_id = round.plan_id AND r.target_id = round.target_id
            UNION ALL SELECT max(number) FROM round AS r
            WHERE r.plan_id = round.plan_id AND r.target_id = round.target_id
            AND r.state = 'complete'))
    """,
    """
    DELETE FROM round WHERE started_us < ?1 AND state <> 'running' AND number NOT IN (
        SELECT max(number) FROM round AS r
        WHERE r.plan_id = round.plan_id AND r.target_id = round.target_id
        UNION ALL SELECT max(number) FROM round AS r
        WHERE r.plan_id = round.plan_id AND r.target_id = round.target_id
        AND r.state = 'complete')
    """,
    """
    DELETE FROM analysis_state WHERE at_us < (
        SELECT max(at_us) FROM analysis_state WHERE at_us <= ?1)
    """,
    "DELETE FROM late_result WHERE start_us < ?1",
    "DELETE FROM expectation_cell WHERE seen_us < ?1",
]

/// A body is seen again within the hour, or its instant is renewed.
private let deleteOrphans = [
    """
    DELETE FROM cohort_pending WHERE state = 'missing' AND round < (
        SELECT min(number) FROM round AS r
        WHERE r.plan_id = cohort_pending.plan_id AND r.target_id = cohort_pending.target_id)
    """,
    """
    DELETE FROM body WHERE (content IS NULL) = 1 AND last_us < (
        SELECT first_due_us FROM batch WHERE results > 0 ORDER BY first_id LIMIT 1) - 7200000000
    """,
]

private let upsertHorizon = """
    INSERT INTO horizon (kind, since_us) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET since_us = max(since_us, excluded.since_us)
    """
