import RealModule

/// One look of a sequential test.
package struct SequentialLook: Hashable, Sendable {
    /// ln of the evidence against the null at this look.
    package let lnE: Double
    /// ln of the anytime-valid p-value: 1 over the largest evidence so far, at most 1.
    package let lnP: Double

    package var p: Double { .exp(lnP) }

    /// The probability of the alternative, given the odds for it before any data.
    package func posterior(priorOdds: Double) -> Double {
        1 / (1 + .exp(-(lnE + .log(priorOdds))))
    }
}

/// The sequential test of a split after each of several batches of counts, over a weighted mixture
/// of concentrations (one of weight 1: the test of Lindon and Malek 2022 itself).
///
/// Throws as `lnMultinomialEvidence` does; `invalidArgument` also for more than an Int holds.
package func sequentialSplitTest(
    batches: [[Int]], probabilities: [Double], concentrations: [Double], weights: [Double]
) throws(StatisticsError) -> [SequentialLook] {
    for batch in batches {
        guard batch.count == probabilities.count else { throw .lengthMismatch }
    }
    guard batches.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else { throw .negativeCount }
    try checkDistribution(probabilities)
    var counts = [Int](repeating: 0, count: probabilities.count)
    var lnEMax = 0.0
    var looks: [SequentialLook] = []
    for batch in batches {
        for index in counts.indices { counts[index] = try sum([counts[index], batch[index]]) }
        let lnE = try lnMultinomialEvidence(
            counts: counts, probabilities: probabilities, concentrations: concentrations,
            weights: weights)
        lnEMax = max(lnEMax, lnE)
        looks.append(SequentialLook(lnE: lnE, lnP: lnEMax > 0 ? -lnEMax : 0))
    }
    return looks
}
