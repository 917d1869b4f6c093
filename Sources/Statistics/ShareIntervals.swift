import RealModule

/// How Jeffreys' interval ends where nothing, or everything, was a success.
package enum JeffreysBoundary: Sendable {
    /// Both tails have alpha/2, also there.
    case equalTailed
    /// 0 and 1 (Brown, Cai, DasGupta 2001, §4.1.1).
    case closed
}

/// Jeffreys' interval of a binomial share: quantiles of Beta(x + ½, n − x + ½) (Brown, Cai, DasGupta,
/// Stat. Sci. 16, 2001). One look. No trials: [0, 1].
package func jeffreysInterval(
    successes: Int, trials: Int, alpha: Double = 0.05, boundary: JeffreysBoundary = .closed
) throws(StatisticsError) -> Interval {
    try checkBinomial(successes: successes, trials: trials, alpha: alpha)
    guard trials > 0 else { return Interval(lower: 0, upper: 1) }
    let (a, b) = (Double(successes) + 0.5, Double(trials - successes) + 0.5)
    let isClosed = boundary == .closed
    return Interval(
        lower: isClosed && successes == 0 ? 0 : betaQuantile(alpha / 2, a, b),
        upper: isClosed && successes == trials ? 1 : upperBetaQuantile(alpha / 2, a, b))
}

/// The exact interval of a binomial share: both tails at most alpha/2 (Clopper, Pearson, Biometrika
/// 26, 1934). One look. No trials: [0, 1].
package func clopperPearsonInterval(
    successes: Int, trials: Int, alpha: Double = 0.05
) throws(StatisticsError) -> Interval {
    try checkBinomial(successes: successes, trials: trials, alpha: alpha)
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
/// data: [0, 1] each.
package func goodmanIntervals(
    counts: [Int], alpha: Double = 0.05
) throws(StatisticsError) -> [Interval] {
    guard counts.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    let n = counts.reduce(0, +)
    var intervals: [Interval] = []
    for count in counts {
        intervals.append(
            try wilsonInterval(
                successes: count, trials: n, alpha: alpha / Double(counts.count)))
    }
    return intervals
}

/// The simultaneous intervals of Sison, Glaz (JASA 90, 1995): [p − c/n, p + (c + 2δ)/n], clipped to
/// [0, 1], c the last count of which the Poisson approximation covers less than 1 − alpha.
///
/// Artefacts of whole numbers, poor with empty cells: an option. No data: [0, 1] each.
package func sisonGlazIntervals(
    counts: [Int], alpha: Double = 0.05
) throws(StatisticsError) -> [Interval] {
    guard counts.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    let n = counts.reduce(0, +)
    guard n > 0 else { return counts.map { _ in Interval(lower: 0, upper: 1) } }
    var (former, present, c) = (0.0, 0.0, 0)
    for candidate in 1...max(1, n) {
        (former, present, c) = (present, coverage(counts, n, candidate), candidate)
        if present > 1 - alpha && former < 1 - alpha { break }
    }
    let delta = present > former ? (1 - alpha - former) / (present - former) : 0
    let (width, size) = (Double(c - 1), Double(n))
    return counts.map { count in
        let share = Double(count) / size
        return Interval(
            lower: max(0, share - width / size), upper: min(1, share + (width + 2 * delta) / size))
    }
}

/// P(all counts within c of theirs) by truncated Poisson variables and an Edgeworth expansion.
private func coverage(_ counts: [Int], _ n: Int, _ c: Int) -> Double {
    var (mean, variance, third, fourth) = (0.0, 0.0, 0.0, 0.0)
    var lnProduct = 0.0
    for count in counts {
        let moments = truncatedPoisson(Double(count), c)
        lnProduct += .log(moments.probability)
        mean += moments.mean
        variance += moments.variance
        third += moments.third
        fourth += moments.fourth - 3 * moments.variance * moments.variance
    }
    guard variance > 0 else { return 0 }
    let size = Double(n)
    let z = (size - mean) / variance.squareRoot()
    let skew = third / (variance * variance.squareRoot())
    let excess = fourth / (variance * variance)
    let density =
        (1 + skew * (z * z * z - 3 * z) / 6 + excess * (z * z * z * z - 6 * z * z + 3) / 24
            + skew * skew
            * (z * z * z * z * z * z - 15 * z * z * z * z + 45 * z * z - 15) / 72)
        * .exp(-z * z / 2) / (2 * .pi).squareRoot()
    // 1 over P(Poisson(n) = n).
    let lnScale = -(size * .log(size) - size - .logGamma(size + 1))
    return .exp(lnScale + lnProduct) * density / variance.squareRoot()
}

/// Moments of Poisson(λ) given that it is within c of λ: factorial moments, then central ones.
private func truncatedPoisson(
    _ lambda: Double, _ c: Int
) -> (probability: Double, mean: Double, variance: Double, third: Double, fourth: Double) {
    let (low, high) = (max(0, lambda - Double(c)), lambda + Double(c))
    let total = poisson(high, lambda) - (low > 0 ? poisson(low - 1, lambda) : 0)
    let factorial = (1...4).map { order -> Double in
        let k = Double(order)
        let within = poisson(high - k, lambda) - poisson(low - k - 1, lambda)
        return .pow(lambda, order) * within / total
    }
    let (f1, f2, f3, f4) = (factorial[0], factorial[1], factorial[2], factorial[3])
    let second = f2 + f1 - f1 * f1
    let third = f3 + f2 * (3 - 3 * f1) + f1 - 3 * f1 * f1 + 2 * f1 * f1 * f1
    let fourth =
        f4 + f3 * (6 - 4 * f1) + f2 * (7 - 12 * f1 + 6 * f1 * f1) + f1 - 4 * f1 * f1
        + 6 * f1 * f1 * f1 - 3 * f1 * f1 * f1 * f1
    return (total, f1, second, third, fourth)
}

/// P(X ≤ k) of the Poisson distribution.
private func poisson(_ k: Double, _ lambda: Double) -> Double {
    if k < 0 { return 0 }
    if lambda == 0 { return 1 }
    return .exp(lnRegularizedGammaQ(k + 1, lambda))
}

func checkBinomial(successes: Int, trials: Int, alpha: Double) throws(StatisticsError) {
    guard successes >= 0, trials >= 0 else { throw .negativeCount }
    guard successes <= trials else { throw .successesExceedTrials }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
}
