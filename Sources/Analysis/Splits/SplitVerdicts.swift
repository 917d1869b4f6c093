import Model
import RealModule
import Statistics

/// Level of all splits together, at every look: divided by their number, and by j(j+1) in the j-th
/// epoch, so that all epochs there will ever be spend it once.
let splitAlpha = 0.001
/// Power at which a detectable deviation is told.
private let splitPower = 0.8

/// How many splits the configuration has tested, over all plans and targets; at least 1.
func splitTests(_ evidence: [PlanEvidence]) -> Int {
    let tested = evidence.reduce(0) { sum, evidence in
        let plan = evidence.plan
        let untested = plan.allocations.count { allocation in
            plan.untested.contains {
                $0.experience == allocation.experience && $0.audience == allocation.audience
            }
        }
        return sum + plan.allocations.count - untested + plan.controls.count + plan.ramps.count
    }
    return max(1, tested)
}

/// The level of one split: Bonferroni over the supremum of the evidence of all.
func splitLevel(epoch: Int, tests: Int) -> Double {
    splitAlpha / Double(tests) / Double(epoch * (epoch + 1))
}

/// The verdict at the level of one split.
///
/// A mismatch is statistically sure and worth waking someone: the evidence reached its limit at
/// some look, and a share is off by the plan's threshold at this one.
func judge(_ row: inout SplitRow, _ evidence: PlanEvidence, _ look: Look) {
    guard row.verdict != .untested else { return }
    let level = splitLevel(epoch: row.epoch, tests: look.tests)
    guard row.chiSquare != nil, let lnE = splitEvidence(row.arms) else { return }
    let kept = evidence.test(of: row)
    let sequential = SequentialTest(
        lnE: lnE, lnEMax: max(lnE, kept?.lnEMax ?? -.infinity), alpha: level,
        lnLimit: -.log(level))
    row.sequential = sequential
    bound(&row, sequential)
    if sequential.isReached && isWorthTelling(row, evidence.plan.thresholds) {
        row.verdict = .mismatch
        row.reason = nil
    } else if row.reason == nil {
        row.verdict = .ok
    }
}

extension SplitRow {
    /// What this many subjects could have shown at a level, of the arm that would show it last.
    mutating func tellDetectable(alpha: Double) {
        let shares = arms.compactMap(\.allocation).filter { $0 > 0 && $0 < 1 }
        guard verdict != .untested,
            let share = shares.min(by: { abs($0 - 0.5) < abs($1 - 0.5) })
        else { return }
        detectableDeviation = minimumDetectableDeviation(
            subjects: n, probability: share, alpha: alpha, power: splitPower)
    }
}

/// Evidence against the allocation, ln e; nil: an arm has none.
func splitEvidence(_ arms: [Arm]) -> Double? {
    let probabilities = arms.compactMap(\.allocation)
    guard probabilities.count == arms.count else { return nil }
    return try? SplitEvidence.lnE(counts: arms.map(\.observed), probabilities: normalized(arms))
}

func isWorthTelling(_ row: SplitRow, _ thresholds: Thresholds) -> Bool {
    row.arms.contains { arm in
        let meant = arm.allocation ?? 0
        // Nothing is meant to be there: one is proof.
        if meant == 0 { return arm.observed > 0 }
        return abs(arm.share - meant) >= thresholds.limit(of: meant)
    }
}

/// What the missing subjects could change: those of the experience, as if all were of this split.
private func bound(_ row: inout SplitRow, _ sequential: SequentialTest) {
    guard row.missing > 0,
        let worst = try? worstCaseLnE(
            counts: row.arms.map(\.observed), missing: row.missing,
            probabilities: normalized(row.arms))
    else { return }
    row.missingBound = MissingBound(lnE: worst, isRobust: worst >= sequential.lnLimit)
}

/// One arm with its share; its interval is still open: it costs some hundred times as much.
func openArm(
    _ variation: String, observed: Int, of n: Int, allocation: Double? = nil
) -> Arm {
    Arm(
        variation: variation, allocation: allocation, expected: allocation.map { $0 * Double(n) },
        observed: observed, share: n == 0 ? 0 : Double(observed) / Double(n), low: 0, high: 1)
}

/// Gives an arm of n subjects its confidence sequence, valid at every look.
func bounded(by n: Int, alpha: Double = 0.05) -> (Arm) -> Arm {
    { arm in
        var arm = arm
        let interval = try? shareConfidenceSequence(
            successes: arm.observed, trials: n, alpha: alpha)
        arm.low = interval?.lower ?? 0
        arm.high = interval?.upper ?? 1
        return arm
    }
}

extension PlanEvidence {
    /// What windows have counted of a row's split since its epoch; nil: its span is another one.
    func split(of row: SplitRow) -> EpochSplit? {
        splits.first {
            $0.experience == row.experience && $0.ramp == row.ramp && $0.since == row.since
        }
    }

    /// How the test of a row's split stands since its epoch; nil: its span is another one.
    func test(of row: SplitRow) -> SplitTest? {
        split(of: row)?.tests.first { $0.audience == row.audience ?? "" }
    }
}
