import Model
import RealModule

/// `distribution_drift`: the mix of audiences of an experience, or of the variations of an audience
/// whose split is not stated, is another one than in the same hours before. Where
/// `dark`, a control group's `srm` or the panel's `targeting_change` tells the same, it is silent.
func distributionDrifts(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    guard !evidence.shifts.isEmpty else { return [] }
    let dark = experienceStates(evidence, look).filter { $0.kind == .dark }
    let controls = splitRows(evidence, look).filter {
        $0.audience == nil && $0.verdict == .mismatch
    }
    let told = Set(dark.compactMap(\.experience) + controls.map(\.experience))
    let shifts = evidence.shifts.filter { !told.contains($0.experience) }
    return shifts.map { distributionDrift($0, among: shifts, evidence, look) }
}

private func distributionDrift(
    _ shift: DistributionShift, among all: [DistributionShift], _ evidence: PlanEvidence,
    _ look: Look
) -> Finding {
    let worst = shift.moves[0]
    let moves = shift.moves.prefix(3).map {
        "\($0.arm.words) \(percents([$0.before])) → \(percents([$0.now])) %"
    }
    let unit = shift.likeness == .ofWeek ? "week" : "day"
    let likes = shift.likes == 1 ? unit : "\(shift.likes) \(unit)s"
    let place = shift.place
    let there =
        place.segment == .everyone
        ? ""
        : "; \(place.segment.words) alone: \(worst.arm.words)"
            + " \(percents([place.before])) → \(percents([place.now])) % of \(place.n)"
    return Finding(
        id: findingID(.distributionDrift, evidence, shift.experience, shift.audience),
        kind: .distributionDrift, target: evidence.target, plan: evidence.plan.name,
        experience: shift.experience,
        audience: worst.arm.audience.flatMap { $0.isEmpty ? nil : $0 }, segment: place.segment,
        since: shift.since, seenAt: look.at, effect: effect(of: worst, among: shift.n),
        evidence: Finding.Evidence(
            method: "ln e, shares of the last day against the same hours before",
            value: worst.lnE, alpha: .exp(-shift.lnLimit)),
        why:
            "\(shift.experience): \(moves.joined(separator: ", ")) of \(shift.n) cohort subjects in"
            + " a day, against the same hours of the \(likes) before; since between"
            + " \(shift.since.rfc3339) and \(shift.sinceBy.rfc3339)\(there)",
        advice: advice(on: shift, among: all))
}

/// Experiences that drift at once have a cause in common.
private func advice(on shift: DistributionShift, among all: [DistributionShift]) -> String {
    let alike = all.count { $0.since < shift.sinceBy && shift.since < $0.sinceBy }
    return alike > 2
        ? "\(alike) experiences drifted at once: ask whether the vendor's geo data changed, or what"
            + " it knows of users"
        : "ask who edited the campaign's audiences then; if it was meant, nothing is wrong"
}

private func effect(of move: DistributionShift.Move, among n: Int) -> Finding.Effect {
    let arm = bounded(by: n)(openArm(move.arm.words, observed: move.observed, of: n))
    return Finding.Effect(
        name: "share of \(move.arm.words) beyond what it was",
        value: (move.now - move.before) * 100, low: (arm.low - move.before) * 100,
        high: (arm.high - move.before) * 100, unit: "pp")
}
