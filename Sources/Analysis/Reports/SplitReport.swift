import Model
import Statistics

/// Level of the fixed-sample test, divided by the number of rows that are tested.
let splitAlpha = 0.001
/// Power at which a detectable deviation is told.
private let splitPower = 0.8

/// The split of every (experience, audience) over cohort subjects since the epoch, worst first.
///
/// Rows: audiences that were served or have an allocation, and one for each control group. Tests:
/// Pearson's chi-square, rejected where p < 0.001 over `tests`, the number of tested rows of all
/// plans (Bonferroni): a verdict does not depend on which rows are shown.
func splitRows(_ evidence: PlanEvidence, tests: Int) -> [SplitRow] {
    var rows = openRows(evidence)
    for index in rows.indices { judge(&rows[index], tests: tests) }
    return rows.sorted { rank($0) < rank($1) }
}

/// How many splits are tested at once, over all plans; at least 1.
func splitTests(_ evidence: [PlanEvidence]) -> Int {
    let tested = evidence.flatMap(openRows).count { $0.chiSquare != nil && $0.verdict != .untested }
    return max(1, tested)
}

/// The rows before their verdicts.
private func openRows(_ evidence: PlanEvidence) -> [SplitRow] {
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
    for (key, count) in counts where key.outcome == .served {
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

private func audienceRow(
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
            arm(
                $0.variation, observed: observed[$0.variation] ?? 0, of: n,
                allocation: $0.percent / 100)
        }
        + others.map {
            arm($0, observed: observed[$0] ?? 0, of: n, allocation: allocation == nil ? nil : 0)
        }
    let isUntested = evidence.plan.untested.contains {
        $0.experience == experience && evidence.names($0.audience, audience)
    }
    var row = SplitRow(
        target: evidence.target, plan: evidence.plan.name, experience: experience,
        audience: audience, audienceName: evidence.audienceNames[audience], population: .cohort,
        n: n, missing: epoch.tally.missing[experience] ?? 0, arms: arms, verdict: .inconclusive,
        since: epoch.since)
    if isUntested {
        row.verdict = .untested
    } else if allocation == nil {
        row.reason = .noAllocation
    } else if n == 0 {
        row.reason = .noCohort
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
    let served = counts.reduce(0) { $0 + ($1.key.outcome == .served ? $1.value : 0) }
    let n = counts.values.reduce(0, +)
    let arms = [
        arm("served", observed: served, of: n, allocation: 1 - heldOut / 100),
        arm("unmatched", observed: n - served, of: n, allocation: heldOut / 100),
    ]
    var row = SplitRow(
        target: evidence.target, plan: evidence.plan.name, experience: experience, audience: nil,
        population: .cohort, n: n, missing: epoch.tally.missing[experience] ?? 0, arms: arms,
        verdict: .inconclusive, since: epoch.since)
    if n == 0 { row.reason = .noCohort } else { test(&row) }
    return [row]
}

/// Fills in the chi-square test; an expected count below 5 leaves the verdict open, unless an arm
/// that must be empty is not.
private func test(_ row: inout SplitRow) {
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

/// The verdict at the corrected level, and what this many subjects could have shown.
private func judge(_ row: inout SplitRow, tests: Int) {
    let level = splitAlpha / Double(tests)
    let share = row.arms.compactMap(\.allocation).min { abs($0 - 0.5) < abs($1 - 0.5) }
    if let share, row.verdict != .untested {
        row.detectableDeviation = detectableDeviation(
            n: row.n, probability: share, alpha: level, power: splitPower)
    }
    guard let chiSquare = row.chiSquare, row.reason == nil else { return }
    row.verdict = chiSquare.p < level ? .mismatch : .ok
}

/// Worst first: mismatches by evidence, then what is fine, then what cannot be told.
private func rank(_ row: SplitRow) -> (Int, Double, String, String) {
    let order: [SplitVerdict] = [.mismatch, .ok, .untested, .inconclusive]
    return (
        order.firstIndex(of: row.verdict) ?? order.count, row.chiSquare?.p ?? 2, row.experience,
        row.audience ?? ""
    )
}
