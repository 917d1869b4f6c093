import RealModule

/// The quantile of a sample, 0 ≤ q ≤ 1, by a definition of Hyndman, Fan (American Statistician 50,
/// 1996): 1 (a value of the sample), 7 (linear between ranks, R's and NumPy's default) or 8 (nearly
/// median-unbiased). Throws `emptyInput`, `invalidArgument` for another type or q, or for a
/// value that is no number or not finite.
package func sampleQuantile(
    _ values: [Double], _ q: Double, type: Int = 7
) throws(StatisticsError) -> Double {
    guard !values.isEmpty else { throw .emptyInput }
    guard (0...1).contains(q), values.allSatisfy(\.isFinite) else { throw .invalidArgument }
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
    let weight = clamped - Double(low)
    return (1 - weight) * sorted[low] + weight * sorted[high]
}

/// Ranks, from 1, of the order statistics that hold a quantile between them, exactly, whatever the
/// distribution: P(lower ≤ Bin(n, q) < upper) ≥ 1 − alpha with at most alpha/2 on either side
/// (Conover 1999, §3.2): the lower one is the binomial's alpha/2 quantile, the upper one follows its
/// upper alpha/2 quantile. Nil: unbounded on that side. Throws `negativeCount`, `invalidAlpha`,
/// `probabilityOutOfRange`, or `invalidArgument` beyond 10¹².
package func exactQuantileRanks(
    n: Int, quantile q: Double, alpha: Double
) throws(StatisticsError) -> (lower: Int?, upper: Int?, coverage: Double) {
    guard n >= 0 else { throw .negativeCount }
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    guard q > 0, q < 1 else { throw .probabilityOutOfRange }
    guard n <= largestExactCount else { throw .invalidArgument }
    // A tail that is alpha/2 but for rounding is alpha/2.
    let slack = 1e-12 * alpha / 2
    let lower = firstCount(upTo: n) {
        binomialCumulative($0, n: n, q: q) >= alpha / 2 - slack
    }
    let upper = 1 + firstCount(upTo: n) { binomialTail($0, n: n, q: q) <= alpha / 2 + slack }
    let below = lower >= 1 ? binomialCumulative(lower - 1, n: n, q: q) : 0
    let above = upper <= n ? binomialTail(upper - 1, n: n, q: q) : 0
    return (lower >= 1 ? lower : nil, upper <= n ? upper : nil, 1 - below - above)
}

/// The first of 0…n from which on a claim holds, which at n it does.
private func firstCount(upTo n: Int, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, n)
    while low < high {
        let middle = low + (high - low) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}

/// The first Wasserstein distance of two weighted samples: ∫ |F − G| (Vallender 1974). Weights are
/// positive in sum. Throws `emptyInput`, `lengthMismatch`, or `invalidArgument` for values or weights
/// that are not finite, and weights below 0.
package func wassersteinDistance(
    _ a: [Double], weights aWeights: [Double]? = nil, _ b: [Double],
    weights bWeights: [Double]? = nil
) throws(StatisticsError) -> Double {
    guard !a.isEmpty, !b.isEmpty else { throw .emptyInput }
    let (p, q) = (aWeights ?? a.map { _ in 1 }, bWeights ?? b.map { _ in 1 })
    guard p.count == a.count, q.count == b.count else { throw .lengthMismatch }
    let (all, others) = (p.reduce(0, +), q.reduce(0, +))
    guard (p + q).allSatisfy({ $0 >= 0 }), all > 0, others > 0, all.isFinite, others.isFinite,
        (a + b).allSatisfy(\.isFinite)
    else { throw .invalidArgument }
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
