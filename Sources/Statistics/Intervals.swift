import RealModule

/// An interval of a share: both ends are 0…1.
package struct Interval: Hashable, Sendable {
    package let lower: Double
    package let upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }
}

/// Wilson's score interval of a binomial share at confidence 1 − alpha (Wilson 1927, JASA 22;
/// recommended by Brown, Cai, DasGupta 2001).
///
/// Assumes independent draws and one look: refreshed all the time, it will miss the truth at some
/// moment far more often than alpha. No trials: [0, 1].
package func wilsonInterval(
    successes: Int, trials: Int, alpha: Double = 0.05
) throws(StatisticsError) -> Interval {
    guard successes >= 0, trials >= 0 else { throw .negativeCount }
    guard successes <= trials else { throw .successesExceedTrials }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    guard trials > 0 else { return Interval(lower: 0, upper: 1) }
    let n = Double(trials)
    let x = Double(successes)
    let z = -normalQuantile(alpha / 2)
    guard z.isFinite else { return Interval(lower: 0, upper: 1) }
    let z2 = z * z
    let root = z * (x * (n - x) / n + z2 / 4).squareRoot()
    // The ends are x₋/(n+z²) with x₋·x₊ = x²(1 + z²/n): the smaller one without cancellation.
    let sum = x + z2 / 2 + root
    let lower = successes == 0 ? 0 : x * x * (1 + z2 / n) / sum / (n + z2)
    let upper = successes == trials ? 1 : sum / (n + z2)
    return Interval(lower: lower, upper: upper)
}

/// The smallest deviation of a share from `probability` that a two-sided test at level `alpha`
/// shows with this power among n subjects; nil: none can, or n is 0.
///
/// Normal approximation of the one-sample test of a proportion (Fleiss, Levin, Paik, Statistical
/// Methods for Rates and Proportions, 3rd ed. 2003, §2.5), solved for the alternative by
/// bisection. Rough where an expected count is below 5.
package func detectableDeviation(
    n: Int, probability p: Double, alpha: Double, power: Double
) -> Double? {
    guard n > 0, p > 0, p < 1, alpha > 0, alpha < 1, power > 0, power < 1 else { return nil }
    let critical = -normalQuantile(alpha / 2) * (p * (1 - p)).squareRoot()
    let zPower = normalQuantile(power)
    let root = Double(n).squareRoot()
    // Toward 1/2 the alternative's spread grows: the larger, hence honest, of both directions.
    let direction: Double = p <= 0.5 ? 1 : -1
    let room = p <= 0.5 ? 1 - p : p
    func isShown(_ deviation: Double) -> Bool {
        let q = p + direction * deviation
        return deviation * root >= critical + zPower * max(0, q * (1 - q)).squareRoot()
    }
    guard isShown(room) else { return nil }
    var hidden = 0.0
    var shown = room
    for _ in 0..<60 {
        let middle = (hidden + shown) / 2
        if isShown(middle) { shown = middle } else { hidden = middle }
    }
    return shown
}

/// Ranks (from 1) of the order statistics that hold a quantile between them with confidence
/// 1 − alpha, whatever the distribution; nil where the sample is too small for that end, or where
/// the arguments are no sample's: `exactQuantileRanks` without its coverage.
package func quantileRanks(
    n: Int, quantile q: Double, alpha: Double
) -> (lower: Int?, upper: Int?) {
    guard n > 0, let ranks = try? exactQuantileRanks(n: n, quantile: q, alpha: alpha) else {
        return (nil, nil)
    }
    return (ranks.lower, ranks.upper)
}
