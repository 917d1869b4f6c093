import RealModule

/// Evidence that a share is another one than its frozen baseline's.
package struct BaselineShift: Hashable, Sendable {
    /// ln E; P(ever ≥ ln(1/α)) ≤ α + the baseline's level while nothing changes.
    package let lnE: Double
    /// The baseline's share that speaks least for a shift.
    package let leastFavourable: Double
    /// What the baseline's share may be: Clopper–Pearson at its level.
    package let baseline: Interval
}

/// The beta-binomial evidence of x of n against the share of a frozen baseline that explains it
/// best, within the baseline's Clopper–Pearson interval at level `baselineAlpha`.
///
///     ln E = ln B(c m + x, c (1−m) + n − x) − ln B(c m, c (1−m)) − x ln p* − (n−x) ln(1−p*)
///
/// with m = (x_b + ½)/(n_b + 1) and p* the current share clipped to the interval: the least
/// favourable null (the kernel of `lnMultinomialEvidence` with two cells; Lindon, Malek 2022).
/// Assumes distinct units. Throws as `clopperPearsonInterval`; `invalidArgument` for c ≤ 0.
package func baselineShift(
    baselineSuccesses: Int, baselineTrials: Int, currentSuccesses: Int, currentTrials: Int,
    baselineAlpha: Double, concentration c: Double
) throws(StatisticsError) -> BaselineShift {
    let interval = try clopperPearsonInterval(
        successes: baselineSuccesses, trials: baselineTrials, alpha: baselineAlpha)
    try checkBinomial(
        successes: currentSuccesses, trials: currentTrials, alpha: baselineAlpha)
    guard c > 0, c.isFinite else { throw .invalidArgument }
    let (x, n) = (Double(currentSuccesses), Double(currentTrials))
    let m = (Double(baselineSuccesses) + 0.5) / (Double(baselineTrials) + 1)
    let share = n > 0 ? x / n : m
    let p = min(max(share, interval.lower), interval.upper)
    guard n > 0 else { return BaselineShift(lnE: 0, leastFavourable: p, baseline: interval) }
    // The evidence against m, in which nothing cancels, and what p* is likelier than m.
    let againstMean = lnEvidence(
        counts: [currentSuccesses, currentTrials - currentSuccesses], probabilities: [m, 1 - m],
        concentration: c)
    func gain(_ count: Double, _ share: Double, _ other: Double) -> Double {
        count > 0 ? count * .log(onePlus: (share - other) / other) : 0
    }
    let lnE = againstMean + gain(x, m, p) + gain(n - x, 1 - m, 1 - p)
    return BaselineShift(lnE: lnE, leastFavourable: p, baseline: interval)
}
