import Model

/// A detector: a pure function from a plan's evidence to findings.
typealias Detector = @Sendable (_ evidence: PlanEvidence, _ look: Look) -> [Finding]

/// What is common to all plans that are looked at together.
struct Look: Sendable {
    let at: Instant
    /// Splits that the configuration has tested, over all plans; at least 1.
    let tests: Int
    /// Streams that are watched for changes, over all plans; at least 1.
    let streams: Int

    init(_ evidence: [PlanEvidence], at instant: Instant) {
        at = instant
        tests = splitTests(evidence)
        streams = max(1, evidence.reduce(0) { $0 + $1.splits.reduce(0) { $0 + $1.streams.count } })
    }
}

/// Every detector there is; a new one is a line here.
private let detectors: [Detector] = [
    splitMismatches, splitChanges, targetingChanges, instabilities,
    rampTroubles, brokenExpectations, objectiveBurns, allocationGaps, targetTroubles, brokenAnswers,
    contentChanges, experienceStates, latencyRegressions, errorRates, lateProbes, storeTroubles,
    distributionDrifts,
]

/// What every detector finds, worst first.
func findings(_ evidence: [PlanEvidence], at instant: Instant) -> [Finding] {
    found(by: detectors, evidence, at: instant)
}

/// What is looked for each time a window is closed: what follows from rows alone, so that a window
/// that is closed once more finds the same.
private let windowDetectors: [Detector] = [
    splitMismatches, splitChanges, targetingChanges, instabilities, rampTroubles,
    latencyRegressions, errorRates, lateProbes, distributionDrifts,
]

/// What a closed window shows, worst first.
func windowFindings(_ evidence: [PlanEvidence], at instant: Instant) -> [Finding] {
    found(by: windowDetectors, evidence, at: instant)
}

private func found(
    by detectors: [Detector], _ evidence: [PlanEvidence], at instant: Instant
) -> [Finding] {
    let look = Look(evidence, at: instant)
    return evidence.flatMap { plan in detectors.flatMap { $0(plan, look) } }
        .sorted { ($1.severity, $0.id) < ($0.severity, $1.id) }
}

/// A finding's id: the same for the same thing, whenever it is looked at.
func findingID(
    _ kind: FindingKind, _ evidence: PlanEvidence, _ experience: String, _ audience: String?,
    _ segment: Segment = .everyone
) -> String {
    ([kind.rawValue, evidence.target, evidence.plan.name, experience, audience ?? "*"]
        + (segment == .everyone ? [] : [segment.description])).joined(separator: "/")
}
