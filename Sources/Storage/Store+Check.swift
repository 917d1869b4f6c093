import GRDB
import Model

extension Store {
    /// What is damaged in a file, one line each; empty: the store is sound. Reads every row once.
    package static func damages(of path: String) throws(StorageError) -> [String] {
        do {
            return try Store(reading: path).check()
        } catch let error where error.code == .corrupt {
            return [error.underlying ?? "\(error)"]
        }
    }

    /// The same of a store that is open.
    package func check() throws(StorageError) -> [String] {
        var damages: [String] = []
        do {
            try read("check") { db in try check(db, &damages) }
        } catch let error where error.code == .corrupt {
            // After a damage even the end of a reading may fail.
            if damages.isEmpty { damages = [error.underlying ?? "\(error)"] }
        }
        return damages
    }

    private func check(_ db: Database, _ damages: inout [String]) throws {
        let pages = try String.fetchCursor(db, sql: "PRAGMA integrity_check")
        while let line = try pages.next() { if line != "ok" { damages.append(line) } }
        // Rows are read by what SQLite says is whole.
        guard damages.isEmpty else { return }
        damages = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(damageLimit).map {
            "table \($0[0] as String): row \($0[1] as Int64? ?? 0) points to nothing"
        }
        for rule in rowRules {
            let sql = "SELECT count(*) FROM \(rule.table) WHERE \(rule.broken)"
            let broken = try Int.fetchOne(db, sql: sql) ?? 0
            if broken > 0 { damages.append("\(broken) rows break the rule: \(rule.claim)") }
        }
        if damages.isEmpty { damages = try damagedRows(in: db) }
    }

    /// Batches whose rows are not those that were committed, and rows that break a rule.
    private func damagedRows(in db: Database) throws -> [String] {
        var check = RowCheck(lookup: lookup.take())
        defer { lookup.put(check.lookup) }
        for row in try Row.fetchAll(db, sql: "SELECT * FROM batch ORDER BY first_id") {
            let batch = StoredBatch(row)
            check.begin(batch)
            if batch.first <= batch.last {
                _ = try scan(batch.first...batch.last, in: db) { stored in
                    try check.add(stored, in: db)
                    return true
                }
            }
            check.end()
        }
        return try check.damages(in: db)
    }

    /// The last batches by themselves: quick, for a file that is opened.
    func damagedBatches(last count: Int, in db: Database) throws -> [String] {
        var check = RowCheck(lookup: Lookup())
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM batch ORDER BY first_id DESC LIMIT ?", arguments: [count])
        for row in rows {
            let batch = StoredBatch(row)
            check.begin(batch)
            _ = try scan(batch.first...max(batch.first, batch.last), in: db) { stored in
                try check.add(stored, in: db)
                return true
            }
            check.end()
        }
        return check.damaged
    }
}

/// A row of `batch`.
struct StoredBatch {
    let first: Int64
    let last: Int64
    let results: Int
    let observations: Int
    let since: Instant
    let until: Instant
    /// Nil: an older version wrote its rows.
    let checksum: Int64?

    init(_ row: Row) {
        first = row["first_id"]
        last = row["last_id"]
        results = row["results"]
        observations = row["observations"]
        since = Instant(microseconds: row["first_due_us"])
        until = Instant(microseconds: row["last_due_us"])
        checksum = row["checksum"]
    }
}

/// One pass over the rows of all batches, in their order.
struct RowCheck {
    var lookup: Lookup
    private(set) var damaged: [String] = []
    private var batch: StoredBatch?
    private var results = 0
    private var observations = 0
    private var allResults = 0
    private var further = 0
    private var checksum = BatchChecksum()
    private var lastPlace = Int64.min
    private var overlaps = 0
    private var twice = 0
    private var mistold = 0
    private var negative = 0
    private var asked: [AskedChunk: UInt64] = [:]

    /// 64 indices of one round.
    private struct AskedChunk: Hashable {
        let round: Int
        let chunk: Int64
    }

    private var rounds: [[String]: Int] = [:]
    private var roundOfStretch: [Int64: Int] = [:]

    init(lookup: Lookup) {
        self.lookup = lookup
    }

    mutating func begin(_ batch: StoredBatch) {
        if batch.first <= lastPlace { overlaps += 1 }
        lastPlace = max(lastPlace, batch.last)
        self.batch = batch
        (results, observations, checksum) = (0, 0, BatchChecksum())
    }

    mutating func add(_ stored: StoredResult, in db: Database) throws {
        results += 1
        observations += (stored.answer == nil ? 0 : 1) + stored.further.count
        further += stored.further.count
        checksum.add(stored)
        let phases = stored.phases
        let parts = [phases.lagUs, phases.heldUs, phases.requestUs, phases.firstByteUs]
        if (parts + [phases.transferUs]).contains(where: { $0 ?? 0 < 0 }) || phases.setUpUs < 0 {
            negative += 1
        }
        if let failure = try lookup.exchange(stored.exchange, in: db).failure {
            for answer in [stored.answer].compactMap({ $0 }) + stored.further
            where try lookup.answer(answer.id, in: db).outcome != failure.outcome {
                mistold += 1
            }
        }
        let chunk = AskedChunk(round: try round(of: stored, in: db), chunk: stored.index >> 6)
        let bit: UInt64 = 1 << UInt64(stored.index & 63)
        if asked[chunk, default: 0] & bit != 0 { twice += 1 }
        asked[chunk, default: 0] |= bit
    }

    private mutating func round(of stored: StoredResult, in db: Database) throws -> Int {
        if let round = roundOfStretch[stored.stretch] { return round }
        let stretch = try lookup.stretch(stored.stretch, in: db)
        let name = [stretch.plan, stretch.target, stretch.agent, String(stretch.round)]
        let round = rounds[name] ?? rounds.count
        rounds[name] = round
        roundOfStretch[stored.stretch] = round
        return round
    }

    mutating func end() {
        guard let batch else { return }
        allResults += results
        let isWhole =
            results == batch.results && observations == batch.observations
            && batch.checksum ?? checksum.value == checksum.value
        guard !isWhole, damaged.count < damageLimit else { return }
        damaged.append(
            "batch \(batch.first): the \(batch.results) results that were due from"
                + " \(batch.since.rfc3339) to \(batch.until.rfc3339) are not those that were"
                + " committed")
    }

    func damages(in db: Database) throws -> [String] {
        func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
        let strays = try count("SELECT count(*) FROM result") - allResults
        let loose = try count("SELECT count(*) FROM further_observation") - further
        let rules = [
            (overlaps, "batches do not overlap"),
            (strays, "a result stands in one batch"),
            (loose, "a further observation stands at its place after its result"),
            (twice, "a probe is stored once"),
            (mistold, "every observation of a failed result has that result's outcome"),
            (negative, "a phase is never negative"),
        ]
        return damaged
            + rules.filter { $0.0 != 0 }.map { "\(abs($0.0)) rows break the rule: \($0.1)" }
    }
}

/// No more than so many damages of one kind are told.
private let damageLimit = 100

/// A rule that the schema cannot state.
struct RowRule {
    let claim: String
    let table: String
    /// True of a row that breaks it.
    let broken: String
}

/// Rules about rows by themselves, and what they refer to.
let rowRules = [
    RowRule(
        claim: "an exchange has a population, and an error outcome and a reason or neither",
        table: "exchange",
        broken: """
            population_id NOT IN (SELECT id FROM text WHERE value IN ('panel', 'cohort'))
            OR failure_id NOT IN (SELECT id FROM text WHERE value IN (\(failures)))
            OR (failure_id IS NULL) <> (reason_id IS NULL)
            """),
    RowRule(
        claim: "an answer has an outcome", table: "answer",
        broken: """
            outcome_id NOT IN (
                SELECT id FROM text WHERE value IN ('served', 'unmatched', \(failures)))
            """),
    RowRule(
        claim: "a connection is new or reused", table: "exchange",
        broken: "connection_id NOT IN (SELECT id FROM text WHERE value IN ('new', 'reused'))"),
    RowRule(
        claim: "an attempt is 0 … 5, maintenance 0 or 1", table: "exchange",
        broken: "attempt NOT BETWEEN 0 AND 5 OR maintenance NOT IN (0, 1)"),
    RowRule(claim: "a trace id has 16 bytes", table: "setup", broken: "length(trace_id) <> 16"),
]

private let failures = "'rejected', 'limited', 'failed', 'timeout', 'unreachable', 'malformed'"
