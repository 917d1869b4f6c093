import Foundation
import GRDB
package import Model

extension Store {
    /// Hands over the results that were due within a span, in the store's order; of one target
    /// and plan, or of all.
    package func results(
        in span: Span, target: String? = nil, plan: String? = nil,
        _ body: (ProbeResult) throws -> Void
    ) throws {
        try scan(span, target: target, plan: plan) { stored, db, lookup in
            try body(try result(stored, in: db, &lookup))
        }
    }

    /// The same, of each result what rollups take from it: a fraction of the time.
    package func digests(
        in span: Span, target: String? = nil, plan: String? = nil,
        _ body: (ResultDigest) throws -> Void
    ) throws {
        try scan(span, target: target, plan: plan) { stored, db, lookup in
            try body(try digest(stored, in: db, &lookup))
        }
    }

    /// The due instant of the first result; nil: there is none.
    package func earliestDue() throws(StorageError) -> Instant? {
        try due("SELECT min(first_due_us) FROM batch WHERE results > 0")
    }

    /// An instant from a given one on before which no result was due; nil: none is due after it.
    package func firstDue(from instant: Instant) throws(StorageError) -> Instant? {
        try read("read results of") { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT min(first_due_us) FROM batch WHERE last_due_us >= ? AND results > 0",
                arguments: [instant.microseconds]
            ).map { max(instant, Instant(microseconds: $0)) }
        }
    }

    /// The due instant of the last result; nil: there is none.
    package func latestDue() throws(StorageError) -> Instant? {
        try due("SELECT max(last_due_us) FROM batch WHERE results > 0")
    }

    private func due(_ sql: String) throws(StorageError) -> Instant? {
        try read("read results of") { db in
            try Int64.fetchOne(db, sql: sql).map(Instant.init(microseconds:))
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
}

extension Store: ObservationReading {
    package func observationLines(
        after seq: Int64, since: Instant?, until: Instant?, limit: Int
    ) throws -> [ObservationLine] {
        try read("read observations of") { db in
            var lookup = self.lookup.take()
            defer { self.lookup.put(lookup) }
            var lines: [ObservationLine] = []
            // The result that the first one wanted belongs to.
            let first = try Int64.fetchOne(
                db, sql: "SELECT max(id) FROM result WHERE id <= ?", arguments: [seq])
            _ = try scan((first ?? 0)...Int64.max, in: db) { stored in
                guard lines.count < limit else { return false }
                let stretch = try lookup.stretch(stored.stretch, in: db)
                let due = stretch.origin.advanced(by: stored.afterUs)
                guard due >= since ?? due, until.map({ due < $0 }) ?? true else { return true }
                let result = try result(stored, in: db, &lookup)
                for (place, observation) in result.observations.enumerated() {
                    let own = stored.id + Int64(place)
                    guard own > seq, lines.count < limit else { continue }
                    lines.append(
                        ObservationLine(
                            observation, of: result, seq: own, resultID: stored.id,
                            boot: stretch.boot))
                }
                return true
            }
            return lines
        }
    }
}

extension ObservationLine {
    fileprivate init(
        _ observation: Observation, of result: ProbeResult, seq: Int64, resultID: Int64,
        boot: String
    ) {
        let identity = result.probe.identity
        self.init(
            seq: seq, id: "\(identity.agent)-\(boot)-\(seq)",
            resultID: "\(identity.agent)-\(boot)-r\(resultID)", agent: identity.agent, boot: boot,
            target: identity.target, plan: identity.plan, round: identity.round,
            index: identity.index, dueAt: result.dueAt, phases: result.phases,
            subject: result.probe.subject.label, population: result.probe.subject.population,
            context: result.probe.context, observation: observation, transport: result.transport,
            traceID: result.traceID, maintenance: result.isMaintenance)
    }
}

/// Rows.
extension Store {
    /// Reads the rows of results that were due within a span.
    private func scan(
        _ span: Span, target: String?, plan: String?,
        _ body: (StoredResult, Database, inout Lookup) throws -> Void
    ) throws {
        var failure: (any Error)?
        try read("read results of") { db in
            var lookup = self.lookup.take()
            defer { self.lookup.put(lookup) }
            var left = ReadLimit.current?.rows ?? .max
            for places in try places(of: span, in: db) {
                let isRead = try scan(places, in: db) { stored in
                    left -= 1
                    guard left >= 0 else { throw ReadLimit.exceeded }
                    let stretch = try lookup.stretch(stored.stretch, in: db)
                    let due = stretch.origin.advanced(by: stored.afterUs)
                    guard due >= span.since, due < span.until,
                        target ?? stretch.target == stretch.target,
                        plan ?? stretch.plan == stretch.plan
                    else { return true }
                    do { try body(stored, db, &lookup) } catch let error as DatabaseError {
                        throw error
                    } catch {
                        failure = error
                        return false
                    }
                    return true
                }
                guard isRead else { return }
            }
        }
        if let failure { throw failure }
    }

    /// Where the results that were due within a span stand, first to last: together with others.
    private func places(of span: Span, in db: Database) throws -> [ClosedRange<Int64>] {
        let rows = try Row.fetchCursor(
            try db.cachedStatement(sql: selectPlaces),
            arguments: [span.since.microseconds, span.until.microseconds])
        var places: [ClosedRange<Int64>] = []
        while let row = try rows.next() {
            let next: ClosedRange<Int64> = (row[0] as Int64)...(row[1] as Int64)
            if let last = places.last, last.upperBound + 1 == next.lowerBound {
                places[places.count - 1] = last.lowerBound...next.upperBound
            } else {
                places.append(next)
            }
        }
        return places
    }

    /// What rollups take from a row.
    private func digest(
        _ stored: StoredResult, in db: Database, _ lookup: inout Lookup
    ) throws -> ResultDigest {
        let stretch = try lookup.stretch(stored.stretch, in: db)
        let exchange = try lookup.exchange(stored.exchange, in: db)
        var observations: [Observation] = []
        observations.reserveCapacity(1 + stored.further.count)
        if let answer = stored.answer {
            observations.append(try lookup.answer(answer.id, in: db))
        }
        for answer in stored.further { observations.append(try lookup.answer(answer.id, in: db)) }
        return ResultDigest(
            target: stretch.target, plan: stretch.plan, round: stretch.round,
            index: Int(stored.index), context: try lookup.context(stored.context, in: db),
            population: exchange.population, attempt: exchange.attempt,
            dueAt: stretch.origin.advanced(by: stored.afterUs),
            phases: stored.phases, failure: exchange.failure,
            isMaintenance: exchange.isMaintenance, observations: observations)
    }

    /// What a row says.
    func result(
        _ stored: StoredResult, in db: Database, _ lookup: inout Lookup
    ) throws -> ProbeResult {
        let stretch = try lookup.stretch(stored.stretch, in: db)
        let exchange = try lookup.exchange(stored.exchange, in: db)
        let answers = [stored.answer].compactMap { $0 } + stored.further
        let observations = try answers.map { answer in
            let known = try lookup.answer(answer.id, in: db)
            return answer.fingerprint.map { known.fingerprinted(fingerprintText($0)) } ?? known
        }
        let label =
            switch stored.subject {
            case .text(let text): text
            case .digits(let digits): exchange.subjectPrefix + digits.text
            }
        var transport = exchange.transport
        transport.bytes = stored.bytes.map { Int($0) }
        return ProbeResult(
            probe: Probe(
                identity: ProbeIdentity(
                    agent: stretch.agent, plan: stretch.plan, target: stretch.target,
                    round: stretch.round, index: Int(stored.index)),
                subject: Subject(customerID: label, population: exchange.population),
                context: try lookup.context(stored.context, in: db),
                experiences: observations.map(\.experience), attempt: exchange.attempt),
            dueAt: stretch.origin.advanced(by: stored.afterUs),
            phases: stored.phases, transport: transport, failure: exchange.failure,
            observations: observations,
            traceID: stored.setup.trace.map { $0.withUnsafeBytes(hexadecimal) },
            isMaintenance: exchange.isMaintenance)
    }
}

func fingerprintText(_ stored: Int64) -> String {
    let digits = String(UInt64(bitPattern: stored), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

private let selectPlaces = """
    SELECT first_id, last_id FROM batch WHERE last_due_us >= ? AND first_due_us < ?
    AND results > 0 ORDER BY first_id
    """
