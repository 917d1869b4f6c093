import RealModule

/// An interval of a share that holds the truth at every look at once with confidence 1 − alpha:
/// the shares that `SplitEvidence` of two categories would not reject.
///
/// Inverts ln E(successes, failures; p) < ln(1/alpha) (Lindon, Malek 2022; Howard, Ramdas,
/// McAuliffe, Sekhon, Ann. Stat. 49, 2021) by bisection from the observed share, where E ≤ 1,
/// outward; the ends returned lie outside by less than 1e-12 of themselves. Assumes distinct
/// subjects. No trials: [0, 1].
///
/// Throws `negativeCount`, `successesExceedTrials` or `invalidAlpha`.
package func shareConfidenceSequence(
    successes: Int, trials: Int, alpha: Double = 0.05
) throws(StatisticsError) -> Interval {
    try checkShare(successes: successes, trials: trials, alpha: alpha)
    let counts = [successes, trials - successes]
    return inverted(successes: successes, trials: trials, alpha: alpha) {
        lnMixtureEvidence(counts: counts, probabilities: [$0, 1 - $0])
    }
}

/// The same with one concentration, chosen to be narrowest at `sharpestAt` trials when the level
/// is `sharpestAlpha`: the beta-binomial confidence sequence of Howard, Ramdas (Sequential
/// estimation of quantiles with applications to A/B testing, Bernoulli 28(3), 2022).
///
/// Throws also `invalidArgument` for a `sharpestAt` or `sharpestAlpha` out of range.
package func betaBinomialConfidenceSequence(
    successes: Int, trials: Int, alpha: Double, sharpestAt: Double, sharpestAlpha: Double = 0.05
) throws(StatisticsError) -> Interval {
    try checkShare(successes: successes, trials: trials, alpha: alpha)
    guard sharpestAt > 0, sharpestAt.isFinite, sharpestAlpha > 0, sharpestAlpha < 1 else {
        throw .invalidArgument
    }
    let concentration = max(
        sharpestAt / mixtureWidth(alpha: sharpestAlpha) - 1, smallestConcentration)
    let counts = [successes, trials - successes]
    return inverted(successes: successes, trials: trials, alpha: alpha) {
        lnEvidence(counts: counts, probabilities: [$0, 1 - $0], concentration: concentration)
    }
}

private func checkShare(
    successes: Int, trials: Int, alpha: Double
) throws(StatisticsError) {
    guard successes >= 0, trials >= 0 else { throw .negativeCount }
    guard successes <= trials else { throw .successesExceedTrials }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
}

private func inverted(
    successes: Int, trials: Int, alpha: Double, _ lnE: (Double) -> Double
) -> Interval {
    guard trials > 0 else { return Interval(lower: 0, upper: 1) }
    let limit = -Double.log(alpha)
    let share = Double(successes) / Double(trials)
    let lower = successes == 0 ? 0 : root(from: share) { lnE($0) - limit }
    // Near 1 the distance to 1 is what has digits.
    let upper = successes == trials ? 1 : 1 - root(from: 1 - share) { lnE(1 - $0) - limit }
    return Interval(lower: lower, upper: min(1, upper))
}

/// Where a function that is negative at `inner` and falls from above on the way there from 0 is 0,
/// from the outside: the secant of a bracket, with the weight of an end that stays halved
/// (Illinois: Dowell, Jarratt, BIT 11, 1971), or its middle where that is far off.
private func root(from inner: Double, _ excess: (Double) -> Double) -> Double {
    var (inside, outside) = (inner, 0.0)
    var (below, above) = (excess(inner), Double.infinity)
    for _ in 0..<200 {
        guard inside - outside > 1e-12 * inside else { break }
        let secant = outside + (inside - outside) * (above / (above - below))
        let isUsable = above < 64 && secant > outside && secant < inside
        let point = isUsable ? secant : (inside + outside) / 2
        guard point != inside, point != outside else { break }
        let value = excess(point)
        if value < 0 {
            inside = point
            (below, above) = (value, isUsable ? above / 2 : above)
        } else {
            outside = point
            (below, above) = (isUsable ? below / 2 : below, value)
        }
    }
    return outside
}
