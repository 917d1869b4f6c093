import RealModule

/// A chi-square test: the statistic, its degrees of freedom, and the probability of one at least
/// as large under the null, also as a logarithm, which stays finite where p itself is 0.
package struct ChiSquareResult: Hashable, Sendable {
    package let statistic: Double
    package let degreesOfFreedom: Int
    package let p: Double
    package let lnP: Double
}

/// Pearson's goodness of fit of counts to probabilities: Σ (O − E)² / E against chi-square with
/// K − 1 degrees of freedom (Pearson 1900).
///
/// Assumes independent draws and a sample size fixed beforehand: looked at again and again, it
/// rejects a true null far more often than p says. An expected count below 5 makes p rough. A
/// cell of probability 0 is left out while it is empty; an observation in it is proof: the
/// statistic is infinite and p is 0. No data: p is 1.
///
/// Throws `lengthMismatch`, `negativeCount`, `probabilityOutOfRange` or
/// `probabilitiesNotNormalized` (|Σp − 1| > 1e-9).
package func chiSquareTest(
    counts: [Int], probabilities: [Double]
) throws(StatisticsError) -> ChiSquareResult {
    try validate(counts: counts, probabilities: probabilities)
    let total = Double(counts.reduce(0, +))
    let cells = zip(counts, probabilities)
    let degreesOfFreedom = max(0, probabilities.count { $0 > 0 } - 1)
    if cells.contains(where: { $0 > 0 && $1 == 0 }) {
        return ChiSquareResult(
            statistic: .infinity, degreesOfFreedom: degreesOfFreedom, p: 0, lnP: -.infinity)
    }
    var statistic = 0.0
    if total > 0 {
        for (count, probability) in cells where probability > 0 {
            let expected = total * probability
            let difference = Double(count) - expected
            statistic += difference * difference / expected
        }
    }
    let lnP = lnChiSquareTail(statistic, degreesOfFreedom: degreesOfFreedom)
    return ChiSquareResult(
        statistic: statistic, degreesOfFreedom: degreesOfFreedom, p: .exp(lnP), lnP: lnP)
}

/// ln P(X ≥ x) of the chi-square distribution: ln Q(df/2, x/2). With 0 degrees of freedom, 0.
package func lnChiSquareTail(_ x: Double, degreesOfFreedom: Int) -> Double {
    degreesOfFreedom == 0 ? 0 : lnRegularizedGammaQ(Double(degreesOfFreedom) / 2, x / 2)
}

private func validate(
    counts: [Int], probabilities: [Double]
) throws(StatisticsError) {
    guard counts.count == probabilities.count else { throw .lengthMismatch }
    guard counts.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
    guard probabilities.allSatisfy((0...1).contains) else { throw .probabilityOutOfRange }
    guard abs(probabilities.reduce(0, +) - 1) <= 1e-9 else { throw .probabilitiesNotNormalized }
}
