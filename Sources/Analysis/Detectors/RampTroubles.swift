import Model
import RealModule
import Statistics

/// `ramp`: what is served does not follow the steps that are planned. After a step's grace the
/// cohort's split is tested against it: beyond the plan is `overshoot` (critical), where the step
/// before had it is `stuck` (warning). A panel subject that was admitted and is not any more is a
/// leaver (critical): admission is monotone. Who moves in the planned direction around a step is
/// told for information, in one line. Errors or a p95 that are worse since a step than in the same
/// hours of the day before are a warning.
func rampTroubles(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    let rows = splitRows(evidence, look)
    return evidence.plan.ramps.flatMap { ramp -> [Finding] in
        let row = rows.first { $0.experience == ramp.experience && $0.ramp == ramp.audience }
        let moves = RampMoves(of: ramp, evidence)
        let health = evidence.rampHealth.first { $0.ramp == ramp }
        return [
            row.flatMap { mismatch($0, ramp, evidence, look) },
            leavers(moves, ramp, evidence, look),
            movers(moves, ramp, evidence, look),
            health.flatMap { moreErrors($0, evidence, look) },
            health.flatMap { slower($0, evidence, look) },
        ].compactMap { $0 }
    }
}

/// How a mismatch of a ramp's step looks.
func rampState(_ row: SplitRow, _ ramp: Ramp) -> RolloutRow.State {
    guard row.verdict != .inconclusive else { return .open }
    guard row.verdict == .mismatch, let arm = rampArm(row, ramp) else { return .onPlan }
    let meant = arm.allocation ?? 0
    if arm.share > meant { return .overshoot }
    let former = ramp.steps.last { $0.at < (ramp.step(at: row.since)?.at ?? row.since) }
    let before = (former?.percent ?? 0) / 100
    // Nearer to the step before than to this one: it was not taken.
    return abs(arm.share - before) < abs(arm.share - meant) ? .stuck : .off
}

/// The arm that a ramp widens.
func rampArm(_ row: SplitRow, _ ramp: Ramp) -> Arm? {
    switch ramp.serves {
    case .variation(let variation): row.arms.first { $0.variation == variation }
    case .served: row.arms.first { $0.variation == Outcome.served.rawValue }
    }
}

private func mismatch(
    _ row: SplitRow, _ ramp: Ramp, _ evidence: PlanEvidence, _ look: Look
) -> Finding? {
    guard row.verdict == .mismatch, let arm = rampArm(row, ramp) else { return nil }
    let state = rampState(row, ramp)
    let step = ramp.step(at: row.since)
    let name = "\(ramp.experience)/\(ramp.audience)"
    let seen = percents([arm.share]) + " % of \(row.n) cohort subjects"
    let meant = percents([arm.allocation ?? 0]) + " %"
    let (what, advice): (String, String) =
        switch state {
        case .overshoot:
            ("goes beyond its step: \(seen) where \(meant) are planned", "take the ramp back")
        case .stuck:
            (
                "did not take its step: \(seen) where \(meant) are planned",
                "make the step in the campaign, or move it in the plan"
            )
        default:
            ("is off its step: \(seen) where \(meant) are planned", "compare campaign and plan")
        }
    return Finding(
        id: findingID(.ramp, evidence, ramp.experience, ramp.audience), kind: .ramp,
        severity: state == .overshoot ? .critical : .warning, target: row.target, plan: row.plan,
        experience: ramp.experience, audience: row.audience, since: step?.at ?? row.since,
        seenAt: look.at, effect: effect(of: arm, among: row.n),
        evidence: row.sequential.map {
            Finding.Evidence(method: sequentialMethod, value: $0.lnEMax, alpha: $0.alpha)
        },
        why: "\(name) \(what), since \((step?.at ?? row.since).rfc3339)", advice: advice)
}

private func leavers(
    _ moves: RampMoves, _ ramp: Ramp, _ evidence: PlanEvidence, _ look: Look
) -> Finding? {
    guard !moves.dropped.isEmpty, let first = moves.dropped.map(\.at).min() else { return nil }
    let subjects = Set(moves.dropped.map(\.subject)).sorted()
    return Finding(
        id: findingID(.ramp, evidence, ramp.experience, ramp.audience + "/leavers"), kind: .ramp,
        target: evidence.target, plan: evidence.plan.name, experience: ramp.experience,
        audience: ramp.audience, since: first, seenAt: look.at,
        effect: Finding.Effect(
            name: "panel subjects that were dropped", value: Double(subjects.count), low: nil,
            high: nil, unit: "subjects"),
        evidence: Finding.Evidence(
            method: "paired panel: admission is monotone, one leaver is proof",
            value: Double(subjects.count), alpha: nil),
        why: "\(ramp.experience)/\(ramp.audience): \(subjects.count) panel subjects that were"
            + " admitted are not any more, since \(first.rfc3339): "
            + subjects.prefix(3).joined(separator: ", "),
        advice: "a wider ramp must keep who is in: look whether the split was drawn anew")
}

private func movers(
    _ moves: RampMoves, _ ramp: Ramp, _ evidence: PlanEvidence, _ look: Look
) -> Finding? {
    guard !moves.admitted.isEmpty, let first = moves.admitted.map(\.at).min() else { return nil }
    let subjects = Set(moves.admitted.map(\.subject)).count
    return Finding(
        id: findingID(.ramp, evidence, ramp.experience, ramp.audience + "/step"), kind: .ramp,
        severity: .info, target: evidence.target, plan: evidence.plan.name,
        experience: ramp.experience, audience: ramp.audience, since: first, seenAt: look.at,
        effect: Finding.Effect(
            name: "panel subjects that were admitted", value: Double(subjects), low: nil, high: nil,
            unit: "subjects"),
        why: "\(ramp.experience)/\(ramp.audience): \(subjects) panel subjects were admitted around"
            + " the step to \(percents([(ramp.planned(at: look.at) ?? 0) / 100])) %",
        advice: "planned: nothing is wrong")
}

private func moreErrors(
    _ health: RampHealth, _ evidence: PlanEvidence, _ look: Look
) -> Finding? {
    health.errors.map { errors in
        worsening(
            errors, of: health.ramp, named: "errors", evidence, look,
            effect: Finding.Effect(
                name: "answers that failed, beyond those before the step",
                value: (errors.since - errors.before) * 100, low: nil, high: nil, unit: "pp"),
            words: "\(percents([errors.since])) % of \(errors.n) answers failed, in the same hours"
                + " of the day before \(percents([errors.before])) %")
    }
}

private func slower(_ health: RampHealth, _ evidence: PlanEvidence, _ look: Look) -> Finding? {
    health.slowness.map { p95Us, beforeUs, slowness in
        worsening(
            slowness, of: health.ramp, named: "latency", evidence, look,
            effect: Finding.Effect(
                name: "p95 beyond that before the step", value: (p95Us / beforeUs - 1) * 100,
                low: nil, high: nil, unit: "%"),
            words: "p95 \(Int(p95Us / 1_000)) ms over \(slowness.n) results, in the same hours of"
                + " the day before \(Int(beforeUs / 1_000)) ms")
    }
}

private func worsening(
    _ worsening: RampWorsening, of ramp: Ramp, named name: String, _ evidence: PlanEvidence,
    _ look: Look, effect: Finding.Effect, words: String
) -> Finding {
    let since = ramp.step(at: look.at)?.at ?? look.at
    let percent = percents([(ramp.planned(at: look.at) ?? 0) / 100])
    return Finding(
        id: findingID(.ramp, evidence, ramp.experience, ramp.audience + "/" + name), kind: .ramp,
        severity: .warning, target: evidence.target, plan: evidence.plan.name,
        experience: ramp.experience, audience: ramp.audience, since: since, seenAt: look.at,
        effect: effect,
        evidence: Finding.Evidence(
            method: "ln e, beta-binomial against the day before the step", value: worsening.lnE,
            alpha: RampWorsening.alpha),
        why: "\(ramp.experience)/\(ramp.audience): since the step to \(percent) % at"
            + " \(since.rfc3339) \(words)",
        advice: "hold the ramp until it is known whether the step is the cause")
}
