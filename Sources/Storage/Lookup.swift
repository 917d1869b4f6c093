import GRDB
import Model
import Synchronization

/// What rows refer to, by id, fetched once each: such rows never change.
struct Lookup: Sendable {
    private var texts: [Int64: String] = [:]
    private var contexts: [Int64: Context] = [:]
    private var segments: [Int64: Segment] = [:]
    private var countKeys: [Int64: CountKey] = [:]
    private var stretches: [Int64: Stretch] = [:]
    private var exchanges: [Int64: StoredExchange] = [:]
    private var answers: [Int64: Observation] = [:]

    /// More than this and it is emptied: ever new texts must not fill the memory.
    private static let limit = 100_000

    /// How much it holds.
    var count: Int {
        texts.count + contexts.count + segments.count + countKeys.count + stretches.count
            + exchanges.count + answers.count
    }

    var isFull: Bool { count > Self.limit }

    /// What the results of a stretch share.
    struct Stretch: Sendable {
        let boot: String
        let plan: String
        let target: String
        let agent: String
        let round: Int
        let origin: Instant
    }

    /// How a fetch went.
    struct StoredExchange: Sendable {
        let population: Population
        let attempt: Int
        let subjectPrefix: String
        let failure: Failure?
        let transport: Transport
        let isMaintenance: Bool
    }

    mutating func text(_ id: Int64, in db: Database) throws -> String {
        if let text = texts[id] { return text }
        let select = try db.cachedStatement(sql: "SELECT value FROM text WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [id]) else {
            throw missing("text", id)
        }
        texts[id] = text
        return text
    }

    mutating func text(_ id: Int64?, in db: Database) throws -> String? {
        guard let id else { return nil }
        return try text(id, in: db) as String
    }

    mutating func context(_ id: Int64, in db: Database) throws -> Context {
        if let context = contexts[id] { return context }
        let row = try RawStatement(selectContext, in: db)
        row.bind(id, at: 1)
        defer { row.reset() }
        guard try row.step(), let context = Context(row) else { throw missing("context", id) }
        contexts[id] = context
        return context
    }

    mutating func segment(_ id: Int64, in db: Database) throws -> Segment {
        if let segment = segments[id] { return segment }
        guard let segment = Segment(try text(id, in: db) as String) else {
            throw missing("segment", id)
        }
        segments[id] = segment
        return segment
    }

    mutating func countKey(_ id: Int64, in db: Database) throws -> CountKey {
        if let key = countKeys[id] { return key }
        // A report wants most of them: all that are there are read at once.
        let row = try RawStatement(selectCountKeys, in: db)
        row.bind(id, at: 1)
        defer { row.reset() }
        while try row.step() {
            guard let experience = row.text(1),
                let population = row.text(2).flatMap(Population.init(rawValue:)),
                let outcome = row.text(3).flatMap(Outcome.init(rawValue:))
            else { throw missing("count key", row.integer(0)) }
            countKeys[row.integer(0)] = CountKey(
                experience: experience, population: population, outcome: outcome,
                audience: row.text(4), variation: row.text(5))
        }
        guard let key = countKeys[id] else { throw missing("count key", id) }
        return key
    }

    mutating func stretch(_ id: Int64, in db: Database) throws -> Stretch {
        if let stretch = stretches[id] { return stretch }
        guard let row = try Row.fetchOne(db, sql: selectStretch, arguments: [id]) else {
            throw missing("stretch", id)
        }
        let stretch = Stretch(
            boot: row[0], plan: row[1], target: row[2], agent: row[3], round: row[4],
            origin: Instant(microseconds: row[5]))
        stretches[id] = stretch
        return stretch
    }

    mutating func exchange(_ id: Int64, in db: Database) throws -> StoredExchange {
        if let exchange = exchanges[id] { return exchange }
        guard let row = try Row.fetchOne(db, sql: selectExchange, arguments: [id]),
            let population = Population(
                rawValue: try text(row["population_id"] as Int64, in: db))
        else { throw missing("exchange", id) }
        let outcome = try text(row["failure_id"] as Int64?, in: db).flatMap(Outcome.init)
        let reason = try text(row["reason_id"] as Int64?, in: db).map(Reason.init(rawValue:))
        let exchange = StoredExchange(
            population: population, attempt: row["attempt"],
            subjectPrefix: try text(row["subject_prefix_id"] as Int64?, in: db) ?? "",
            failure: outcome.flatMap { outcome in reason.map { Failure(outcome, $0) } },
            transport: Transport(
                httpStatus: row["http_status"],
                httpVersion: try text(row["http_version_id"] as Int64?, in: db),
                connection: try text(row["connection_id"] as Int64?, in: db)
                    .flatMap(Transport.Connection.init),
                remoteAddress: try text(row["remote_address_id"] as Int64?, in: db)),
            isMaintenance: row["maintenance"])
        exchanges[id] = exchange
        return exchange
    }

    mutating func answer(_ id: Int64, in db: Database) throws -> Observation {
        if let answer = answers[id] { return answer }
        guard let row = try Row.fetchOne(db, sql: selectAnswer, arguments: [id]),
            let outcome = Outcome(rawValue: try text(row["outcome_id"] as Int64, in: db))
        else { throw missing("answer", id) }
        let answer = Observation(
            experience: try text(row["experience_id"] as Int64, in: db), outcome: outcome,
            reason: try text(row["reason_id"] as Int64?, in: db).map(Reason.init(rawValue:)),
            variation: try text(row["variation_id"] as Int64?, in: db),
            audience: try text(row["audience_id"] as Int64?, in: db),
            audienceName: try text(row["audience_name_id"] as Int64?, in: db),
            locale: try text(row["locale_id"] as Int64?, in: db),
            campaign: try text(row["campaign_id"] as Int64?, in: db),
            fingerprint: (row["fingerprint"] as Int64?).map(fingerprintText))
        answers[id] = answer
        return answer
    }
}

extension Context {
    /// Nil: the row is broken. Without attributes its columns say all; else the canonical text does.
    fileprivate init?(_ row: RawStatement) {
        guard row.integer(5) != 0 else {
            guard let segment = row.text(0).flatMap(Segment.init) else { return nil }
            self.init(segment)
            return
        }
        let day = row.text(1)
        let weekday = day.flatMap(Weekday.init(rawValue:))
        guard (day == nil) == (weekday == nil) else { return nil }
        let hour = row.optionalInteger(2).map { Int($0) }
        guard hour.map({ (0..<24).contains($0) }) ?? true else { return nil }
        self.init(day: weekday, hour: hour, device: row.text(3), geo: row.text(4))
    }
}

/// A lookup that one reading after the other takes over; one that reads beside another begins with
/// an empty one.
final class SharedLookup: Sendable {
    private let lookup = Mutex(Lookup())

    func take() -> Lookup {
        lookup.withLock { lookup in
            defer { lookup = Lookup() }
            return lookup
        }
    }

    func forget() { lookup.withLock { $0 = Lookup() } }

    func put(_ used: Lookup) {
        guard !used.isFull else { return }
        lookup.withLock { if used.count > $0.count { $0 = used } }
    }
}

private func missing(_ what: String, _ id: Int64) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(what) \(id) is missing or broken")
}

private let selectStretch = """
    SELECT b.name, p.value, t.value, a.value, s.round, s.origin_us
    FROM stretch AS s JOIN boot AS b ON b.id = s.boot_id JOIN text AS p ON p.id = s.plan_id
    JOIN text AS t ON t.id = s.target_id JOIN text AS a ON a.id = s.agent_id WHERE s.id = ?
    """

private let selectContext =
    "SELECT segment, day, hour, device, geo, attributes = '{}' FROM context WHERE id = ?"

/// The one that is wanted first, then some thousands at most.
private let selectCountKeys = """
    SELECT k.id, e.value, p.value, o.value, a.value, v.value FROM count_key AS k
    JOIN text AS e ON e.id = k.experience_id JOIN text AS p ON p.id = k.population_id
    JOIN text AS o ON o.id = k.outcome_id LEFT JOIN text AS a ON a.id = k.audience_id
    LEFT JOIN text AS v ON v.id = k.variation_id
    WHERE k.id >= ? ORDER BY k.id LIMIT 5000
    """

private let selectExchange = "SELECT * FROM exchange WHERE id = ?"

private let selectAnswer = "SELECT * FROM answer WHERE id = ?"
