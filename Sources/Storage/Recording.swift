import GRDB
import Model

/// The results of one transaction on their way into the tables.
struct Recording {
    private let bootID: Int64
    private let db: Database
    private let insertResult: RawStatement
    private let insertObservation: RawStatement
    private let touchTargeting: RawStatement
    private let upsertAssignment: RawStatement
    private var sightings: [SightingKey: Sighting] = [:]
    private var round: RoundWords?
    /// The observations' places in the store's order.
    private(set) var seqs: [Int64] = []

    private struct SightingKey: Hashable {
        let plan: Int64
        let target: Int64
        let experience: Int64
    }

    private struct Sighting {
        var answeredUs: Int64
        var servedUs: Int64?
    }

    /// Ids of the texts that name a round's results: nearly always those of the result before.
    private struct RoundWords {
        let identity: ProbeIdentity
        let plan: Int64
        let target: Int64
        let agent: Int64

        func name(_ other: ProbeIdentity) -> Bool {
            identity.plan == other.plan && identity.target == other.target
                && identity.agent == other.agent
        }
    }

    /// Ids of the texts that name a result.
    private struct Words {
        let plan: Int64
        let target: Int64
        let agent: Int64
        let population: Int64
        let context: Int64

        init(
            _ probe: Probe, of round: RoundWords, in db: Database, _ dictionary: inout Dictionary
        ) throws {
            plan = round.plan
            target = round.target
            agent = round.agent
            population = try dictionary.id(of: probe.subject.population.rawValue, in: db)
            context = try dictionary.id(of: probe.context, in: db)
        }
    }

    init(bootID: Int64, db: Database) throws {
        self.bootID = bootID
        self.db = db
        insertResult = try RawStatement(insertResultSQL, in: db)
        insertObservation = try RawStatement(insertObservationSQL, in: db)
        touchTargeting = try RawStatement(touchTargetingSQL, in: db)
        upsertAssignment = try RawStatement(upsertAssignmentSQL, in: db)
    }

    /// Inserts a result, its observations and what follows from them; nothing if it was there.
    mutating func add(_ result: ProbeResult, _ dictionary: inout Dictionary) throws {
        let words = try Words(
            result.probe, of: try roundWords(result.probe.identity, &dictionary), in: db,
            &dictionary)
        guard try insert(result, words, &dictionary) else { return }
        let resultID = insertResult.lastInsertedRow
        for observation in result.observations {
            let experience: Int64 = try dictionary.id(of: observation.experience, in: db)
            let answer = try AnswerWords(observation, in: db, &dictionary)
            try insert(observation, resultID: resultID, experience: experience, answer, &dictionary)
            guard observation.outcome.isResolved else { continue }
            try rememberName(answer, &dictionary)
            guard !result.isMaintenance else { continue }
            sight(observation, of: result, words, experience: experience)
            guard result.probe.subject.population == .panel else { continue }
            try mapCell(observation, of: result, words, experience: experience, answer)
            try assign(of: result, words, experience: experience, answer)
        }
        // What a compared target owes is not asked again: rounds are those of the plan's own.
        if result.probe.subject.population == .cohort, !result.probe.isCompared {
            try settleCohort(result, words, &dictionary)
        }
    }

    private mutating func roundWords(
        _ identity: ProbeIdentity, _ dictionary: inout Dictionary
    ) throws -> RoundWords {
        if let round, round.name(identity) { return round }
        let words = RoundWords(
            identity: identity, plan: try dictionary.id(of: identity.plan, in: db),
            target: try dictionary.id(of: identity.target, in: db),
            agent: try dictionary.id(of: identity.agent, in: db))
        round = words
        return words
    }

    private func insert(
        _ result: ProbeResult, _ words: Words, _ dictionary: inout Dictionary
    ) throws -> Bool {
        let probe = result.probe
        let transport = result.transport
        let statement = insertResult
        statement.bind(bootID, at: 1)
        statement.bind(words.plan, at: 2)
        statement.bind(words.target, at: 3)
        statement.bind(words.agent, at: 4)
        statement.bind(probe.identity.round, at: 5)
        statement.bind(probe.identity.index, at: 6)
        statement.bind(result.position, at: 7)
        statement.bind(result.dueAt.microseconds, at: 8)
        bind(result.phases, to: statement)
        statement.bind(probe.subject.label, at: 17)
        statement.bind(words.population, at: 18)
        statement.bind(probe.attempt, at: 19)
        statement.bind(words.context, at: 20)
        statement.bind(try dictionary.id(of: result.failure?.outcome.rawValue, in: db), at: 21)
        statement.bind(try dictionary.id(of: result.failure?.reason.rawValue, in: db), at: 22)
        statement.bind(transport.httpStatus, at: 23)
        statement.bind(try dictionary.id(of: transport.httpVersion, in: db), at: 24)
        statement.bind(try dictionary.id(of: transport.connection?.rawValue, in: db), at: 25)
        statement.bind(try dictionary.id(of: transport.remoteAddress, in: db), at: 26)
        statement.bind(transport.bytes, at: 27)
        statement.bind(result.traceID.flatMap(traceBytes), at: 28)
        statement.bind(result.isMaintenance ? 1 : 0, at: 29)
        return try statement.run() == 1
    }

    private func bind(_ phases: Phases, to statement: RawStatement) {
        statement.bind(phases.lagUs, at: 9)
        statement.bind(phases.heldUs, at: 10)
        statement.bind(phases.dnsUs, at: 11)
        statement.bind(phases.connectUs, at: 12)
        statement.bind(phases.tlsUs, at: 13)
        statement.bind(phases.requestUs, at: 14)
        statement.bind(phases.firstByteUs, at: 15)
        statement.bind(phases.transferUs, at: 16)
    }

    private mutating func insert(
        _ observation: Observation, resultID: Int64, experience: Int64, _ answer: AnswerWords,
        _ dictionary: inout Dictionary
    ) throws {
        let statement = insertObservation
        statement.bind(resultID, at: 1)
        statement.bind(experience, at: 2)
        statement.bind(answer.outcome, at: 3)
        statement.bind(try dictionary.id(of: observation.reason?.rawValue, in: db), at: 4)
        statement.bind(answer.variation, at: 5)
        statement.bind(answer.audience, at: 6)
        statement.bind(answer.audienceName, at: 7)
        statement.bind(try dictionary.id(of: observation.locale, in: db), at: 8)
        statement.bind(try dictionary.id(of: observation.campaign, in: db), at: 9)
        statement.bind(
            observation.fingerprint.flatMap { UInt64($0, radix: 16) }.map(Int64.init(bitPattern:)),
            at: 10)
        try statement.run()
        seqs.append(statement.lastInsertedRow)
    }
}

/// Ids of the texts that say what was served.
private struct AnswerWords {
    let outcome: Int64
    let variation: Int64?
    let audience: Int64?
    let audienceName: Int64?

    init(_ observation: Observation, in db: Database, _ dictionary: inout Dictionary) throws {
        outcome = try dictionary.id(of: observation.outcome.rawValue, in: db)
        variation = try dictionary.id(of: observation.variation, in: db)
        audience = try dictionary.id(of: observation.audience, in: db)
        audienceName = try dictionary.id(of: observation.audienceName, in: db)
    }
}

/// What follows from a result: the map and assignments from the panel, what the cohort is owed,
/// when an experience was seen.
extension Recording {
    private mutating func sight(
        _ observation: Observation, of result: ProbeResult, _ words: Words, experience: Int64
    ) {
        let key = SightingKey(plan: words.plan, target: words.target, experience: experience)
        let due = result.dueAt.microseconds
        var sighting = sightings[key] ?? Sighting(answeredUs: due, servedUs: nil)
        sighting.answeredUs = max(sighting.answeredUs, due)
        if observation.outcome == .served {
            sighting.servedUs = max(sighting.servedUs ?? due, due)
        }
        sightings[key] = sighting
    }

    /// Once for all results of the transaction.
    func saveSightings(_ dictionary: inout Dictionary) throws {
        guard !sightings.isEmpty else { return }
        let statement = try RawStatement(upsertSightingSQL, in: db)
        for (key, sighting) in sightings {
            statement.bind(key.plan, at: 1)
            statement.bind(key.target, at: 2)
            statement.bind(key.experience, at: 3)
            statement.bind(sighting.answeredUs, at: 4)
            statement.bind(sighting.servedUs, at: 5)
            try statement.run()
        }
    }

    private func rememberName(_ answer: AnswerWords, _ dictionary: inout Dictionary) throws {
        guard let audience = answer.audience, let name = answer.audienceName,
            dictionary.learns(name: name, of: audience)
        else { return }
        try db.cachedStatement(sql: upsertAudience).execute(arguments: [audience, name])
    }

    private func mapCell(
        _ observation: Observation, of result: ProbeResult, _ words: Words, experience: Int64,
        _ answer: AnswerWords
    ) throws {
        func bind(_ statement: RawStatement) {
            statement.bind(words.plan, at: 1)
            statement.bind(words.target, at: 2)
            statement.bind(experience, at: 3)
            statement.bind(words.context, at: 4)
            statement.bind(observation.outcome.rawValue, at: 5)
            statement.bind(answer.audience, at: 6)
            statement.bind(answer.variation, at: 7)
            statement.bind(result.dueAt.microseconds, at: 8)
        }
        bind(touchTargeting)
        guard try touchTargeting.run() == 0 else { return }
        let replace = try RawStatement(replaceTargetingSQL, in: db)
        bind(replace)
        try replace.run()
    }

    private func assign(
        of result: ProbeResult, _ words: Words, experience: Int64, _ answer: AnswerWords
    ) throws {
        guard let audience = answer.audience, let variation = answer.variation else { return }
        let statement = upsertAssignment
        statement.bind(words.plan, at: 1)
        statement.bind(words.target, at: 2)
        statement.bind(result.probe.subject.label, at: 3)
        statement.bind(experience, at: 4)
        statement.bind(audience, at: 5)
        statement.bind(variation, at: 6)
        statement.bind(result.dueAt.microseconds, at: 7)
        try statement.run()
    }

    /// A failed fetch is owed again until its attempts are used up; an answered one no more.
    private func settleCohort(
        _ result: ProbeResult, _ words: Words, _ dictionary: inout Dictionary
    ) throws {
        let probe = result.probe
        let isFailed = result.failure != nil
        guard isFailed || probe.attempt > 0 else { return }
        let state =
            !isFailed ? "answered" : probe.attempt >= Pack.attemptLimit ? "missing" : "waiting"
        try db.cachedStatement(sql: upsertPending).execute(arguments: [
            words.plan, words.target, probe.subject.label, words.context,
            probe.experiences.joined(separator: "\n"), probe.attempt + 1, state,
        ])
    }
}

/// The 16 bytes that 32 hexadecimal digits stand for; nil: they are none.
private func traceBytes(_ digits: String) -> [UInt8]? {
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
        let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    return [high, low].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
}

private let insertResultSQL = """
    INSERT INTO result (
        boot_id, plan_id, target_id, agent_id, round, "index", position, due_us, lag_us, held_us,
        dns_us, connect_us, tls_us, request_us, first_byte_us, transfer_us, subject, population_id,
        attempt, context_id, failure_id, reason_id, http_status, http_version_id, connection_id,
        remote_address_id, bytes, trace_id, maintenance)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (plan_id, target_id, round, position, agent_id) DO NOTHING
    """

private let insertObservationSQL = """
    INSERT INTO observation (
        result_id, experience_id, outcome_id, reason_id, variation_id, audience_id,
        audience_name_id, locale_id, campaign_id, fingerprint)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

private let upsertSightingSQL = """
    INSERT INTO experience_sighting (plan_id, target_id, experience_id, answered_us, served_us)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        answered_us = max(answered_us, excluded.answered_us),
        served_us = coalesce(max(served_us, excluded.served_us), served_us, excluded.served_us)
    """

private let upsertAudience = """
    INSERT INTO audience (audience_id, name_id) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET name_id = excluded.name_id WHERE name_id <> excluded.name_id
    """

/// The cell's answer is the one that it had: only when it was last seen changes.
private let touchTargetingSQL = """
    UPDATE targeting SET seen_us = ?8
    WHERE plan_id = ?1 AND target_id = ?2 AND experience_id = ?3 AND context_id = ?4
    AND outcome = ?5 AND audience_id IS ?6 AND variation_id IS ?7
    """

/// A new cell, or another answer: the one that it had becomes the one before.
private let replaceTargetingSQL = """
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

private let upsertAssignmentSQL = """
    INSERT INTO assignment (
        plan_id, target_id, subject, experience_id, audience_id, variation_id, first_us, last_us,
        changes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 0)
    ON CONFLICT DO UPDATE SET
        changes = changes + (variation_id <> excluded.variation_id),
        variation_id = excluded.variation_id,
        last_us = excluded.last_us
    """

private let upsertPending = """
    INSERT INTO cohort_pending (
        plan_id, target_id, subject, context_id, experiences, attempt, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (plan_id, target_id, subject, experiences) DO UPDATE SET
        attempt = excluded.attempt, state = excluded.state
    """
