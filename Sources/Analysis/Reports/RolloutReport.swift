import Model

/// Each ramp of a plan: its present step against what the cohort gets, and day by day.
func rolloutRows(_ evidence: PlanEvidence, _ look: Look, experience: String?) -> [RolloutRow] {
    let rows = splitRows(evidence, look)
    return evidence.plan.ramps.filter { experience ?? $0.experience == $0.experience }.map { ramp in
        let row = rows.first { $0.experience == ramp.experience && $0.ramp == ramp.audience }
        let step = ramp.step(at: look.at)
        let next = ramp.nextStep(after: look.at)
        let arm = row.flatMap { rampArm($0, ramp) }
        return RolloutRow(
            target: evidence.target, plan: evidence.plan.name, experience: ramp.experience,
            audience: ramp.audience, variation: ramp.variation,
            state: state(of: ramp, row, evidence, look), stepAt: step?.at,
            planned: step.map { $0.percent / 100 },
            arm: arm.map { bounded(by: row?.n ?? 0)($0) }, n: row?.n ?? 0, nextAt: next?.at,
            next: next.map { $0.percent / 100 },
            days: evidence.days.compactMap { day(of: ramp, $0, evidence) })
    }
}

extension Ramp {
    /// The variation that it widens; nil: being served at all.
    var variation: String? {
        if case .variation(let variation) = serves { variation } else { nil }
    }
}

private func state(
    of ramp: Ramp, _ row: SplitRow?, _ evidence: PlanEvidence, _ look: Look
) -> RolloutRow.State {
    if ramp.step(at: look.at) == nil { return .pending }
    if ramp.isGrace(at: look.at) { return .grace }
    if !RampMoves(of: ramp, evidence).dropped.isEmpty { return .leavers }
    return row.map { rampState($0, ramp) } ?? .open
}

/// Nil: the cohort was not asked that day.
private func day(
    of ramp: Ramp, _ day: DayEvidence, _ evidence: PlanEvidence
) -> RolloutRow.Day? {
    var (all, admitted) = (0, 0)
    for (key, count) in day.tally.counts
    where key.experience == ramp.experience && key.population == .cohort && key.outcome.isResolved {
        switch ramp.serves {
        case .served:
            all += count
            if key.outcome == .served { admitted += count }
        case .variation(let variation):
            guard key.outcome == .served, evidence.names(ramp.audience, key.audience ?? "") else {
                continue
            }
            all += count
            if key.variation == variation { admitted += count }
        }
    }
    let moves = evidence.flips.filter {
        day.span.since <= $0.at && $0.at < day.span.until && evidence.isMove($0, of: ramp)
    }
    let came = Set(moves.filter { evidence.isAdmitted($0.after, by: ramp) }.map(\.subject))
    let dropped = Set(moves.filter { !evidence.isAdmitted($0.after, by: ramp) }.map(\.subject))
    guard all > 0 || !moves.isEmpty else { return nil }
    let planned = ramp.planned(at: day.span.until.advanced(by: -1)).map { $0 / 100 }
    return RolloutRow.Day(
        start: day.span.since, planned: planned,
        arm: bounded(by: all)(
            openArm(ramp.variation ?? "served", observed: admitted, of: all, allocation: planned)),
        n: all, came: came.count, dropped: dropped.count)
}
