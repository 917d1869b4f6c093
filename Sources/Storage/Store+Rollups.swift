import Foundation
import GRDB
package import Model

extension Store {
    /// The instant before which every window is rolled up; nil: none was closed yet.
    package func watermark() throws(StorageError) -> Instant? {
        try read("read the watermark of") { db in
            try Int64.fetchOne(db, sql: "SELECT at_us FROM watermark").map(
                Instant.init(microseconds:))
        }
    }

    /// Commits rollups and the watermark in one transaction. A rollup that exists is replaced.
    /// False, and nothing is changed: the watermark is not at `former` any more, so these rollups
    /// were made from windows that somebody else has closed.
    package func commit(
        rollups: [Rollup], watermark: Instant, after former: Instant?
    ) throws(StorageError) -> Bool {
        try write("commit windows to") { db, dictionary in
            let present = try Int64.fetchOne(db, sql: "SELECT at_us FROM watermark")
            guard present == former?.microseconds else { return false }
            for rollup in rollups { try insert(rollup, in: db, &dictionary) }
            try db.execute(
                sql: """
                    INSERT INTO watermark (id, at_us) VALUES (1, ?)
                    ON CONFLICT DO UPDATE SET at_us = excluded.at_us
                    """, arguments: [watermark.microseconds])
            return true
        }
    }

    /// Rollups of one size whose windows start within a span, of one plan or all, of the shapes
    /// given (sorted dimension names) or all.
    package func rollups(
        size: WindowSize, in span: Span, target: String? = nil, plan: String? = nil,
        shapes: [[String]]? = nil
    ) throws(StorageError) -> [Rollup] {
        let wanted = shapes.map { Set($0.map(shapeText)) }
        return try read("read rollups of") { db in
            var lookup = Lookup()
            var rollups: [Rollup] = []
            let rows = try Row.fetchCursor(
                try db.cachedStatement(sql: selectRollups),
                arguments: [size.rawValue, span.since.microseconds, span.until.microseconds])
            while let row = try rows.next() {
                guard try wanted?.contains(lookup.text(row[4] as Int64, in: db)) ?? true else {
                    continue
                }
                let rollupTarget: String = try lookup.text(row[3] as Int64, in: db)
                let rollupPlan: String = try lookup.text(row[2] as Int64, in: db)
                guard target ?? rollupTarget == rollupTarget, plan ?? rollupPlan == rollupPlan
                else { continue }
                guard let segment = Segment(try lookup.text(row[5] as Int64, in: db)) else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a segment is broken")
                }
                let key = RollupKey(
                    target: rollupTarget, plan: rollupPlan, segment: segment,
                    window: Window(size, containing: Instant(microseconds: row[1])))
                rollups.append(Rollup(key: key, tally: try tally(row, in: db, &lookup)))
            }
            return rollups
        }
    }

    private func insert(
        _ rollup: Rollup, in db: Database, _ dictionary: inout Dictionary
    ) throws {
        let key = rollup.key
        let tally = rollup.tally
        let shape = shapeText(key.segment.coordinates.map(\.dimension))
        let identity: [any DatabaseValueConvertible] = [
            key.window.size.rawValue, key.window.start.microseconds,
            try dictionary.id(of: key.plan, in: db) as Int64,
            try dictionary.id(of: key.target, in: db) as Int64,
            try dictionary.id(of: shape, in: db) as Int64,
            try dictionary.id(of: key.segment.description, in: db) as Int64,
        ]
        try db.cachedStatement(sql: deleteRollup).execute(arguments: StatementArguments(identity))
        let values: [(any DatabaseValueConvertible)?] =
            identity + [
                tally.answered, tally.lastAt?.microseconds,
                Data(SketchCodec.encode(tally.failureResponse)), tally.maintenance,
            ]
        try db.cachedStatement(sql: insertRollup).execute(arguments: StatementArguments(values))
        try insertParts(of: tally, rollup: db.lastInsertedRowID, in: db, &dictionary)
    }

    private func insertParts(
        of tally: Tally, rollup id: Int64, in db: Database, _ dictionary: inout Dictionary
    ) throws {
        for (number, (key, count)) in tally.counts.enumerated() {
            try db.cachedStatement(sql: insertCount).execute(arguments: [
                id, number, try dictionary.id(of: key.experience, in: db) as Int64,
                key.population.rawValue, key.outcome.rawValue,
                try dictionary.id(of: key.audience, in: db),
                try dictionary.id(of: key.variation, in: db), count,
            ])
        }
        for (failure, count) in tally.failures {
            try db.cachedStatement(sql: insertFailure).execute(arguments: [
                id, failure.outcome.rawValue,
                try dictionary.id(of: failure.reason.rawValue, in: db) as Int64, count,
            ])
        }
        for (experience, count) in tally.missing {
            try db.cachedStatement(sql: insertMissing).execute(arguments: [
                id, try dictionary.id(of: experience, in: db) as Int64, count,
            ])
        }
        for (phase, sketch) in tally.phases {
            try db.cachedStatement(sql: insertPhase).execute(arguments: [
                id, phase.rawValue, Data(SketchCodec.encode(sketch)),
            ])
        }
    }

    private func tally(_ row: Row, in db: Database, _ lookup: inout Lookup) throws -> Tally {
        let id: Int64 = row[0]
        var tally = Tally()
        tally.answered = row[6]
        tally.lastAt = (row[7] as Int64?).map(Instant.init(microseconds:))
        guard tally.restore(failureResponse: row[8] as Data) else { throw brokenSketch }
        tally.maintenance = row[9]
        let counts = try Row.fetchAll(try db.cachedStatement(sql: selectCounts), arguments: [id])
        for count in counts {
            guard let population = Population(rawValue: count[1]),
                let outcome = Outcome(rawValue: count[2])
            else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a count is broken") }
            let key = CountKey(
                experience: try lookup.text(count[0] as Int64, in: db), population: population,
                outcome: outcome, audience: try lookup.text(count[3] as Int64?, in: db),
                variation: try lookup.text(count[4] as Int64?, in: db))
            tally.counts[key] = count[5]
        }
        for part in try Row.fetchAll(try db.cachedStatement(sql: selectFailures), arguments: [id]) {
            guard let outcome = Outcome(rawValue: part[0]), !outcome.isResolved else { continue }
            let reason = Reason(rawValue: try lookup.text(part[1] as Int64, in: db))
            tally.failures[Failure(outcome, reason)] = part[2]
        }
        for part in try Row.fetchAll(try db.cachedStatement(sql: selectMissing), arguments: [id]) {
            tally.missing[try lookup.text(part[0] as Int64, in: db)] = part[1]
        }
        for part in try Row.fetchAll(try db.cachedStatement(sql: selectPhases), arguments: [id]) {
            guard let phase = Phase(rawValue: part[0]) else { continue }
            guard tally.restore(phase, from: part[1] as Data) else { throw brokenSketch }
        }
        return tally
    }
}

private let brokenSketch = DatabaseError(
    resultCode: .SQLITE_CORRUPT, message: "a latency sketch is broken")

private func shapeText(_ dimensions: [String]) -> String { dimensions.joined(separator: ",") }

private let deleteRollup = """
    DELETE FROM rollup WHERE size = ? AND start_us = ? AND plan_id = ? AND target_id = ?
    AND shape_id = ? AND segment_id = ?
    """

private let insertRollup = """
    INSERT INTO rollup (
        size, start_us, plan_id, target_id, shape_id, segment_id, answered, last_us,
        failure_response, maintenance)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

private let insertCount = """
    INSERT INTO rollup_count (
        rollup_id, number, experience_id, population, outcome, audience_id, variation_id, count)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    """

private let insertFailure =
    "INSERT INTO rollup_failure (rollup_id, outcome, reason_id, count) VALUES (?, ?, ?, ?)"

private let insertMissing =
    "INSERT INTO rollup_missing (rollup_id, experience_id, count) VALUES (?, ?, ?)"

private let insertPhase = "INSERT INTO rollup_phase (rollup_id, phase, sketch) VALUES (?, ?, ?)"

private let selectRollups = """
    SELECT id, start_us, plan_id, target_id, shape_id, segment_id, answered, last_us,
        failure_response, maintenance
    FROM rollup WHERE size = ? AND start_us >= ? AND start_us < ?
    """

private let selectCounts = """
    SELECT experience_id, population, outcome, audience_id, variation_id, count
    FROM rollup_count WHERE rollup_id = ?
    """

private let selectFailures =
    "SELECT outcome, reason_id, count FROM rollup_failure WHERE rollup_id = ?"

private let selectMissing = "SELECT experience_id, count FROM rollup_missing WHERE rollup_id = ?"

private let selectPhases = "SELECT phase, sketch FROM rollup_phase WHERE rollup_id = ?"
