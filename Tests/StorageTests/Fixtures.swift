import GRDB
import Model
import Storage
import TestKit

let noon = Instant(microseconds: 1_795_521_600_000_000)

let settings = EffectiveConfiguration(
    store: "x.db", agent: "eu-1",
    targets: [Target(name: "production", baseURL: "http://127.0.0.1", workspaceID: "WS1")],
    plans: [])

/// A store in a folder of its own, begun.
struct Fixture {
    let folder: TemporaryFolder
    let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(writing: folder.path("v.db"))
        try store.begin(boot: "boot", agent: "eu-1", configuration: settings, at: noon)
    }
}

func probeResult(
    index: Int = 0, round: Int = 1, at due: Instant = noon, subject: String = "panel-0001",
    population: Population = .panel, variation: String? = "1", audience: String = "42D",
    failure: Failure? = nil, attempt: Int = 0, experiences: [String] = ["hero"],
    context: Context = Context(
        day: .saturday, hour: 19, device: "iphone", geo: "IN",
        attributes: [
            Attribute(name: "utm_medium", value: nil), Attribute(name: "plan", value: "a&b"),
        ])
) -> ProbeResult {
    let probe = Probe(
        identity: ProbeIdentity(
            agent: "eu-1", plan: "shop", target: "production", round: round, index: index),
        subject: Subject(customerID: subject, population: population), context: context,
        experiences: experiences, attempt: attempt)
    let observations = experiences.map { experience in
        failure.map {
            Observation(experience: experience, outcome: $0.outcome, reason: $0.reason)
        }
            ?? Observation(
                experience: experience, outcome: variation == nil ? .unmatched : .served,
                variation: variation, audience: variation == nil ? nil : audience,
                audienceName: variation == nil ? nil : "High \"Intent\"",
                locale: variation == nil ? nil : "0", campaign: variation == nil ? nil : "c_AB_1",
                fingerprint: variation == nil ? nil : "ff00ff00ff00ff00")
    }
    return ProbeResult(
        probe: probe, dueAt: due,
        phases: Phases(
            lagUs: 44, dnsUs: failure == nil ? nil : 200, requestUs: failure == nil ? 12 : nil,
            firstByteUs: failure == nil ? 45_000 : nil, transferUs: failure == nil ? 88 : nil),
        transport: Transport(
            httpStatus: failure == nil ? 200 : nil, httpVersion: failure == nil ? "1.1" : nil,
            connection: .reused, remoteAddress: "127.0.0.1", bytes: 512),
        failure: failure, observations: observations)
}

func roundStatus(_ number: Int, position: Int = 0) -> RoundStatus {
    RoundStatus(
        plan: "shop", target: "production", number: number, startedAt: noon, probes: 10,
        position: position, cohortSubjects: 5, cohortUsed: 7, fingerprint: "f")
}

let broken = Failure(.timeout, .bodyTimeout)
let always = Span(since: Instant(microseconds: 0), until: Instant(microseconds: .max))

extension Fixture {
    /// The first column of some rows, as another process sees them.
    func rows(_ sql: String) throws -> [String] {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: store.path, configuration: configuration).read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                (row[0] as DatabaseValue).storage.value.map { "\($0)" } ?? "null"
            }
        }
    }
}

extension Store {
    func all() throws -> [ProbeResult] {
        var all: [ProbeResult] = []
        try results(in: always) { all.append($0) }
        return all
    }
}

extension Probe {
    /// The same probe for other experiences.
    func asking(_ experiences: [String]) -> Probe {
        Probe(
            identity: identity, subject: subject, context: context, experiences: experiences,
            attempt: attempt)
    }
}

/// A step that closed windows up to an instant.
func closed(
    _ rollups: [Rollup], until: Instant, after former: Instant?, _ findings: [WindowFindings] = [],
    _ snapshots: [StateSnapshot] = []
) -> ClosedWindows {
    ClosedWindows(
        span: Span(since: former ?? Instant(microseconds: 0), until: until), rollups: rollups,
        findings: findings, snapshots: snapshots, former: former)
}
