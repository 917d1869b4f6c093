import RealModule

/// The quantile of a sample, 0 ≤ q ≤ 1, by a definition of Hyndman, Fan (American Statistician 50,
/// 1996): 1 (a value of the sample), 7 (linear between ranks, R's and NumPy's default) or 8 (nearly
/// median-unbiased). Throws `emptyInput`, `invalidArgument` for another type or q.
package func sampleQuantile(
    _ values: [Double], _ q: Double, type: Int = 7
) throws(StatisticsError) -> Double {
    guard !values.isEmpty else { throw .emptyInput }
    guard (0...1).contains(q), values.allSatisfy({ !$0.isNaN }) else { throw .invalidArgument }
    let sorted = values.sorted()
    let n = Double(sorted.count)
    if type == 1 { return sorted[max(0, Int((n * q - 1e-9).rounded(.up)) - 1)] }
    let place: Double
    switch type {
    case 7: place = (n - 1) * q
    case 8: place = (n + 1 / 3.0) * q + 1 / 3.0 - 1
    default: throw .invalidArgument
    }
    let clamped = min(max(place, 0), n - 1)
    let low = Int(clamped)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (clamped - Double(low)) * (sorted[high] - sorted[low])
}

/// Ranks, from 1, of the order statistics that hold a quantile between them, exactly, whatever the
/// distribution: P(lower ≤ Bin(n, q) < upper) ≥ 1 − alpha with at most alpha/2 on either side
/// (Conover 1999, §3.2). Nil: unbounded on that side. Throws `negativeCount`, `invalidAlpha`,
/// `probabilityOutOfRange`.
package func exactQuantileRanks(
    n: Int, quantile q: Double, alpha: Double
) throws(StatisticsError) -> (lower: Int?, upper: Int?, coverage: Double) {
    guard n >= 0 else { throw .negativeCount }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    guard q > 0, q < 1 else { throw .probabilityOutOfRange }
    func firstCount(reaching p: Double) -> Int {
        var (low, high) = (0, n)
        while low < high {
            let middle = (low + high) / 2
            if binomialCumulative(middle, n: n, q: q) >= p {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }
    let lower = firstCount(reaching: alpha / 2)
    let upper = firstCount(reaching: 1 - alpha / 2) + 1
    let below = lower >= 1 ? binomialCumulative(lower - 1, n: n, q: q) : 0
    let within = upper <= n ? binomialCumulative(upper - 1, n: n, q: q) : 1
    return (lower >= 1 ? lower : nil, upper <= n ? upper : nil, within - below)
}

/// The two-sample Kolmogorov–Smirnov test: the largest distance of the empirical distributions, the
/// probability of one as large by Kolmogorov's limit at √(nm/(n+m)) D, and by counting lattice
/// paths (exact without ties, conservative with them; Hodges 1958).
package func kolmogorovSmirnovTest(
    _ a: [Double], _ b: [Double]
) throws(StatisticsError) -> (statistic: Double, limitP: Double, exactP: Double) {
    guard !a.isEmpty, !b.isEmpty else { throw .emptyInput }
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
    return (
        statistic, kolmogorovTail((n * m / (n + m)).squareRoot() * statistic),
        pathTail(x.count, y.count, largest)
    )
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

/// The share of lattice paths from (0, 0) to (n, m) that somewhere are |i m − j n| ≥ `limit` away.
private func pathTail(_ n: Int, _ m: Int, _ limit: Int) -> Double {
    // Probability of reaching each point of a column without having been that far.
    var column = [Double](repeating: 0, count: m + 1)
    for i in 0...n {
        for j in 0...m {
            if abs(i * m - j * n) >= limit {
                column[j] = 0
            } else if i == 0 && j == 0 {
                column[j] = 1
            } else {
                // A random path is at (i, j) by its last step with these chances.
                let fromLeft = i > 0 ? column[j] * Double(i) / Double(i + j) : 0
                let fromBelow = j > 0 ? column[j - 1] * Double(j) / Double(i + j) : 0
                column[j] = fromLeft + fromBelow
            }
        }
    }
    return limit == 0 ? 1 : min(1, max(0, 1 - column[m]))
}

/// The first Wasserstein distance of two weighted samples: ∫ |F − G| (Vallender 1974). Weights are
/// positive in sum. Throws `emptyInput`, `lengthMismatch`, `invalidArgument`.
package func wassersteinDistance(
    _ a: [Double], weights aWeights: [Double]? = nil, _ b: [Double],
    weights bWeights: [Double]? = nil
) throws(StatisticsError) -> Double {
    guard !a.isEmpty, !b.isEmpty else { throw .emptyInput }
    let (p, q) = (aWeights ?? a.map { _ in 1 }, bWeights ?? b.map { _ in 1 })
    guard p.count == a.count, q.count == b.count else { throw .lengthMismatch }
    guard (p + q).allSatisfy({ $0 >= 0 }), p.reduce(0, +) > 0, q.reduce(0, +) > 0 else {
        throw .invalidArgument
    }
    let (all, others) = (p.reduce(0, +), q.reduce(0, +))
    let steps =
        (zip(a, p).map { ($0, $1 / all) } + zip(b, q).map { ($0, -$1 / others) })
        .sorted { $0.0 < $1.0 }
    var (distance, difference) = (0.0, 0.0)
    for (place, step) in steps.enumerated().dropLast() {
        difference += step.1
        distance += abs(difference) * (steps[place + 1].0 - step.0)
    }
    return distance
}

/// The Mann–Whitney test of two samples.
package struct MannWhitney: Hashable, Sendable {
    /// Pairs with a > b, ties half.
    package let u: Double
    /// By the normal approximation, with corrections for ties and continuity.
    package let normalP: Double
    /// P(a > b) + P(a = b)/2.
    package let superiority: Double
    /// Exact, where there are no ties; nil: there are.
    package let exactP: Double?
}

/// Throws `emptyInput`. Two-sided (Mann, Whitney, Ann. Math. Stat. 18, 1947).
package func mannWhitneyTest(
    _ a: [Double], _ b: [Double]
) throws(StatisticsError) -> MannWhitney {
    guard !a.isEmpty, !b.isEmpty else { throw .emptyInput }
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
    let variance = n * m / 12 * (size + 1 - (size > 1 ? ties / (size * (size - 1)) : 0))
    let z = variance > 0 ? max(0, abs(u - mean) - 0.5) / variance.squareRoot() : 0
    let normalP = variance > 0 ? min(1, 2 * .exp(lnNormalTail(z))) : 1
    return MannWhitney(
        u: u, normalP: normalP, superiority: u / (n * m),
        exactP: ties == 0 ? exactRankP(a.count, b.count, u: u) : nil)
}

/// Two-sided, by counting the arrangements of n and m with each U.
private func exactRankP(_ n: Int, _ m: Int, u: Double) -> Double {
    let top = n * m
    // Coefficients of the Gaussian binomial, normalised as they grow.
    var counts = [Double](repeating: 0, count: top + 1)
    counts[0] = 1
    for k in 1...min(n, m) {
        let others = max(n, m) + k
        for place in stride(from: top, through: others, by: -1) {
            counts[place] -= counts[place - others]
        }
        if k <= top { for place in k...top { counts[place] += counts[place - k] } }
    }
    let total = counts.reduce(0, +)
    let extreme = Int(max(u, Double(top) - u).rounded())
    let tail = counts[extreme...].reduce(0, +) / total
    return min(1, 2 * tail)
}
