import RealModule

/// The two-sample Kolmogorov–Smirnov test.
package struct KolmogorovSmirnov: Hashable, Sendable {
    /// The largest distance of the empirical distributions.
    package let statistic: Double
    /// The probability of one as large by Kolmogorov's limit at √(nm/(n+m)) D.
    package let limitP: Double
    /// By counting lattice paths: exact without ties, conservative with them (Hodges 1958). Nil: too
    /// many to count.
    package let exactP: Double?
}

/// Throws `emptyInput`, or `invalidArgument` for a value that is not finite.
package func kolmogorovSmirnovTest(
    _ a: [Double], _ b: [Double]
) throws(StatisticsError) -> KolmogorovSmirnov {
    try checkSamples(a, b)
    let (x, y) = (a.sorted(), b.sorted())
    var (i, j, largest) = (0, 0, 0)
    while i < x.count, j < y.count {
        let value = min(x[i], y[j])
        while i < x.count, x[i] == value { i += 1 }
        while j < y.count, y[j] == value { j += 1 }
        largest = max(largest, abs(i * y.count - j * x.count))
    }
    let (n, m) = (Double(x.count), Double(y.count))
    let statistic = Double(largest) / n / m
    return KolmogorovSmirnov(
        statistic: statistic, limitP: kolmogorovTail((n * m / (n + m)).squareRoot() * statistic),
        exactP: n * m <= mostSteps ? pathTail(x.count, y.count, largest) : nil)
}

/// What counting of arrangements may take: about a second.
private let mostSteps = 2e8

private func checkSamples(_ a: [Double], _ b: [Double]) throws(StatisticsError) {
    guard !a.isEmpty, !b.isEmpty else { throw .emptyInput }
    guard a.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else { throw .invalidArgument }
}

/// P(K > t) of Kolmogorov's distribution (Kolmogorov 1933), by the series that converges at t.
private func kolmogorovTail(_ t: Double) -> Double {
    guard t > 0 else { return 1 }
    if t < 1 {
        let sum = (1...40).reduce(0.0) { sum, k in
            let odd = Double(2 * k - 1)
            return sum + .exp(-odd * odd * .pi * .pi / (8 * t * t))
        }
        return max(0, 1 - (2 * .pi).squareRoot() / t * sum)
    }
    var sum = 0.0
    for k in 1...40 {
        let term = Double.exp(-2 * Double(k * k) * t * t)
        sum += k % 2 == 1 ? term : -term
    }
    return min(1, max(0, 2 * sum))
}

/// The share of lattice paths from (0, 0) to (n, m) that somewhere are |i m − j n| ≥ `limit` away,
/// summed as such: what is left of 1 would have no digits.
private func pathTail(_ n: Int, _ m: Int, _ limit: Int) -> Double {
    // Share of the paths to each point of a column that have been that far.
    var column = [Double](repeating: 0, count: m + 1)
    for i in 0...n {
        for j in 0...m {
            if abs(i * m - j * n) >= limit {
                column[j] = 1
            } else if i + j > 0 {
                // A random path is at (i, j) by its last step with these chances.
                let fromLeft = i > 0 ? column[j] * Double(i) : 0
                let fromBelow = j > 0 ? column[j - 1] * Double(j) : 0
                column[j] = (fromLeft + fromBelow) / Double(i + j)
            }
        }
    }
    return min(1, column[m])
}

/// The Mann–Whitney test of two samples.
package struct MannWhitney: Hashable, Sendable {
    /// Pairs with a > b, ties half.
    package let u: Double
    /// By the normal approximation, with corrections for ties and continuity.
    package let normalP: Double
    /// P(a > b) + P(a = b)/2.
    package let superiority: Double
    /// Exact, where there are no ties; nil: there are, or too many arrangements.
    package let exactP: Double?
}

/// Two-sided (Mann, Whitney, Ann. Math. Stat. 18, 1947). Throws `emptyInput`, or `invalidArgument`
/// for a value that is not finite.
package func mannWhitneyTest(
    _ a: [Double], _ b: [Double]
) throws(StatisticsError) -> MannWhitney {
    try checkSamples(a, b)
    let all = (a.map { ($0, true) } + b.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var (rankSum, ties, start) = (0.0, 0.0, 0)
    while start < all.count {
        var end = start
        while end < all.count, all[end].0 == all[start].0 { end += 1 }
        let size = Double(end - start)
        let rank = Double(start + end + 1) / 2
        rankSum += rank * Double(all[start..<end].count(where: \.1))
        ties += size * size * size - size
        start = end
    }
    let (n, m) = (Double(a.count), Double(b.count))
    let u = rankSum - n * (n + 1) / 2
    let (mean, size) = (n * m / 2, n + m)
    let variance = n * m / 12 * (size + 1 - ties / (size * (size - 1)))
    let z = variance > 0 ? max(0, abs(u - mean) - 0.5) / variance.squareRoot() : 0
    return MannWhitney(
        u: u, normalP: min(1, 2 * .exp(lnNormalTail(z))), superiority: u / (n * m),
        exactP: ties == 0 && n * m * min(n, m) <= mostSteps
            ? exactRankP(a.count, b.count, u: u) : nil)
}

/// Two-sided, by counting the arrangements of n and m with each U up to the smaller tail's: the
/// coefficients of the Gaussian binomial Π (1 − x^(max + k))/(1 − x^k), of which those are exact.
private func exactRankP(_ n: Int, _ m: Int, u: Double) -> Double {
    let extreme = Int(min(u, Double(n * m) - u).rounded())
    var counts = [Double](repeating: 0, count: extreme + 1)
    counts[0] = 1
    for k in 1...min(n, m) {
        let others = max(n, m) + k
        for place in stride(from: extreme, through: others, by: -1) {
            counts[place] -= counts[place - others]
        }
        for place in stride(from: k, through: extreme, by: 1) { counts[place] += counts[place - k] }
    }
    let lnAll = lnChoose(Double(n + m), Double(n))
    return min(1, 2 * .exp(.log(counts.reduce(0, +)) - lnAll))
}
