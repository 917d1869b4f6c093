import RealModule

/// The simultaneous intervals of Sison, Glaz (JASA 90, 1995): [p − c/n, p + (c + 2δ)/n], clipped to
/// [0, 1], c the last count of which the Poisson approximation covers at most 1 − alpha and δ how
/// far from it to the next one 1 − alpha is.
///
/// Artefacts of whole numbers, poor with empty cells: an option. Where no c covers enough, as
/// when nearly all is in one cell, [0, 1] each. No data: [0, 1] each; one category: [1, 1]. Throws
/// `emptyInput`, `negativeCount`, `invalidAlpha`, or `invalidArgument` for more than 10¹² counts.
package func sisonGlazIntervals(
    counts: [Int], alpha: Double = 0.05
) throws(StatisticsError) -> [Interval] {
    let n = try checkShares(counts, alpha: alpha)
    guard n <= largestExactCount else { throw .invalidArgument }
    guard n > 0 else { return counts.map { _ in Interval(lower: 0, upper: 1) } }
    guard counts.count > 1 else { return [Interval(lower: 1, upper: 1)] }
    guard let (width, delta) = halfWidth(counts, n, level: 1 - alpha) else {
        return counts.map { _ in Interval(lower: 0, upper: 1) }
    }
    return counts.map { count in
        let (share, step) = (Double(count) / Double(n), 1 / Double(n))
        return Interval(
            lower: max(0, share - Double(width) * step),
            upper: min(1, share + (Double(width) + 2 * delta) * step))
    }
}

/// The c with coverage(c) ≤ level < coverage(c + 1), and where between them the level is; nil: none.
private func halfWidth(_ counts: [Int], _ n: Int, level: Double) -> (Int, Double)? {
    var (low, high) = (0, 1)
    while coverage(counts, n, high) <= level {
        guard high < n else { return nil }
        (low, high) = (high, min(n, 2 * high))
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2
        if coverage(counts, n, middle) <= level { low = middle } else { high = middle }
    }
    let (former, next) = (coverage(counts, n, low), coverage(counts, n, high))
    return (low, (level - former) / (next - former))
}

/// P(all counts within c of theirs) by truncated Poisson variables and an Edgeworth expansion of
/// their sum; 0 for c = 0, whose expansion has no variance.
private func coverage(_ counts: [Int], _ n: Int, _ c: Int) -> Double {
    guard c > 0 else { return 0 }
    let cells = counts.map { TruncatedPoisson($0, within: c, upTo: n) }
    func sum(_ value: (TruncatedPoisson) -> Double) -> Double { cells.reduce(0) { $0 + value($1) } }
    let variance = sum(\.variance)
    guard variance > 0 else { return 0 }
    // The sum less its mean: the cells' rates sum to n.
    let z = -sum(\.shift) / variance.squareRoot()
    let skew = sum(\.third) / (variance * variance.squareRoot())
    let excess = sum { $0.fourth - 3 * $0.variance * $0.variance } / (variance * variance)
    let (z2, z4) = (z * z, z * z * z * z)
    let hermite3 = z * (z2 - 3)
    let hermite4 = z4 - 6 * z2 + 3
    let hermite6 = z4 * z2 - 15 * z4 + 45 * z2 - 15
    let series = 1 + skew * hermite3 / 6 + excess * hermite4 / 24 + skew * skew * hermite6 / 72
    // Over P(Poisson(n) = n), in logarithms: with many cells the product is small.
    let lnProduct = sum { .log($0.probability) }
    return series * .exp(lnProduct - lnPoissonAtMean(Double(n)) - z2 / 2)
        / (2 * .pi * variance).squareRoot()
}

/// ln P(X = λ) of Poisson(λ), by Stirling's formula.
private func lnPoissonAtMean(_ lambda: Double) -> Double {
    lambda > 0 ? -.log(2 * .pi * lambda) / 2 - stirlingRemainder(lambda) : 0
}

/// Poisson(λ), λ a whole number, given that it is within c of λ and at most n: its probability and
/// moments, summed term by term from λ outward, where moments from distribution functions would
/// cancel.
private struct TruncatedPoisson {
    private(set) var probability = 0.0
    /// Mean less λ.
    private(set) var shift = 0.0
    private(set) var variance = 0.0
    private(set) var third = 0.0
    private(set) var fourth = 0.0

    init(_ count: Int, within c: Int, upTo n: Int) {
        let (below, above) = (min(c, count), min(c, n - count))
        let lambda = Double(count)
        // Sums of term · distanceᵏ.
        var sums = [1.0, 0, 0, 0, 0]
        func add(_ term: Double, at distance: Double) {
            var power = term
            for order in sums.indices {
                sums[order] += power
                power *= distance
            }
        }
        var term = 1.0
        for step in stride(from: 1, through: below, by: 1) {
            term *= (lambda - Double(step - 1)) / lambda
            if term < 1e-24 { break }
            add(term, at: -Double(step))
        }
        term = 1
        for step in stride(from: 1, through: above, by: 1) {
            term *= lambda / (lambda + Double(step))
            if term < 1e-24 { break }
            add(term, at: Double(step))
        }
        probability = sums[0] * .exp(lnPoissonAtMean(lambda))
        shift = sums[1] / sums[0]
        let (m1, m2, m3, m4) = (shift, sums[2] / sums[0], sums[3] / sums[0], sums[4] / sums[0])
        variance = m2 - m1 * m1
        third = m3 - 3 * m1 * m2 + 2 * m1 * m1 * m1
        fourth = m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 * m1 * m1 * m1
    }
}
