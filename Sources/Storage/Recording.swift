import GRDB
import Model

/// The results of one transaction on their way into the tables.
struct Recording {
    private let bootID: Int64
    let db: Database
    private let insertResult: RawStatement
    private let insertFurther: RawStatement
    let map: MapWriter
    private var sightings: [SightingKey: Sighting] = [:]
    private var batch: OpenBatch?
    private var nextID: Int64
    /// Windows that end by it are closed; nil: none is.
    private let watermarkUs: Int64?
    /// Results of closed windows, by the start of their window.
    private var late: [Int64: Int] = [:]
    /// The last result of each stretch that got one.
    private var lastIDs: [Int64: Int64] = [:]
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

    init(bootID: Int64, in db: Database, _ dictionary: inout Dictionary) throws {
        self.bootID = bootID
        self.db = db
        insertResult = try RawStatement(insertResultSQL, in: db)
        insertFurther = try RawStatement(insertFurtherSQL, in: db)
        map = try MapWriter(in: db)
        try dictionary.restoreLastSeen(in: db)
        batch = dictionary.openBatch
        nextID = try dictionary.nextID(in: db)
        dictionary.bodies.begin()
        watermarkUs = try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT at_us FROM watermark"))
    }

    /// Inserts a result, its observations and what follows from them.
    mutating func add(_ result: ProbeResult, _ dictionary: inout Dictionary) throws {
        let stretch = try dictionary.stretch(
            of: result, boot: bootID, firstID: nextID, in: db)
        let subject = result.probe.subject
        var stored = try stored(result, about: subject, of: stretch, &dictionary)
        for (place, observation) in result.observations.enumerated() {
            let (answer, fingerprint) = try dictionary.answer(of: observation, in: db)
            let own = StoredAnswer(id: answer.id, fingerprint: fingerprint)
            if place == 0 { stored.answer = own } else { stored.further.append(own) }
            seqs.append(stored.id + Int64(place))
            guard observation.outcome.isResolved else { continue }
            try rememberName(answer, &dictionary)
            guard !result.isMaintenance else { continue }
            sight(observation, of: result, stretch, answer)
            guard subject.population == .panel else { continue }
            let due = result.dueAt.microseconds
            try mapCell(
                observation, of: subject, at: due, stretch, stored, answer, &dictionary)
            try assign(subject, at: due, stretch, stored, answer, &dictionary)
        }
        try insert(stored)
        try note(stored, of: result)
        // What a compared target owes is not asked again: rounds are those of the plan's own.
        if subject.population == .cohort, !result.probe.isCompared {
            try settleCohort(result, stretch, stored)
        }
    }

    /// Once for all results of the transaction.
    func finish(_ dictionary: inout Dictionary) throws {
        try saveBatches(&dictionary)
        try saveSightings(&dictionary)
        try dictionary.saveLastSeen(map, in: db)
        try saveLate()
    }

    private func stored(
        _ result: ProbeResult, about subject: Subject, of stretch: KnownStretch,
        _ dictionary: inout Dictionary
    ) throws -> StoredResult {
        let probe = result.probe
        let phases = result.phases
        let packed = PackedDigits.split(subject.label)
        return StoredResult(
            id: nextID, stretch: stretch.id, index: Int64(probe.index),
            context: try dictionary.id(of: probe.context, in: db),
            exchange: try dictionary.exchange(
                ExchangeKey(result, of: subject.population, subjectPrefix: packed?.prefix), in: db),
            subject: packed.map { .digits($0.digits) } ?? .text(subject.label),
            afterUs: result.dueAt.microseconds - stretch.originUs, lagUs: phases.lagUs,
            requestUs: phases.requestUs, firstByteUs: phases.firstByteUs,
            transferUs: phases.transferUs, bytes: result.transport.bytes.map { Int64($0) },
            body: try dictionary.bodies.id(
                of: result.body, dueUs: result.dueAt.microseconds, in: db),
            setup: StoredSetup(
                heldUs: phases.heldUs, dnsUs: phases.dnsUs, connectUs: phases.connectUs,
                tlsUs: phases.tlsUs, trace: result.traceID.flatMap(traceBytes)))
    }

    private func insert(_ result: StoredResult) throws {
        result.bind(to: insertResult)
        try insertResult.run()
        if !result.setup.isEmpty {
            let statement = try RawStatement(insertSetupSQL, in: db)
            result.bindSetup(to: statement)
            try statement.run()
        }
        for (index, answer) in result.further.enumerated() {
            insertFurther.bind(result.id + Int64(index) + 1, at: 1)
            insertFurther.bind(index + 1, at: 2)
            insertFurther.bind(answer.id, at: 3)
            insertFurther.bind(answer.fingerprint, at: 4)
            try insertFurther.run()
        }
    }

    private mutating func note(_ stored: StoredResult, of result: ProbeResult) throws {
        nextID += stored.places
        lastIDs[stored.stretch] = stored.id
        let due = result.dueAt.microseconds
        if batch.map({ $0.results >= OpenBatch.limit }) ?? false {
            try saveBatch()
            batch = nil
        }
        if batch == nil { batch = OpenBatch(firstID: stored.id, firstDueUs: due) }
        batch?.add(stored, dueUs: due, observations: result.observations.count)
        if let watermarkUs, due < watermarkUs {
            late[Window(.fiveMinutes, containing: result.dueAt).start.microseconds, default: 0] += 1
        }
    }

    private func saveLate() throws {
        for (start, count) in late {
            try db.cachedStatement(sql: upsertLate).execute(arguments: [start, count])
        }
    }

    /// Where the results stand.
    private func saveBatches(_ dictionary: inout Dictionary) throws {
        dictionary.nextPlace = nextID
        for (stretch, id) in lastIDs {
            try db.cachedStatement(sql: "UPDATE stretch SET last_id = ? WHERE id = ?").execute(
                arguments: [id, stretch])
        }
        try saveBatch()
        dictionary.openBatch = batch
    }

    private func saveBatch() throws { try batch?.save(in: db) }
}

/// What follows from a result besides the map: what the cohort is owed, when an experience was seen.
extension Recording {
    private mutating func sight(
        _ observation: Observation, of result: ProbeResult, _ stretch: KnownStretch,
        _ answer: KnownAnswer
    ) {
        let key = SightingKey(
            plan: stretch.plan, target: stretch.target, experience: answer.experience)
        let due = result.dueAt.microseconds
        var sighting = sightings[key] ?? Sighting(answeredUs: due, servedUs: nil)
        sighting.answeredUs = max(sighting.answeredUs, due)
        if observation.outcome == .served {
            sighting.servedUs = max(sighting.servedUs ?? due, due)
        }
        sightings[key] = sighting
    }

    fileprivate func saveSightings(_ dictionary: inout Dictionary) throws {
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

    private func rememberName(_ answer: KnownAnswer, _ dictionary: inout Dictionary) throws {
        guard let audience = answer.audience, let name = answer.audienceName,
            dictionary.learns(name: name, of: audience)
        else { return }
        try db.cachedStatement(sql: upsertAudience).execute(arguments: [audience, name])
    }

    /// A failed fetch is owed again until its attempts are used up; an answered one no more.
    private func settleCohort(
        _ result: ProbeResult, _ stretch: KnownStretch, _ stored: StoredResult
    ) throws {
        let probe = result.probe
        let isFailed = result.failure != nil
        guard isFailed || probe.attempt > 0 else { return }
        let state =
            !isFailed ? "answered" : probe.attempt >= Pack.attemptLimit ? "missing" : "waiting"
        try db.cachedStatement(sql: upsertPending).execute(arguments: [
            stretch.plan, stretch.target, probe.subject.label, stored.context,
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
        id, stretch_id, "index", context_id, exchange_id, subject, after_us, lag_us, request_us,
        first_byte_us, transfer_us, bytes, answer_id, fingerprint, body_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

private let insertSetupSQL = """
    INSERT INTO setup (result_id, held_us, dns_us, connect_us, tls_us, trace_id)
    VALUES (?, ?, ?, ?, ?, ?)
    """

private let insertFurtherSQL = """
    INSERT INTO further_observation (seq, place, answer_id, fingerprint) VALUES (?, ?, ?, ?)
    """

private let upsertLate = """
    INSERT INTO late_result (start_us, count) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count
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

private let upsertPending = """
    INSERT INTO cohort_pending (
        plan_id, target_id, subject, context_id, experiences, attempt, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (plan_id, target_id, subject, experiences) DO UPDATE SET
        attempt = excluded.attempt, state = excluded.state
    """
