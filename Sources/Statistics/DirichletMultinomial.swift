import RealModule

/// ln E of counts against null probabilities: the logarithm of the Dirichlet-multinomial marginal
/// likelihood with the prior Dirichlet(c·p) over the likelihood under p,
///
///     ln Γ(A) − ln Γ(A+N) + Σ [ln Γ(c·p_k + n_k) − ln Γ(c·p_k)] − Σ n_k ln p_k,   A = c Σ p_k.
///
/// Under the null, E of a growing sample is a martingale that starts at 1, so that it ever reaches
/// 1/alpha with probability alpha at most, however often one looks (Lindon, Malek, Anytime-valid
/// inference for multinomial count data, NeurIPS 2022, arXiv 2011.03567; Ville 1939). Assumes
/// independent draws of distinct units.
///
/// A category of probability 0 is left out while it is empty; one observation in it is proof:
/// +∞. One category, or no data: 0.
///
/// Throws `lengthMismatch`, `negativeCount`, `probabilityOutOfRange`,
/// `probabilitiesNotNormalized` (|Σp − 1| > 1e-9), or `invalidArgument` for a concentration that
/// is not a positive number.
package func lnMultinomialEvidence(
    counts: [Int], probabilities: [Double], concentration: Double
) throws(StatisticsError) -> Double {
    try checkSplit(counts: counts, probabilities: probabilities)
    guard concentration > 0, concentration.isFinite else { throw .invalidArgument }
    return lnEvidence(counts: counts, probabilities: probabilities, concentration: concentration)
}

/// ln of the weighted mean of E over several concentrations: still a martingale under the null,
/// and at most ln(1/weight) below the best of them.
///
/// Throws as the function of one concentration does; also `lengthMismatch` for other than one
/// weight to a concentration, `invalidArgument` for weights that are negative or not of sum 1.
package func lnMultinomialEvidence(
    counts: [Int], probabilities: [Double], concentrations: [Double], weights: [Double]
) throws(StatisticsError) -> Double {
    try checkSplit(counts: counts, probabilities: probabilities)
    try checkMixture(concentrations: concentrations, weights: weights)
    return lnOfSum(
        zip(concentrations, weights).map { concentration, weight in
            .log(weight)
                + lnEvidence(
                    counts: counts, probabilities: probabilities, concentration: concentration)
        })
}

/// ln E of the counts of one of many segments at one look: the mean over concentrations that are
/// sharp from about a hundred subjects to some thousands, as segments have, so that less is spent
/// on sizes that they never reach than in `SplitEvidence`.
///
/// For the rule of Wang and Ramdas (False discovery rate control with e-values, JRSS-B 84, 2022)
/// over all segments at that look. Throws as `lnMultinomialEvidence` does.
package func lnSegmentEvidence(
    counts: [Int], probabilities: [Double]
) throws(StatisticsError) -> Double {
    try lnMultinomialEvidence(
        counts: counts, probabilities: probabilities, concentrations: [10, 30, 100, 300],
        weights: [0.25, 0.25, 0.25, 0.25])
}

/// The formula at checked arguments.
///
/// With Stirling's ln Γ(x) = (x − ½) ln x − x + ½ ln 2π + δ(x), M = A + N and r_k =
/// (c·p_k + n_k)/(M·p_k) the huge terms cancel on paper instead of in the sum, and there remains
///
///     Σ M·p_k (r_k ln r_k − r_k + 1) − ½ Σ ln(1 + n_k/(c·p_k)) + ½ ln(M/A) + differences of δ
///
/// and two terms that vanish where the probabilities sum to 1. Absolute error about 1e-9 at
/// 2·10⁹ observations, where the plain form loses 1e-5.
func lnEvidence(counts: [Int], probabilities: [Double], concentration: Double) -> Double {
    let lack = shortfall(of: probabilities)
    let observed = Double(counts.reduce(0, +))
    let prior = concentration * (1 - lack)
    let total = prior + observed
    var present = 0
    var value = total * lack + prior * .log(onePlus: -lack)
    for (count, probability) in zip(counts, probabilities) {
        guard probability > 0 else {
            if count > 0 { return .infinity }
            continue
        }
        present += 1
        let n = Double(count)
        let expected = total * probability
        let share = concentration * probability
        // n − N·p in one rounding, without the prior that both sides hold.
        let excess = n.addingProduct(-observed, probability) + share * lack
        value += entropyTerm(excess, expected: expected)
        guard count > 0 else { continue }
        value += stirlingRemainder(share + n) - stirlingRemainder(share)
        value -= (n > share ? .log(share + n) - .log(share) : .log(onePlus: n / share)) / 2
    }
    guard present > 1, observed > 0 else { return 0 }
    value += .log(onePlus: observed / prior) / 2
    return value - stirlingRemainder(total) + stirlingRemainder(prior)
}

/// 1 − Σp without rounding on the way (Neumaier, ZAMM 54, 1974): the sum of such numbers as 0.1
/// is 1 only nearly, which 10⁹ observations multiply.
private func shortfall(of probabilities: [Double]) -> Double {
    var (sum, lost) = (1.0, 0.0)
    for probability in probabilities {
        let next = sum - probability
        lost += sum >= probability ? (sum - next) - probability : sum - (next + probability)
        sum = next
    }
    return sum + lost
}

/// expected · (r ln r − r + 1) at r = 1 + excess/expected.
private func entropyTerm(_ excess: Double, expected: Double) -> Double {
    let u = excess / expected
    if u <= -1 { return expected }
    // Far beyond what is expected u may be more than a number holds.
    if u > 1 { return (expected + excess) * (.log(expected + excess) - .log(expected)) - excess }
    return expected * ((1 + u) * .log(onePlus: u) - u)
}

/// δ(x) = ln Γ(x) − (x − ½) ln x + x − ½ ln 2π, x > 0: from 10 on by Stirling's series
/// (Abramowitz, Stegun 1964, 6.1.41), absolute error below 1e-13.
func stirlingRemainder(_ x: Double) -> Double {
    guard x >= 10 else {
        return .logGamma(x) - (x - 0.5) * .log(x) + x - .log(2 * .pi) / 2
    }
    let inverse = 1 / x
    let square = inverse * inverse
    let tail = 1 / 1_260.0 - square * (1 / 1_680.0 - square * (1 / 1_188.0))
    return inverse * (1 / 12.0 - square * (1 / 360.0 - square * tail))
}

/// ln Σ exp(terms) without overflow; −∞ of none.
func lnOfSum(_ terms: [Double]) -> Double {
    guard let largest = terms.max(), largest > -.infinity else { return -.infinity }
    guard largest < .infinity else { return .infinity }
    return largest + .log(terms.reduce(0) { $0 + .exp($1 - largest) })
}

/// What every test of a split refuses, in the order in which it is reported.
func checkSplit(counts: [Int], probabilities: [Double]) throws(StatisticsError) {
    guard counts.count == probabilities.count else { throw .lengthMismatch }
    guard counts.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
    try checkDistribution(probabilities)
    _ = try sum(counts)
}

/// Σ counts. Throws `invalidArgument` for more than an Int holds.
func sum(_ counts: [Int]) throws(StatisticsError) -> Int {
    var total = 0
    for count in counts {
        let (next, isTooMuch) = total.addingReportingOverflow(count)
        if isTooMuch { throw .invalidArgument }
        total = next
    }
    return total
}

func checkDistribution(_ probabilities: [Double]) throws(StatisticsError) {
    guard probabilities.allSatisfy((0...1).contains) else { throw .probabilityOutOfRange }
    guard abs(probabilities.reduce(0, +) - 1) <= 1e-9 else { throw .probabilitiesNotNormalized }
}

private func checkMixture(
    concentrations: [Double], weights: [Double]
) throws(StatisticsError) {
    guard concentrations.count == weights.count else { throw .lengthMismatch }
    guard concentrations.allSatisfy({ $0 > 0 && $0.isFinite }),
        weights.allSatisfy({ $0 >= 0 }), abs(weights.reduce(0, +) - 1) <= 1e-9
    else { throw .invalidArgument }
}
