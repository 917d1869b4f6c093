import Model
import Statistics

/// The split of every (experience, audience) over cohort subjects since its epoch, worst first.
///
/// Rows: audiences that were served or have an allocation, and one for each control group. A
/// verdict does not depend on which rows are shown: the level is shared by all splits that the
/// configuration has tested.
func splitRows(_ evidence: PlanEvidence, _ look: Look) -> [SplitRow] {
    var rows = openRows(evidence)
    for index in rows.indices { judge(&rows[index], evidence, look) }
    return rows.sorted { rank($0) < rank($1) }
}

/// The same with every segment that is watched, worst first, and the one that explains a mismatch.
func detailedSplitRows(_ evidence: PlanEvidence, _ look: Look) -> [SplitRow] {
    splitRows(evidence, look).map { row in
        var row = row
        row.arms = row.arms.map(bounded(by: row.n))
        row.tellDetectable(alpha: splitLevel(epoch: row.epoch, tests: look.tests))
        guard row.sequential != nil, let contrasts = contrasts(of: row, evidence, look) else {
            return row
        }
        row.segments = contrasts.bounded
        if row.verdict == .mismatch, var culprit = contrasts.culprit {
            culprit.arms = culprit.arms.map(bounded(by: culprit.n))
            culprit.rest = culprit.rest.map(
                bounded(by: culprit.rest.reduce(0) { $0 + $1.observed }))
            row.culprit = culprit
        }
        return row
    }
}

/// Why a row has nobody: where cohort subjects were asked for the experience none of them is
/// reached; where nobody was, nothing is known of that.
private func reasonForNobody(
    _ experience: String, _ epoch: EpochEvidence, _ evidence: PlanEvidence
) -> Inconclusive {
    let wasAsked = epoch.tally.counts.contains {
        $0.key.experience == experience && $0.key.population == .cohort
            && $0.key.outcome.isResolved
    }
    return wasAsked || evidence.plan.subjects.cohort == nil ? .noCohort : .tooFew
}

/// The rows before their verdicts.
func openRows(_ evidence: PlanEvidence) -> [SplitRow] {
    statedRows(evidence) + evidence.rampRows()
}

private func statedRows(_ evidence: PlanEvidence) -> [SplitRow] {
    evidence.epochs.keys.sorted().flatMap { experience -> [SplitRow] in
        guard let epoch = evidence.epochs[experience] else { return [] }
        let counts = epoch.tally.counts.filter {
            $0.key.experience == experience && $0.key.population == .cohort
                && $0.key.outcome.isResolved
        }
        return audienceRows(experience, counts, epoch, evidence)
            + controlRows(experience, counts, epoch, evidence)
    }
}

private func audienceRows(
    _ experience: String, _ counts: [CountKey: Int], _ epoch: EpochEvidence,
    _ evidence: PlanEvidence
) -> [SplitRow] {
    var observed: [String: [String: Int]] = [:]
    // A ramp's audience has a row of its own, of the present step.
    for (key, count) in counts
    where key.outcome == .served
        && evidence.ramp(of: experience, audience: key.audience ?? "") == nil
    {
        observed[key.audience ?? "", default: [:]][key.variation ?? "", default: 0] += count
    }
    let stated = evidence.plan.allocations.filter { $0.experience == experience }
    // An allocation whose audience no cohort subject got stands under the name it was given.
    let unseen = stated.map(\.audience).filter { stated in
        !observed.keys.contains { evidence.names(stated, $0) }
    }
    return (observed.keys.sorted() + unseen).map { audience in
        audienceRow(
            experience, audience, observed[audience] ?? [:],
            evidence.allocation(of: experience, audience: audience), epoch, evidence)
    }
}

func audienceRow(
    _ experience: String, _ audience: String, _ observed: [String: Int],
    _ allocation: Allocation?, _ epoch: EpochEvidence, _ evidence: PlanEvidence
) -> SplitRow {
    let n = observed.values.reduce(0, +)
    let shares = allocation?.shares ?? []
    // A variation that is served without a share is an arm of allocation 0: one is proof.
    let known = shares.map(\.variation)
    let others = observed.keys.filter { !known.contains($0) }.sorted()
    let arms =
        shares.map {
            openArm(
                $0.variation, observed: observed[$0.variation] ?? 0, of: n,
                allocation: $0.percent / 100)
        }
        + others.map {
            openArm(
                $0, observed: observed[$0] ?? 0, of: n, allocation: allocation == nil ? nil : 0)
        }
    let isUntested = evidence.plan.untested.contains {
        $0.experience == experience && evidence.names($0.audience, audience)
    }
    var row = SplitRow(
        target: evidence.target, plan: evidence.plan.name, experience: experience,
        audience: audience, audienceName: evidence.audienceNames[audience], population: .cohort,
        n: n, missing: epoch.tally.missing[experience] ?? 0, arms: arms, verdict: .inconclusive,
        since: epoch.since, epoch: epoch.number)
    if isUntested {
        row.verdict = .untested
    } else if allocation == nil {
        row.reason = .noAllocation
    } else if n == 0 {
        row.reason = reasonForNobody(experience, epoch, evidence)
    } else {
        test(&row)
    }
    return row
}

/// Where every cohort subject must match, serving itself is an arm: held out subjects are not
/// served.
private func controlRows(
    _ experience: String, _ counts: [CountKey: Int], _ epoch: EpochEvidence,
    _ evidence: PlanEvidence
) -> [SplitRow] {
    guard let heldOut = evidence.plan.controls[experience] else { return [] }
    return [servedOrNot(experience, counts, served: 1 - heldOut / 100, epoch, evidence)]
}

/// The row of an experience whose arms are `served`, by a share that is meant, and `unmatched`.
func servedOrNot(
    _ experience: String, _ counts: [CountKey: Int], served share: Double,
    _ epoch: EpochEvidence, _ evidence: PlanEvidence
) -> SplitRow {
    let served = counts.reduce(0) { $0 + ($1.key.outcome == .served ? $1.value : 0) }
    let n = counts.values.reduce(0, +)
    let arms = [
        openArm("served", observed: served, of: n, allocation: share),
        openArm("unmatched", observed: n - served, of: n, allocation: 1 - share),
    ]
    var row = SplitRow(
        target: evidence.target, plan: evidence.plan.name, experience: experience, audience: nil,
        population: .cohort, n: n, missing: epoch.tally.missing[experience] ?? 0, arms: arms,
        verdict: .inconclusive, since: epoch.since, epoch: epoch.number)
    if n == 0 {
        row.reason = reasonForNobody(experience, epoch, evidence)
    } else {
        test(&row)
    }
    return row
}

/// Fills in the chi-square test; an expected count below 5 leaves the verdict open, unless an arm
/// that must be empty is not.
func test(_ row: inout SplitRow) {
    let probabilities = row.arms.map { $0.allocation ?? 0 }
    guard
        let result = try? chiSquareTest(
            counts: row.arms.map(\.observed), probabilities: probabilities)
    else { return }
    row.chiSquare = ChiSquare(
        statistic: result.statistic, degreesOfFreedom: result.degreesOfFreedom, p: result.p)
    let isRough = row.arms.contains { ($0.expected ?? 0) < 5 && ($0.allocation ?? 0) > 0 }
    if isRough && result.statistic.isFinite { row.reason = .tooFew }
}

/// Worst first: mismatches by evidence, then what is fine, then what cannot be told.
private func rank(_ row: SplitRow) -> (Int, Double, String, String) {
    let order: [SplitVerdict] = [.mismatch, .ok, .untested, .inconclusive]
    return (
        order.firstIndex(of: row.verdict) ?? order.count, -(row.sequential?.lnE ?? -.infinity),
        row.experience, row.audience ?? ""
    )
}
