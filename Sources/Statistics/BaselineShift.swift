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
/// favourable null (the kernel of `lnMultinomialEvidence` with two cells; Lindon, Malek 2022). Of
/// several concentrations c the mean of E is taken: small ones see large shifts early. `margin`
/// widens the interval at both ends: what the units may differ in besides. Assumes distinct units; of
/// units whose shares differ, E holds at one look for the mean of these (the product of means is the
/// largest where all are alike). Throws as `clopperPearsonInterval`; `invalidArgument` for c ≤ 0, or
/// no c.
package func baselineShift(
    baselineSuccesses: Int, baselineTrials: Int, currentSuccesses: Int, currentTrials: Int,
    baselineAlpha: Double, concentrations: [Double], margin: Double = 0
) throws(StatisticsError) -> BaselineShift {
    let exact = try clopperPearsonInterval(
        successes: baselineSuccesses, trials: baselineTrials, alpha: baselineAlpha)
    let interval = Interval(
        lower: max(0, exact.lower - margin), upper: min(1, exact.upper + margin))
    try checkBinomial(
        successes: currentSuccesses, trials: currentTrials, alpha: baselineAlpha)
    guard !concentrations.isEmpty, concentrations.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw .invalidArgument
    }
    let (x, n) = (Double(currentSuccesses), Double(currentTrials))
    let m = (Double(baselineSuccesses) + 0.5) / (Double(baselineTrials) + 1)
    let share = n > 0 ? x / n : m
    let p = min(max(share, interval.lower), interval.upper)
    guard n > 0 else { return BaselineShift(lnE: 0, leastFavourable: p, baseline: interval) }
    // The evidence against m, in which nothing cancels, and what p* is likelier than m.
    func gain(_ count: Double, _ share: Double, _ other: Double) -> Double {
        count > 0 ? count * .log(onePlus: (share - other) / other) : 0
    }
    let likelier = gain(x, m, p) + gain(n - x, 1 - m, 1 - p)
    let evidence = concentrations.map { c in
        lnEvidence(
            counts: [currentSuccesses, currentTrials - currentSuccesses],
            probabilities: [m, 1 - m], concentration: c) + likelier
    }
    let lnE = lnSumExp(evidence) - .log(Double(evidence.count))
    return BaselineShift(lnE: lnE, leastFavourable: p, baseline: interval)
}

/// The same with one concentration, and no margin.
package func baselineShift(
    baselineSuccesses: Int, baselineTrials: Int, currentSuccesses: Int, currentTrials: Int,
    baselineAlpha: Double, concentration: Double
) throws(StatisticsError) -> BaselineShift {
    try baselineShift(
        baselineSuccesses: baselineSuccesses, baselineTrials: baselineTrials,
        currentSuccesses: currentSuccesses, currentTrials: currentTrials,
        baselineAlpha: baselineAlpha, concentrations: [concentration])
}
