import RealModule

/// How Jeffreys' interval ends where nothing, or everything, was a success.
package enum JeffreysBoundary: Sendable {
    /// Both tails have alpha/2, also there.
    case equalTailed
    /// 0 and 1 (Brown, Cai, DasGupta 2001, §4.1.1).
    case closed
}

/// Jeffreys' interval of a binomial share: quantiles of Beta(x + ½, n − x + ½) (Brown, Cai, DasGupta,
/// Stat. Sci. 16, 2001). One look. No trials: [0, 1]. Throws `negativeCount`,
/// `successesExceedTrials`, `invalidAlpha`, or `invalidArgument` beyond 10¹² trials.
package func jeffreysInterval(
    successes: Int, trials: Int, alpha: Double = 0.05, boundary: JeffreysBoundary = .closed
) throws(StatisticsError) -> Interval {
    try checkBinomial(successes: successes, trials: trials, alpha: alpha)
    guard trials <= largestExactCount else { throw .invalidArgument }
    guard trials > 0 else { return Interval(lower: 0, upper: 1) }
    let (a, b) = (Double(successes) + 0.5, Double(trials - successes) + 0.5)
    let isClosed = boundary == .closed
    return Interval(
        lower: isClosed && successes == 0 ? 0 : betaQuantile(alpha / 2, a, b),
        upper: isClosed && successes == trials ? 1 : upperBetaQuantile(alpha / 2, a, b))
}

/// The exact interval of a binomial share: both tails at most alpha/2 (Clopper, Pearson, Biometrika
/// 26, 1934). One look. No trials: [0, 1]. Throws as
/// `jeffreysInterval`.
package func clopperPearsonInterval(
    successes: Int, trials: Int, alpha: Double = 0.05
) throws(StatisticsError) -> Interval {
    try checkBinomial(successes: successes, trials: trials, alpha: alpha)
    guard trials <= largestExactCount else { throw .invalidArgument }
    guard trials > 0 else { return Interval(lower: 0, upper: 1) }
    let (x, n) = (Double(successes), Double(trials))
    return Interval(
        lower: successes == 0 ? 0 : betaQuantile(alpha / 2, x, n - x + 1),
        upper: successes == trials ? 1 : upperBetaQuantile(alpha / 2, x + 1, n - x))
}

/// The x that Beta(a, b) exceeds with probability p: 1 − p has no digits for a small p.
private func upperBetaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    1 - betaQuantile(p, b, a)
}

/// Goodman's simultaneous intervals of multinomial shares: Wilson's form with z² the upper alpha/K
/// quantile of chi-square with 1 degree of freedom (Goodman, Technometrics 7, 1965). One look. No
/// data: [0, 1] each. Throws `emptyInput`, `negativeCount`, `invalidAlpha`, or `invalidArgument` for
/// more than an Int holds.
package func goodmanIntervals(
    counts: [Int], alpha: Double = 0.05
) throws(StatisticsError) -> [Interval] {
    let n = try checkShares(counts, alpha: alpha)
    var intervals: [Interval] = []
    for count in counts {
        intervals.append(
            try wilsonInterval(
                successes: count, trials: n, alpha: alpha / Double(counts.count)))
    }
    return intervals
}

func checkBinomial(successes: Int, trials: Int, alpha: Double) throws(StatisticsError) {
    guard successes >= 0, trials >= 0 else { throw .negativeCount }
    guard successes <= trials else { throw .successesExceedTrials }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
}

/// The sum of the counts. Throws what simultaneous intervals refuse.
func checkShares(_ counts: [Int], alpha: Double) throws(StatisticsError) -> Int {
    guard !counts.isEmpty else { throw .emptyInput }
    guard counts.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    return try sum(counts)
}
