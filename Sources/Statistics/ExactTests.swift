import RealModule

/// The likelihood-ratio test of counts against probabilities, 2 Σ O ln(O/E), against chi-square with
/// K − 1 degrees of freedom (Wilks 1938).
///
/// As 2 Σ E ((1 + u) ln(1 + u) − u), u = (O − E)/E, the terms do not cancel where counts are huge
/// and nearly as expected. Assumptions, zero cells and errors are those of `chiSquareTest`.
package func gTest(
    counts: [Int], probabilities: [Double]
) throws(StatisticsError) -> ChiSquareResult {
    try checkSplit(counts: counts, probabilities: probabilities)
    let total = Double(counts.reduce(0, +))
    let degreesOfFreedom = max(0, probabilities.count { $0 > 0 } - 1)
    var statistic = 0.0
    for (count, probability) in zip(counts, probabilities) where total > 0 {
        if probability == 0 {
            if count > 0 { return .proof(degreesOfFreedom) }
            continue
        }
        statistic +=
            2
            * deviance(
                Double(count), expected: total * probability,
                excess: Double(count).addingProduct(-total, probability))
    }
    return ChiSquareResult(degreesOfFreedom > 0 ? max(0, statistic) : 0, degreesOfFreedom)
}

extension ChiSquareResult {
    init(_ statistic: Double, _ degreesOfFreedom: Int) {
        let lnP = lnChiSquareTail(statistic, degreesOfFreedom: degreesOfFreedom)
        self.init(
            statistic: statistic, degreesOfFreedom: degreesOfFreedom, p: .exp(lnP), lnP: lnP)
    }

    /// The null excludes what was seen.
    static func proof(_ degreesOfFreedom: Int) -> ChiSquareResult {
        ChiSquareResult(
            statistic: .infinity, degreesOfFreedom: degreesOfFreedom, p: 0, lnP: -.infinity)
    }
}

/// O ln(O/E) − (O − E); the difference O − E where it is known better than by subtraction.
func deviance(_ observed: Double, expected: Double, excess: Double? = nil) -> Double {
    guard observed > 0 else { return expected }
    let difference = excess ?? (observed - expected)
    let u = difference / expected
    guard abs(u) < 0.01 else {
        return observed * (.log(observed) - .log(expected)) - difference
    }
    // (1+u) ln(1+u) − u = u²/2 − u³/6 + u⁴/12 − …
    var (power, sum) = (u * u, 0.0)
    for k in 2...9 {
        sum += power / Double(k * (k - 1)) * (k % 2 == 0 ? 1 : -1)
        power *= u
    }
    return expected * sum
}

/// The exact multinomial test: the probability, under the null, of all samples of the same size
/// that are at most as probable as the one observed (within a relative 1e-7).
///
/// Enumerates C(N+K−1, K−1) samples: for small N or K. Errors as `chiSquareTest`, and
/// `invalidArgument` where there are more than 2·10⁷ samples.
package func exactMultinomialTest(
    counts: [Int], probabilities: [Double]
) throws(StatisticsError) -> (p: Double, observed: Double) {
    try checkSplit(counts: counts, probabilities: probabilities)
    for (count, probability) in zip(counts, probabilities) where probability == 0 && count > 0 {
        return (0, 0)
    }
    let kept = zip(counts, probabilities).filter { $0.1 > 0 }
    let (n, k) = (kept.reduce(0) { $0 + $1.0 }, kept.count)
    guard n > 0, k > 1 else { return (1, 1) }
    guard lnChoose(Double(n + k - 1), Double(k - 1)) < .log(2e7) else { throw .invalidArgument }
    let lnFactorial = (0...n).map { Double.logGamma(Double($0) + 1) }
    let lnP = kept.map { Double.log($0.1) }
    let lnObserved = kept.indices.reduce(lnFactorial[n]) {
        $0 + Double(kept[$1].0) * lnP[$1] - lnFactorial[kept[$1].0]
    }
    let limit = lnObserved + .log(onePlus: 1e-7)
    var sum = 0.0
    func visit(_ cell: Int, _ left: Int, _ ln: Double) {
        if cell == k - 1 {
            let all = ln + Double(left) * lnP[cell] - lnFactorial[left]
            if all <= limit { sum += .exp(all) }
            return
        }
        for x in 0...left {
            visit(cell + 1, left - x, ln + Double(x) * lnP[cell] - lnFactorial[x])
        }
    }
    visit(0, n, lnFactorial[n])
    return (min(1, sum), .exp(lnObserved))
}

/// Beyond this count the exact methods take too long.
let largestExactCount = 1_000_000_000_000

/// P(X ≤ k) of the binomial distribution, 0 ≤ q ≤ 1.
func binomialCumulative(_ k: Int, n: Int, q: Double) -> Double {
    if k < 0 { return 0 }
    if k >= n { return 1 }
    // I_{1−q}(n − k, k + 1) (Abramowitz, Stegun 1964, 26.5.24).
    return .exp(lnRegularizedBeta(Double(n - k), Double(k + 1), 1 - q))
}

/// P(X > k) of the binomial distribution, with the digits of a small tail.
func binomialTail(_ k: Int, n: Int, q: Double) -> Double {
    if k < 0 { return 1 }
    if k >= n { return 0 }
    return .exp(lnRegularizedBeta(Double(k + 1), Double(n - k), q))
}
