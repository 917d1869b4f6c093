import GRDB
import Model

/// How a fetch went, but for its times, by which its row is found.
struct ExchangeKey: Hashable, Sendable {
    let population: Population
    let attempt: Int
    /// Nil: the subject's label stands whole in its row.
    let subjectPrefix: Substring?
    let failure: Failure?
    let httpStatus: Int?
    let httpVersion: String?
    let connection: Transport.Connection?
    let remoteAddress: String?
    let isMaintenance: Bool

    init(_ result: ProbeResult, of population: Population, subjectPrefix: Substring?) {
        self.population = population
        attempt = result.probe.attempt
        self.subjectPrefix = subjectPrefix
        failure = result.failure
        httpStatus = result.transport.httpStatus
        httpVersion = result.transport.httpVersion
        connection = result.transport.connection
        remoteAddress = result.transport.remoteAddress
        isMaintenance = result.isMaintenance
    }
}

/// A stretch as results refer to it.
struct KnownStretch: Sendable {
    let id: Int64
    let plan: Int64
    let target: Int64
    let originUs: Int64
}

/// An answer as observations refer to it, with the ids of its texts.
struct KnownAnswer: Sendable {
    let id: Int64
    let experience: Int64
    let variation: Int64?
    let audience: Int64?
    let audienceName: Int64?
}

extension Dictionary {
    /// The stretch of a result, begun with it if there is none.
    mutating func stretch(
        of result: ProbeResult, boot: Int64, firstID: Int64, in db: Database
    ) throws -> KnownStretch {
        let identity = result.probe.identity
        if let lastStretch, lastStretch.boot == boot, lastStretch.identity.isOfRound(of: identity) {
            return lastStretch.stretch
        }
        let plan: Int64 = try id(of: identity.plan, in: db)
        let target: Int64 = try id(of: identity.target, in: db)
        let agent: Int64 = try id(of: identity.agent, in: db)
        let names: StatementArguments = [plan, target, identity.round, boot, agent]
        try db.execute(
            sql: insertStretch, arguments: names + [result.dueAt.microseconds, firstID])
        let row = try Row.fetchOne(db, sql: selectStretch, arguments: names)
        guard let row else { throw missing("a stretch") }
        let stretch = KnownStretch(id: row[0], plan: plan, target: target, originUs: row[1])
        lastStretch = (boot, identity, stretch)
        return stretch
    }

    mutating func exchange(_ key: ExchangeKey, in db: Database) throws -> Int64 {
        if let id = exchanges[key] { return id }
        if exchanges.count >= Self.limit { exchanges.removeAll() }
        let arguments: StatementArguments = [
            try id(of: key.population.rawValue, in: db) as Int64, key.attempt,
            try id(of: key.subjectPrefix.map(String.init), in: db),
            try id(of: key.failure?.outcome.rawValue, in: db),
            try id(of: key.failure?.reason.rawValue, in: db), key.httpStatus,
            try id(of: key.httpVersion, in: db), try id(of: key.connection?.rawValue, in: db),
            try id(of: key.remoteAddress, in: db), key.isMaintenance,
        ]
        let id = try idOfRow(select: selectExchange, insert: insertExchange, arguments, in: db)
        exchanges[key] = id
        return id
    }

    /// The answer of an observation, and the observation's own fingerprint if it has one: of a
    /// content that differs from subject to subject, only the first few are answers of their own.
    mutating func answer(
        of observation: Observation, in db: Database
    ) throws -> (answer: KnownAnswer, fingerprint: Int64?) {
        if let known = answers[observation] { return (known, nil) }
        let fingerprint = observation.fingerprint.flatMap(fingerprintBits)
        let content = observation.fingerprinted(fingerprint == nil ? nil : "")
        if let crowded = crowdedAnswers[content] { return (crowded, fingerprint) }
        if answers.count >= Self.limit { answers.removeAll() }
        let experience: Int64 = try id(of: observation.experience, in: db)
        let variation = try id(of: observation.variation, in: db)
        let audience = try id(of: observation.audience, in: db)
        let audienceName = try id(of: observation.audienceName, in: db)
        let arguments: StatementArguments = [
            experience, try id(of: observation.outcome.rawValue, in: db) as Int64,
            try id(of: observation.reason?.rawValue, in: db), variation, audience, audienceName,
            try id(of: observation.locale, in: db), try id(of: observation.campaign, in: db),
            fingerprint,
        ]
        let known = KnownAnswer(
            id: try idOfRow(select: selectAnswer, insert: insertAnswer, arguments, in: db),
            experience: experience, variation: variation, audience: audience,
            audienceName: audienceName)
        let contents =
            try Int.fetchOne(
                try db.cachedStatement(sql: countContents), arguments: arguments) ?? 0
        if contents >= Self.contentLimit { crowdedAnswers[content] = known }
        answers[observation.withoutPayload] = known
        return (known, nil)
    }

    mutating func id(of key: CountKey, in db: Database) throws -> Int64 {
        if let id = countKeys[key] { return id }
        if countKeys.count >= Self.limit { countKeys.removeAll() }
        let arguments: StatementArguments = [
            try id(of: key.experience, in: db) as Int64,
            try id(of: key.population.rawValue, in: db) as Int64,
            try id(of: key.outcome.rawValue, in: db) as Int64,
            try id(of: key.audience, in: db), try id(of: key.variation, in: db),
        ]
        let id = try idOfRow(select: selectCountKey, insert: insertCountKey, arguments, in: db)
        countKeys[key] = id
        return id
    }

    /// The place after the last that was ever given away.
    mutating func nextID(in db: Database) throws -> Int64 {
        if let nextPlace { return nextPlace }
        let last = try Int64.fetchOne(db, sql: "SELECT max(last_id) FROM batch")
        return (last ?? 0) + 1
    }

    /// The row with some values, inserted if there is none.
    private func idOfRow(
        select: String, insert: String, _ arguments: StatementArguments, in db: Database
    ) throws -> Int64 {
        let statement = try db.cachedStatement(sql: select)
        if let id = try Int64.fetchOne(statement, arguments: arguments) { return id }
        try db.cachedStatement(sql: insert).execute(arguments: arguments)
        return db.lastInsertedRowID
    }
}

private func missing(_ what: String) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(what) is missing")
}

private let insertStretch = """
    INSERT INTO stretch (plan_id, target_id, round, boot_id, agent_id, origin_us, first_id)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
    """

private let selectStretch = """
    SELECT id, origin_us FROM stretch
    WHERE plan_id = ? AND target_id = ? AND round = ? AND boot_id = ? AND agent_id = ?
    """

private let selectExchange = """
    SELECT id FROM exchange
    WHERE population_id = ? AND attempt = ? AND subject_prefix_id IS ? AND failure_id IS ?
    AND reason_id IS ? AND http_status IS ? AND http_version_id IS ? AND connection_id IS ?
    AND remote_address_id IS ? AND maintenance = ?
    """

private let insertExchange = """
    INSERT INTO exchange (
        population_id, attempt, subject_prefix_id, failure_id, reason_id, http_status,
        http_version_id, connection_id, remote_address_id, maintenance)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

private let selectCountKey = """
    SELECT id FROM count_key
    WHERE experience_id = ? AND population_id = ? AND outcome_id = ? AND audience_id IS ?
    AND variation_id IS ?
    """

private let insertCountKey = """
    INSERT INTO count_key (experience_id, population_id, outcome_id, audience_id, variation_id)
    VALUES (?, ?, ?, ?, ?)
    """

private let selectAnswer = """
    SELECT id FROM answer
    WHERE experience_id = ?1 AND outcome_id = ?2 AND reason_id IS ?3 AND variation_id IS ?4
    AND audience_id IS ?5 AND audience_name_id IS ?6 AND locale_id IS ?7 AND campaign_id IS ?8
    AND fingerprint IS ?9
    """

private let insertAnswer = """
    INSERT INTO answer (
        experience_id, outcome_id, reason_id, variation_id, audience_id, audience_name_id, locale_id,
        campaign_id, fingerprint)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    """

/// Answers that differ in their content alone.
private let countContents = """
    SELECT count(*) FROM answer
    WHERE experience_id = ?1 AND outcome_id = ?2 AND reason_id IS ?3 AND variation_id IS ?4
    AND audience_id IS ?5 AND audience_name_id IS ?6 AND locale_id IS ?7 AND campaign_id IS ?8
    AND ?9 IS NOT NULL
    """

/// Nil: these are no hexadecimal digits, or too many.
func fingerprintBits(_ digits: String) -> Int64? {
    UInt64(digits, radix: 16).map(Int64.init(bitPattern:))
}
