import Model

/// A detector: a pure function from a plan's evidence to findings.
///
/// `tests` is how many splits are tested at once, over all plans.
typealias Detector =
    @Sendable (_ evidence: PlanEvidence, _ tests: Int, _ seenAt: Instant) -> [Finding]

/// Every detector there is; a new one is a line here.
private let detectors: [Detector] = [
    splitMismatches, allocationGaps, targetTroubles, brokenAnswers, contentChanges,
    experienceStates, lateProbes, storeTroubles,
]

/// What every detector finds, worst first.
func findings(_ evidence: [PlanEvidence], at instant: Instant) -> [Finding] {
    found(by: detectors, evidence, at: instant)
}

/// What is looked for each time a window is closed: what follows from rows alone, so that a window
/// that is closed once more finds the same.
private let windowDetectors: [Detector] = [splitMismatches, lateProbes]

/// What a closed window shows, worst first.
func windowFindings(_ evidence: [PlanEvidence], at instant: Instant) -> [Finding] {
    found(by: windowDetectors, evidence, at: instant)
}

private func found(
    by detectors: [Detector], _ evidence: [PlanEvidence], at instant: Instant
) -> [Finding] {
    let tests = splitTests(evidence)
    return evidence.flatMap { plan in detectors.flatMap { $0(plan, tests, instant) } }
        .sorted { ($1.severity, $0.id) < ($0.severity, $1.id) }
}

/// A finding's id: the same for the same thing, whenever it is looked at.
func findingID(
    _ kind: FindingKind, _ evidence: PlanEvidence, _ experience: String, _ audience: String?
) -> String {
    [kind.rawValue, evidence.target, evidence.plan.name, experience, audience ?? "*"]
        .joined(separator: "/")
}
