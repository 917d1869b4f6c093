import GRDB
package import Model

extension Store {
    /// Commits results with all that follows from them, and the places their rounds have reached,
    /// in one transaction. Returns the ids of the observations that are now on disk; a probe that
    /// was stored before is passed over.
    @discardableResult
    package func record(
        _ results: [ProbeResult], rounds: [RoundStatus], boot: String
    ) throws(StorageError) -> [String] {
        try write("record") { db, dictionary in
            guard
                let bootID = try Int64.fetchOne(
                    db, sql: "SELECT id FROM boot WHERE name = ?", arguments: [boot])
            else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "begin(boot:) first") }
            var ids: [String] = []
            for result in results {
                var entry = Entry(result, bootID: bootID, db: db)
                guard try entry.insert(&dictionary) else { continue }
                ids += entry.seqs.map { "\(result.probe.identity.agent)-\(boot)-\($0)" }
                try entry.follow(&dictionary)
            }
            for round in rounds { try save(round, in: db, &dictionary) }
            return ids
        }
    }
}

/// One result on its way into the tables.
private struct Entry {
    private let result: ProbeResult
    private let bootID: Int64
    private let db: Database
    /// The observations' places in the store's order.
    private(set) var seqs: [Int64] = []

    init(_ result: ProbeResult, bootID: Int64, db: Database) {
        self.result = result
        self.bootID = bootID
        self.db = db
    }

    /// Inserts the result and its observations; false: it was there.
    mutating func insert(_ dictionary: inout Dictionary) throws -> Bool {
        let probe = result.probe
        let identity = probe.identity
        let phases = result.phases
        let transport = result.transport
        let statement = try db.cachedStatement(sql: insertResult)
        statement.setUncheckedArguments([
            bootID, try dictionary.id(of: identity.plan, in: db) as Int64,
            try dictionary.id(of: identity.target, in: db) as Int64,
            try dictionary.id(of: identity.agent, in: db) as Int64, identity.round, identity.index,
            result.position, result.dueAt.microseconds, phases.lagUs, phases.dnsUs,
            phases.connectUs, phases.tlsUs, phases.requestUs, phases.firstByteUs,
            phases.transferUs, probe.subject.label, probe.subject.population.rawValue,
            probe.attempt, try dictionary.id(of: probe.context, in: db),
            result.failure?.outcome.rawValue,
            try dictionary.id(of: result.failure?.reason.rawValue, in: db), transport.httpStatus,
            try dictionary.id(of: transport.httpVersion, in: db), transport.connection?.rawValue,
            try dictionary.id(of: transport.remoteAddress, in: db), transport.bytes,
        ])
        try statement.execute()
        guard db.changesCount == 1 else { return false }
        let resultID = db.lastInsertedRowID
        for observation in result.observations {
            try insert(observation, resultID: resultID, &dictionary)
        }
        return true
    }

    private mutating func insert(
        _ observation: Observation, resultID: Int64, _ dictionary: inout Dictionary
    ) throws {
        let statement = try db.cachedStatement(sql: insertObservation)
        statement.setUncheckedArguments([
            resultID, try dictionary.id(of: observation.experience, in: db) as Int64,
            observation.outcome.rawValue,
            try dictionary.id(of: observation.reason?.rawValue, in: db),
            try dictionary.id(of: observation.variation, in: db),
            try dictionary.id(of: observation.audience, in: db),
            try dictionary.id(of: observation.audienceName, in: db),
            try dictionary.id(of: observation.locale, in: db),
            try dictionary.id(of: observation.campaign, in: db),
            observation.fingerprint.flatMap { UInt64($0, radix: 16) }.map(Int64.init(bitPattern:)),
        ])
        try statement.execute()
        seqs.append(db.lastInsertedRowID)
    }

    /// What follows from a result: the map and assignments from the panel, what the cohort is owed.
    func follow(_ dictionary: inout Dictionary) throws {
        for observation in result.observations where observation.outcome == .served {
            try rememberName(of: observation, &dictionary)
        }
        switch result.probe.subject.population {
        case .panel:
            for observation in result.observations where observation.outcome.isResolved {
                try mapCell(observation, &dictionary)
                try assign(observation, &dictionary)
            }
        case .cohort:
            try settleCohort(&dictionary)
        }
    }

    private func rememberName(
        of observation: Observation, _ dictionary: inout Dictionary
    ) throws {
        guard let audience = observation.audience, let name = observation.audienceName else {
            return
        }
        try db.cachedStatement(sql: upsertAudience).execute(arguments: [
            try dictionary.id(of: audience, in: db) as Int64,
            try dictionary.id(of: name, in: db) as Int64,
        ])
    }

    private func mapCell(_ observation: Observation, _ dictionary: inout Dictionary) throws {
        let identity = result.probe.identity
        let cell: StatementArguments = [
            try dictionary.id(of: identity.plan, in: db) as Int64,
            try dictionary.id(of: identity.target, in: db) as Int64,
            try dictionary.id(of: observation.experience, in: db) as Int64,
            try dictionary.id(of: result.probe.context, in: db), observation.outcome.rawValue,
            try dictionary.id(of: observation.audience, in: db),
            try dictionary.id(of: observation.variation, in: db), result.dueAt.microseconds,
        ]
        try db.cachedStatement(sql: touchTargeting).execute(arguments: cell)
        guard db.changesCount == 0 else { return }
        try db.cachedStatement(sql: replaceTargeting).execute(arguments: cell)
    }

    private func assign(_ observation: Observation, _ dictionary: inout Dictionary) throws {
        guard let audience = observation.audience, let variation = observation.variation else {
            return
        }
        let identity = result.probe.identity
        try db.cachedStatement(sql: upsertAssignment).execute(arguments: [
            try dictionary.id(of: identity.plan, in: db) as Int64,
            try dictionary.id(of: identity.target, in: db) as Int64, result.probe.subject.label,
            try dictionary.id(of: observation.experience, in: db) as Int64,
            try dictionary.id(of: audience, in: db) as Int64,
            try dictionary.id(of: variation, in: db) as Int64, result.dueAt.microseconds,
        ])
    }

    /// A failed fetch is owed again until its attempts are used up; an answered one no more.
    private func settleCohort(_ dictionary: inout Dictionary) throws {
        let probe = result.probe
        let isFailed = result.failure != nil
        guard isFailed || probe.attempt > 0 else { return }
        let state =
            !isFailed ? "answered" : probe.attempt >= Pack.attemptLimit ? "missing" : "waiting"
        try db.cachedStatement(sql: upsertPending).execute(arguments: [
            try dictionary.id(of: probe.identity.plan, in: db) as Int64,
            try dictionary.id(of: probe.identity.target, in: db) as Int64, probe.subject.label,
            try dictionary.id(of: probe.context, in: db),
            probe.experiences.joined(separator: "\n"), probe.attempt + 1, state,
        ])
    }
}

private let insertResult = """
    INSERT INTO result (
        boot_id, plan_id, target_id, agent_id, round, "index", position, due_us, lag_us, dns_us,
        connect_us, tls_us, request_us, first_byte_us, transfer_us, subject, population, attempt,
        context_id, failure, reason_id, http_status, http_version_id, connection,
        remote_address_id, bytes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (plan_id, target_id, round, "index", agent_id) DO NOTHING
    """

private let insertObservation = """
    INSERT INTO observation (
        result_id, experience_id, outcome, reason_id, variation_id, audience_id,
        audience_name_id, locale_id, campaign_id, fingerprint)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

private let upsertAudience = """
    INSERT INTO audience (audience_id, name_id) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET name_id = excluded.name_id WHERE name_id <> excluded.name_id
    """

/// The cell's answer is the one that it had: only when it was last seen changes.
private let touchTargeting = """
    UPDATE targeting SET seen_us = ?8
    WHERE plan_id = ?1 AND target_id = ?2 AND experience_id = ?3 AND context_id = ?4
    AND outcome = ?5 AND audience_id IS ?6 AND variation_id IS ?7
    """

/// A new cell, or another answer: the one that it had becomes the one before.
private let replaceTargeting = """
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

private let upsertAssignment = """
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
