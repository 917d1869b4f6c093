import Foundation
import GRDB
package import Model

extension Store {
    /// Hands over the results due within a span, in order of due time, one at a time. Subjects
    /// come by their label; what was sent for a device or a place is not stored.
    package func results(
        in span: Span, target: String? = nil, plan: String? = nil,
        _ body: (ProbeResult) throws -> Void
    ) throws {
        var failure: (any Error)?
        try read("read results of") { db in
            var lookup = Lookup()
            var pending: ProbeResult?
            var pendingID: Int64?
            let rows = try Row.fetchCursor(
                try db.cachedStatement(sql: selectResults),
                arguments: [span.since.microseconds, span.until.microseconds])
            func handOver() -> Bool {
                guard var result = pending else { return true }
                result.probe = result.probe.asking(result.observations.map(\.experience))
                pending = nil
                guard target ?? result.probe.identity.target == result.probe.identity.target,
                    plan ?? result.probe.identity.plan == result.probe.identity.plan
                else { return true }
                do { try body(result) } catch {
                    failure = error
                    return false
                }
                return true
            }
            while let row = try rows.next() {
                let id: Int64 = row["id"]
                if id != pendingID {
                    guard handOver() else { return }
                    pending = try result(row, in: db, &lookup)
                    pendingID = id
                }
                let observation = try observation(row, in: db, &lookup)
                pending?.observations.append(observation)
            }
            _ = handOver()
        }
        if let failure { throw failure }
    }

    /// The due instant of the first result; nil: there is none.
    package func earliestDue() throws(StorageError) -> Instant? {
        try read("read results of") { db in
            try Int64.fetchOne(db, sql: "SELECT min(due_us) FROM result").map(
                Instant.init(microseconds:))
        }
    }

    /// The due instant of the last result; nil: there is none.
    package func latestDue() throws(StorageError) -> Instant? {
        try read("read results of") { db in
            try Int64.fetchOne(db, sql: "SELECT max(due_us) FROM result").map(
                Instant.init(microseconds:))
        }
    }

    /// The names that audiences were last served under, by id.
    package func audienceNames() throws(StorageError) -> [String: String] {
        try read("read the audiences of") { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT i.value AS id, n.value AS name FROM audience AS a
                    JOIN text AS i ON i.id = a.audience_id JOIN text AS n ON n.id = a.name_id
                    """)
            return Swift.Dictionary(
                rows.map { ($0["id"] as String, $0["name"] as String) }, uniquingKeysWith: { $1 })
        }
    }

    func result(_ row: Row, in db: Database, _ lookup: inout Lookup) throws -> ProbeResult {
        let identity = ProbeIdentity(
            agent: try lookup.text(row["agent_id"] as Int64, in: db),
            plan: try lookup.text(row["plan_id"] as Int64, in: db),
            target: try lookup.text(row["target_id"] as Int64, in: db), round: row["round"],
            index: row["index"])
        let word = try lookup.text(row["population_id"] as Int64, in: db)
        guard let population = Population(rawValue: word) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a population is broken")
        }
        let probe = Probe(
            identity: identity,
            subject: Subject(customerID: row["subject"], population: population),
            context: try lookup.context(row["context_id"], in: db), experiences: [],
            attempt: row["attempt"])
        var failure: Failure?
        if let text = try lookup.text(row["failure_id"] as Int64?, in: db),
            let outcome = Outcome(rawValue: text),
            let reason = try lookup.text(row["result_reason_id"] as Int64?, in: db)
        {
            failure = Failure(outcome, Reason(rawValue: reason))
        }
        return ProbeResult(
            probe: probe, position: row["position"],
            dueAt: Instant(microseconds: row["due_us"]), phases: phases(row),
            transport: try transport(row, in: db, &lookup), failure: failure, observations: [],
            traceID: (row["trace_id"] as Data?).map(hexadecimal),
            isMaintenance: row["maintenance"])
    }

    func phases(_ row: Row) -> Phases {
        Phases(
            lagUs: row["lag_us"], heldUs: row["held_us"], dnsUs: row["dns_us"],
            connectUs: row["connect_us"], tlsUs: row["tls_us"], requestUs: row["request_us"],
            firstByteUs: row["first_byte_us"],
            transferUs: row["transfer_us"])
    }

    func transport(_ row: Row, in db: Database, _ lookup: inout Lookup) throws -> Transport {
        Transport(
            httpStatus: row["http_status"],
            httpVersion: try lookup.text(row["http_version_id"] as Int64?, in: db),
            connection: try lookup.text(row["connection_id"] as Int64?, in: db)
                .flatMap(Transport.Connection.init),
            remoteAddress: try lookup.text(row["remote_address_id"] as Int64?, in: db),
            bytes: row["bytes"])
    }

    func observation(_ row: Row, in db: Database, _ lookup: inout Lookup) throws -> Observation {
        let word = try lookup.text(row["outcome_id"] as Int64, in: db)
        guard let outcome = Outcome(rawValue: word) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an outcome is broken")
        }
        let reason = try lookup.text(row["reason_id"] as Int64?, in: db)
        return Observation(
            experience: try lookup.text(row["experience_id"] as Int64, in: db), outcome: outcome,
            reason: reason.map(Reason.init(rawValue:)),
            variation: try lookup.text(row["variation_id"] as Int64?, in: db),
            audience: try lookup.text(row["audience_id"] as Int64?, in: db),
            audienceName: try lookup.text(row["audience_name_id"] as Int64?, in: db),
            locale: try lookup.text(row["locale_id"] as Int64?, in: db),
            campaign: try lookup.text(row["campaign_id"] as Int64?, in: db),
            fingerprint: (row["fingerprint"] as Int64?).map(fingerprintText))
    }
}

extension Store: ObservationReading {
    package func observationLines(
        after seq: Int64, since: Instant?, until: Instant?, limit: Int
    ) throws -> [ObservationLine] {
        try read("read observations of") { db in
            var lookup = Lookup()
            let rows = try Row.fetchAll(
                try db.cachedStatement(sql: selectLines),
                arguments: [
                    seq, since?.microseconds ?? Int64.min, until?.microseconds ?? Int64.max, limit,
                ])
            return try rows.map { row in
                let result = try self.result(row, in: db, &lookup)
                let identity = result.probe.identity
                let boot: String = row["boot"]
                let seq: Int64 = row["seq"]
                let id: Int64 = row["id"]
                return ObservationLine(
                    seq: seq, id: "\(identity.agent)-\(boot)-\(seq)",
                    resultID: "\(identity.agent)-\(boot)-r\(id)", agent: identity.agent,
                    boot: boot, target: identity.target, plan: identity.plan,
                    round: identity.round, index: identity.index, dueAt: result.dueAt,
                    phases: result.phases, subject: result.probe.subject.label,
                    population: result.probe.subject.population, context: result.probe.context,
                    observation: try observation(row, in: db, &lookup),
                    transport: result.transport, traceID: result.traceID,
                    maintenance: result.isMaintenance)
            }
        }
    }
}

extension Probe {
    /// The same probe with the experiences that it asked.
    fileprivate func asking(_ experiences: [String]) -> Probe {
        Probe(
            identity: identity, subject: subject, context: context, experiences: experiences,
            attempt: attempt)
    }
}

private func hexadecimal(_ bytes: Data) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

private func fingerprintText(_ stored: Int64) -> String {
    let digits = String(UInt64(bitPattern: stored), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

private let resultColumns = """
    r.id, r.plan_id, r.target_id, r.agent_id, r.round, r."index", r.position, r.due_us, r.lag_us,
    r.dns_us, r.connect_us, r.tls_us, r.request_us, r.first_byte_us, r.transfer_us, r.subject,
    r.population_id, r.attempt, r.context_id, r.failure_id, r.reason_id AS result_reason_id,
    r.http_status, r.http_version_id, r.connection_id, r.remote_address_id, r.bytes, r.held_us,
    r.trace_id, r.maintenance,
    o.seq, o.experience_id, o.outcome_id, o.reason_id, o.variation_id, o.audience_id,
    o.audience_name_id, o.locale_id, o.campaign_id, o.fingerprint
    """

private let selectResults = """
    SELECT \(resultColumns) FROM result AS r JOIN observation AS o ON o.result_id = r.id
    WHERE r.due_us >= ? AND r.due_us < ? ORDER BY r.due_us, r.id, o.seq
    """

private let selectLines = """
    SELECT \(resultColumns), b.name AS boot FROM observation AS o
    JOIN result AS r ON r.id = o.result_id JOIN boot AS b ON b.id = r.boot_id
    WHERE o.seq > ? AND r.due_us >= ? AND r.due_us < ? ORDER BY o.seq LIMIT ?
    """
