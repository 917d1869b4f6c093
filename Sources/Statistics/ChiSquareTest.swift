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
/// Throws `lengthMismatch`, `negativeCount`, `probabilityOutOfRange`,
/// `probabilitiesNotNormalized` (|Σp − 1| > 1e-9), or `invalidArgument` for more than an Int holds.
package func chiSquareTest(
    counts: [Int], probabilities: [Double]
) throws(StatisticsError) -> ChiSquareResult {
    try checkSplit(counts: counts, probabilities: probabilities)
    let total = Double(counts.reduce(0, +))
    let degreesOfFreedom = max(0, probabilities.count { $0 > 0 } - 1)
    var statistic = 0.0
    for (count, probability) in zip(counts, probabilities) {
        guard probability > 0 else {
            if count > 0 { return .proof(degreesOfFreedom) }
            continue
        }
        guard total > 0 else { continue }
        // O − E in one rounding: of 10⁹ counts that are nearly as expected it has few digits.
        let difference = Double(count).addingProduct(-total, probability)
        statistic += difference / (total * probability) * difference
    }
    return ChiSquareResult(degreesOfFreedom > 0 ? statistic : 0, degreesOfFreedom)
}

/// ln P(X ≥ x) of the chi-square distribution: ln Q(df/2, x/2). With 0 degrees of freedom, 0.
package func lnChiSquareTail(_ x: Double, degreesOfFreedom: Int) -> Double {
    degreesOfFreedom == 0 ? 0 : lnRegularizedGammaQ(Double(degreesOfFreedom) / 2, x / 2)
}
