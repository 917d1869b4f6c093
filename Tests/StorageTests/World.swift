import Analysis
import Model
import Storage
import TestKit

/// A few days of a plan with three experiences, drawn: panel and cohort, failures, maintenance, a
/// subject that is lost, audiences and variations.
struct World {
    static let plan = Plan(
        name: "shop", target: "production", experiences: .keys(["hero", "promo", "strip"]),
        cadence: .continuous, rate: Rate(perSecond: 1), subjects: SubjectPlan(),
        matrix: MatrixDefinition(
            days: .days([.friday, .saturday]), hours: .hours([0, 12, 19]),
            geos: [Geo(name: "IN", address: "192.0.2.1"), Geo(name: "US", address: "192.0.2.2")]),
        allocations: [
            Allocation(
                experience: "hero", audience: "A",
                shares: [
                    VariationShare(variation: "1", percent: 30),
                    VariationShare(variation: "2", percent: 70),
                ])
        ])

    static let settings = EffectiveConfiguration(
        store: "x.db", agent: "eu-1",
        targets: [Target(name: "production", baseURL: "http://127.0.0.1", workspaceID: "WS1")],
        plans: [plan])

    /// Results over some hours from noon on, in the order of their due instants.
    static func results(seed: UInt64, count: Int, hours: Int64 = 60) -> [ProbeResult] {
        var generator = SplitMix64(seed: seed)
        let length = hours * Instant.microsecondsPerHour
        let dues = (0..<count).map { _ in Int64.random(in: 0..<length, using: &generator) }.sorted()
        return dues.enumerated().map { index, due in
            result(index, after: due, using: &generator)
        }
    }

    private static func result(
        _ index: Int, after due: Int64, using generator: inout SplitMix64
    ) -> ProbeResult {
        let isCohort = Bool.random(using: &generator)
        let isFailed = Int.random(in: 0..<12, using: &generator) == 0
        let context = Context(
            day: [.friday, .saturday].randomElement(using: &generator),
            hour: [0, 12, 19].randomElement(using: &generator),
            geo: ["IN", "US"].randomElement(using: &generator))
        let probe = Probe(
            identity: ProbeIdentity(
                agent: "eu-1", plan: "shop", target: "production", round: 1 + index / 500,
                index: index % 500),
            subject: Subject(
                customerID: isCohort ? "cohort-\(index)" : "panel-\(index % 7)",
                population: isCohort ? .cohort : .panel),
            context: context, experiences: ["hero", "promo", "strip"],
            attempt: isCohort && isFailed ? Int.random(in: 0...5, using: &generator) : 0)
        let failure: Failure? = isFailed ? Failure(.failed, .http(503)) : nil
        let observations =
            failure.map { ProbeResult.failedObservations(of: probe, $0) }
            ?? probe.experiences.map { answer($0, using: &generator) }
        return ProbeResult(
            probe: probe, dueAt: noon.advanced(by: due),
            phases: Phases(
                lagUs: Int64.random(in: 0..<200, using: &generator), requestUs: 9,
                firstByteUs: Int64.random(in: 5_000..<90_000, using: &generator), transferUs: 40),
            transport: Transport(httpStatus: isFailed ? 503 : 200), failure: failure,
            observations: observations,
            isMaintenance: Int.random(in: 0..<40, using: &generator) == 0)
    }

    private static func answer(
        _ experience: String, using generator: inout SplitMix64
    ) -> Observation {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return Observation(experience: experience, outcome: .unmatched)
        case 1:
            return Observation(experience: experience, outcome: .malformed, reason: .wrongShape)
        default:
            // Three in four get variation 1 of audience A, where three in ten are stated.
            let isFirst = Int.random(in: 0..<4, using: &generator) > 0
            return Observation(
                experience: experience, outcome: .served, variation: isFirst ? "1" : "2",
                audience: Bool.random(using: &generator) ? "A" : "B")
        }
    }
}

extension Fixture {
    /// A store that knows the world's plan.
    static func ofWorld() throws -> Fixture {
        let fixture = try Fixture()
        try fixture.store.begin(
            boot: "w", agent: "eu-1", configuration: World.settings, at: noon)
        return fixture
    }

    /// Everything that windows were closed to, as it stands in the file.
    func windowRows() throws -> [String] {
        try rows(
            """
            SELECT size || start_us || ' ' || shape_id || ' ' || hex(tallies) FROM rollup
            UNION ALL
            SELECT at_us || body FROM analysis_state WHERE at_us = (SELECT at_us FROM watermark)
            UNION ALL SELECT start_us || '.' || number || body FROM window_finding
            UNION ALL SELECT at_us FROM watermark ORDER BY 1
            """)
    }
}
