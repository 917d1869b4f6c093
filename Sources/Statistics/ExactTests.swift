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
        statistic += 2 * deviance(Double(count), expected: total * probability)
    }
    return ChiSquareResult(statistic, degreesOfFreedom)
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

/// O ln(O/E) − (O − E).
func deviance(_ observed: Double, expected: Double) -> Double {
    let u = (observed - expected) / expected
    guard observed > 0 else { return expected }
    guard abs(u) < 0.01 else { return observed * .log(observed / expected) - observed + expected }
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
/// `invalidArgument` where there are more than 10⁸ samples.
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
    guard lnChoose(Double(n + k - 1), Double(k - 1)) < .log(1e8) else { throw .invalidArgument }
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

/// Fisher's exact test of a 2 × 2 table, two-sided: all tables with the same margins that are at most
/// as probable as the one observed, within a relative 1e-7 (Fisher 1922).
///
/// Throws `raggedTable` for other than 2 × 2, `negativeCount`.
package func fisherExactTest(_ table: [[Int]]) throws(StatisticsError) -> Double {
    try checkTable(table)
    guard table.count == 2, table[0].count == 2 else { throw .raggedTable }
    let (row, column) = (table[0][0] + table[0][1], table[0][0] + table[1][0])
    let n = row + table[1][0] + table[1][1]
    func ln(_ x: Int) -> Double {
        lnChoose(Double(row), Double(x)) + lnChoose(Double(n - row), Double(column - x))
            - lnChoose(Double(n), Double(column))
    }
    let limit = ln(table[0][0]) + .log(onePlus: 1e-7)
    let range = max(0, column - (n - row))...min(row, column)
    return min(1, range.reduce(0) { $0 + (ln($1) <= limit ? .exp(ln($1)) : 0) })
}

/// P(X ≤ k) of the binomial distribution, 0 ≤ q ≤ 1.
func binomialCumulative(_ k: Int, n: Int, q: Double) -> Double {
    if k < 0 { return 0 }
    if k >= n { return 1 }
    // I_{1−q}(n − k, k + 1) (Abramowitz, Stegun 1964, 26.5.24).
    return .exp(lnRegularizedBeta(Double(n - k), Double(k + 1), 1 - q))
}
