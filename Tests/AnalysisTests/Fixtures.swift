import Analysis
import Model

let start = Instant(microseconds: 1_795_478_400_000_000)  // 2026-11-24T00:00:00Z

/// A result of one observation, by default answered with variation 1 of audience A.
func result(
    after microseconds: Int64 = 0, geo: String = "IN", population: Population = .cohort,
    latency: Int64 = 20_000, variation: String? = "1", audience: String? = "A",
    failure: Failure? = nil, attempt: Int = 0, experience: String = "hero"
) -> ProbeResult {
    let probe = Probe(
        identity: ProbeIdentity(agent: "a", plan: "shop", target: "t", round: 1, index: 0),
        subject: Subject(customerID: "s", population: population), context: Context(geo: geo),
        experiences: [experience], attempt: attempt)
    let observation = Observation(
        experience: experience,
        outcome: failure?.outcome ?? (variation == nil ? .unmatched : .served),
        reason: failure?.reason, variation: failure == nil ? variation : nil,
        audience: failure == nil && variation != nil ? audience : nil)
    return ProbeResult(
        probe: probe, dueAt: start.advanced(by: microseconds),
        phases: Phases(lagUs: 10, requestUs: 5, firstByteUs: latency - 5, transferUs: 0),
        transport: Transport(), failure: failure, observations: [observation])
}

func tally(_ results: [ProbeResult]) -> Tally {
    rolled(results)[.everyone] ?? Tally()
}

/// What results roll up to, by segment: everyone, and each geo.
func rolled(_ results: [ProbeResult]) -> [Segment: Tally] {
    var roller = Roller(size: .day, shapes: ["shop": [[], ["geo"]]])
    for result in results { roller.add(result.digest) }
    return roller.take().reduce(into: [:]) {
        $0[$1.key.segment, default: Tally()].merge($1.tally)
    }
}

func plan(
    _ allocations: [Allocation] = [], untested: [ExperienceAudience] = [],
    controls: [String: Double] = [:]
) -> Plan {
    Plan(
        name: "shop", target: "t", experiences: .keys(["hero"]), cadence: .continuous,
        rate: Rate(perSecond: 1), subjects: SubjectPlan(),
        matrix: MatrixDefinition(geos: [Geo(name: "IN", address: "192.0.2.1")]),
        allocations: allocations, untested: untested, controls: controls)
}

func allocation(_ shares: [String: Double], audience: String = "A") -> Allocation {
    Allocation(
        experience: "hero", audience: audience,
        shares: shares.sorted { $0.key < $1.key }.map {
            VariationShare(variation: $0.key, percent: $0.value)
        })
}

/// Evidence of cohort subjects by the variation that they got; nil: unmatched.
func evidence(
    _ plan: Plan, _ counts: [String?: Int], names: [String: String] = [:]
) -> PlanEvidence {
    let tally = tally(
        counts.flatMap { variation, count in
            (0..<count).map { _ in result(variation: variation) }
        })
    return PlanEvidence(
        target: "t", plan: plan, tallies: [.everyone: tally],
        epochs: ["hero": EpochEvidence(since: start, tally: tally)], audienceNames: names)
}

func splitRows(_ evidence: PlanEvidence) -> [SplitRow] {
    let report = report(
        .split, over: Span(since: start, until: start.advanced(by: 1)), evidence: [evidence],
        watermark: nil)
    guard case .split(let rows) = report.rows else { return [] }
    return rows.map(\.row)
}
