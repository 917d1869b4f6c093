import GRDB
package import Model

extension Store {
    /// The rollups of one size whose windows start within a span, merged; of one plan or all, of the
    /// shapes given (sorted dimension names) or all.
    package func tallies(
        size: WindowSize, in span: Span, target: String? = nil, plan: String? = nil,
        shapes: [[String]]? = nil
    ) throws -> [RollupScope: Tally] {
        try tallies([(size, span)], target: target, plan: plan, shapes: shapes)
    }

    /// Those of several spans, each in windows of one size, merged.
    package func tallies(
        _ parts: [(size: WindowSize, span: Span)], target: String? = nil, plan: String? = nil,
        shapes: [[String]]? = nil
    ) throws -> [RollupScope: Tally] {
        var sums: [ScopeIDs: TallySum] = [:]
        var tallies: [RollupScope: Tally] = [:]
        try readRollups { reading in
            for (size, span) in parts {
                let wanted = WantedRollups(
                    size: size, span: span, target: target, plan: plan, shapes: shapes)
                try forEach(wanted, &reading) { scope, _, tally, reading in
                    try TallyCodec.merge(
                        &tally, into: &sums[scope, default: TallySum()], reading: &reading)
                }
            }
            tallies.reserveCapacity(sums.count)
            for (ids, sum) in sums {
                tallies[try reading.scope(ids)] = try sum.tally(reading: &reading)
            }
        }
        return tallies
    }

    /// The rollups of one size, window by window.
    package func rollups(
        size: WindowSize, in span: Span, target: String? = nil, plan: String? = nil,
        shapes: [[String]]? = nil
    ) throws -> [Rollup] {
        let wanted = WantedRollups(
            size: size, span: span, target: target, plan: plan, shapes: shapes)
        var rollups: [Rollup] = []
        try readRollups { reading in
            try forEach(wanted, &reading) { ids, window, tally, reading in
                var sum = TallySum()
                try TallyCodec.merge(&tally, into: &sum, reading: &reading)
                let scope = try reading.scope(ids)
                let key = RollupKey(
                    target: scope.target, plan: scope.plan, segment: scope.segment,
                    window: window)
                rollups.append(Rollup(key: key, tally: try sum.tally(reading: &reading)))
            }
        }
        return rollups
    }

    private typealias TallyBody = (
        ScopeIDs, Window, inout TallyCodec.Encoded, inout TallyReading
    ) throws -> Void

    private func readRollups(_ body: (inout TallyReading) throws -> Void) throws {
        try read("read rollups of") { db in
            var reading = TallyReading(lookup: lookup.take(), db: db)
            defer { lookup.put(reading.lookup) }
            do {
                try body(&reading)
            } catch is TallyCodec.Damaged {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a rollup is broken")
            }
        }
    }

    private func forEach(
        _ wanted: WantedRollups, _ reading: inout TallyReading, _ body: TallyBody
    ) throws {
        for shape in try wanted.shapeIDs(in: reading.db) {
            try forEach(wanted, shape: shape, reading: &reading, body)
        }
    }

    private func forEach(
        _ wanted: WantedRollups, shape: Int64, reading: inout TallyReading, _ body: TallyBody
    ) throws {
        let db = reading.db
        let rows = try RawStatement(selectRollups, in: db)
        rows.bind(wanted.size.rawValue, at: 1)
        rows.bind(shape, at: 2)
        rows.bind(wanted.span.since.microseconds, at: 3)
        rows.bind(wanted.span.until.microseconds, at: 4)
        defer { rows.reset() }
        while try rows.step() {
            let (planID, targetID) = (rows.integer(1), rows.integer(2))
            let plan = try reading.text(planID)
            let target = try reading.text(targetID)
            guard wanted.plan ?? plan == plan, wanted.target ?? target == target else { continue }
            let window = Window(wanted.size, containing: Instant(microseconds: rows.integer(0)))
            try rows.withBytes(3) { bytes in
                try TallyCodec.forEach(in: bytes) { segment, tally in
                    try body(
                        ScopeIDs(plan: planID, target: targetID, segment: segment), window,
                        &tally, &reading)
                }
            }
        }
    }

    /// Rollups that exist are replaced, whole shapes at once.
    func save(_ rollups: [Rollup], in db: Database, _ dictionary: inout Dictionary) throws {
        var rows: [RollupRow: [Rollup]] = [:]
        for rollup in rollups { rows[RollupRow(rollup.key), default: []].append(rollup) }
        var naming = TallyNaming(dictionary: dictionary, db: db)
        // Held once: it would be copied otherwise.
        dictionary = Dictionary()
        defer { dictionary = naming.dictionary }
        // Sorted: equal rollups make an equal file, whatever order they came in.
        for (row, rollups) in rows.sorted(by: { $0.key < $1.key }) {
            var segments: [(id: Int64, tally: Tally)] = []
            for rollup in rollups {
                segments.append((try naming.id(of: rollup.key.segment.description), rollup.tally))
            }
            var bytes: [UInt8] = []
            for (id, tally) in segments.sorted(by: { $0.id < $1.id }) {
                try TallyCodec.append(tally, of: id, to: &bytes, naming: &naming)
            }
            let upsert = try RawStatement(upsertRollup, in: db)
            upsert.bind(row.window.size.rawValue, at: 1)
            upsert.bind(row.window.start.microseconds, at: 2)
            upsert.bind(try naming.id(of: row.plan), at: 3)
            upsert.bind(try naming.id(of: row.target), at: 4)
            upsert.bind(try naming.id(of: row.shape), at: 5)
            bytes.withUnsafeBytes { upsert.bind($0, at: 6) }
            try upsert.run()
        }
    }
}

/// Which rollups are read; nil: all.
private struct WantedRollups {
    let size: WindowSize
    let span: Span
    let target: String?
    let plan: String?
    let shapes: [[String]]?

    func shapeIDs(in db: Database) throws -> [Int64] {
        guard let shapes else {
            return try Int64.fetchAll(
                db, sql: selectShapes, arguments: [size.rawValue])
        }
        let select = try db.cachedStatement(sql: "SELECT id FROM text WHERE value = ?")
        return try Set(shapes.map(shapeText)).compactMap {
            try Int64.fetchOne(select, arguments: [$0])
        }
    }
}

/// What a row of `rollup` is about.
private struct RollupRow: Hashable, Comparable {
    let window: Window
    let plan: String
    let target: String
    let shape: String

    init(_ key: RollupKey) {
        window = key.window
        plan = key.plan
        target = key.target
        shape = shapeText(key.segment.coordinates.map(\.dimension))
    }

    static func < (a: Self, b: Self) -> Bool {
        (a.window.size.rawValue, a.window.start, a.plan, a.target, a.shape)
            < (b.window.size.rawValue, b.window.start, b.plan, b.target, b.shape)
    }
}

/// The ids that stored tallies hold.
private struct TallyNaming: TallyCodec.Naming {
    var dictionary: Dictionary
    let db: Database

    mutating func id(of key: CountKey) throws -> Int64 { try dictionary.id(of: key, in: db) }
    mutating func id(of text: String) throws -> Int64 { try dictionary.id(of: text, in: db) }
}

/// Whose a tally is, by the ids of its texts.
struct ScopeIDs: Hashable {
    let plan: Int64
    let target: Int64
    let segment: Int64
}

/// What these ids stand for.
struct TallyReading: TallyCodec.Reading {
    var lookup: Lookup
    let db: Database

    mutating func countKey(_ id: Int64) throws -> CountKey { try lookup.countKey(id, in: db) }
    mutating func text(_ id: Int64) throws -> String { try lookup.text(id, in: db) }

    mutating func scope(_ ids: ScopeIDs) throws -> RollupScope {
        RollupScope(
            target: try text(ids.target), plan: try text(ids.plan),
            segment: try lookup.segment(ids.segment, in: db))
    }
}

private func shapeText(_ dimensions: [String]) -> String { dimensions.joined(separator: ",") }

private let selectRollups = """
    SELECT start_us, plan_id, target_id, tallies FROM rollup
    WHERE size = ? AND shape_id = ? AND start_us >= ? AND start_us < ? ORDER BY start_us
    """

/// `shape`: those that rollups of one size have, and a null. Looks into the index once a shape.
let withShapes = """
    WITH RECURSIVE shape(id) AS (
        SELECT min(shape_id) FROM rollup WHERE size = ?1
        UNION ALL
        SELECT (SELECT min(shape_id) FROM rollup WHERE size = ?1 AND shape_id > shape.id)
        FROM shape WHERE shape.id IS NOT NULL)
    """

private let selectShapes = withShapes + " SELECT id FROM shape WHERE id IS NOT NULL"

private let upsertRollup = """
    INSERT INTO rollup (size, start_us, plan_id, target_id, shape_id, tallies)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET tallies = excluded.tallies
    """
