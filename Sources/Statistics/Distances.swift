import RealModule

/// Half the sum of absolute differences of shares, 0…1. No counts on either side: 0.
///
/// Throws `lengthMismatch`, `emptyInput` without a category, `negativeCount`, or `invalidArgument`
/// for more than an Int holds; so do the other distances.
package func totalVariation(_ a: [Int], _ b: [Int]) throws(StatisticsError) -> Double {
    guard let (p, q) = try shares(a, b) else { return 0 }
    return zip(p, q).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
}

/// The Hellinger distance, 0…1: √(Σ (√p − √q)² / 2).
package func hellingerDistance(_ a: [Int], _ b: [Int]) throws(StatisticsError) -> Double {
    guard let (p, q) = try shares(a, b) else { return 0 }
    let sum = zip(p, q).reduce(0.0) {
        let difference = $1.0.squareRoot() - $1.1.squareRoot()
        return $0 + difference * difference
    }
    return (sum / 2).squareRoot()
}

/// The Jensen–Shannon divergence in nats, 0…ln 2: the mean divergence of both from their mean (Lin,
/// IEEE Trans. Inf. Theory 37, 1991).
package func jensenShannonDivergence(_ a: [Int], _ b: [Int]) throws(StatisticsError) -> Double {
    guard let (p, q) = try shares(a, b) else { return 0 }
    let sum = zip(p, q).reduce(0.0) { sum, pair in
        let mean = (pair.0 + pair.1) / 2
        guard mean > 0 else { return sum }
        return sum + (deviance(pair.0, expected: mean) + deviance(pair.1, expected: mean)) / 2
    }
    return max(0, sum)
}

/// The root of the Jensen–Shannon divergence to base 2, 0…1: a metric (Endres, Schindelin 2003).
package func jensenShannonDistance(_ a: [Int], _ b: [Int]) throws(StatisticsError) -> Double {
    (try jensenShannonDivergence(a, b) / .log(2)).squareRoot()
}

/// How empty cells are treated by the population stability index.
package enum StabilitySmoothing: Sendable {
    /// Half a count more in every cell (Jeffreys' prior).
    case jeffreys
    /// A share of 0 counts as 1e-4, or as a millionth of the smallest one where that is at most 1e-4;
    /// nothing else is changed.
    case floor
}

/// The population stability index Σ (q − p) ln(q/p), ≥ 0: a size, not a test. Without a change it is
/// about (1/n + 1/m) times chi-square with K − 1 degrees of freedom (Yurdakul 2018), so that no
/// fixed limit fits all samples.
package func populationStabilityIndex(
    _ baseline: [Int], _ current: [Int], smoothing: StabilitySmoothing = .jeffreys
) throws(StatisticsError) -> Double {
    guard try shares(baseline, current) != nil || smoothing == .jeffreys else { return 0 }
    let (p, q) = (smoothed(baseline, smoothing), smoothed(current, smoothing))
    return zip(p, q).reduce(0) { $0 + ($1.1 - $1.0) * .log($1.1 / $1.0) }
}

private func smoothed(_ counts: [Int], _ smoothing: StabilitySmoothing) -> [Double] {
    let total = Double(counts.reduce(0, +))
    switch smoothing {
    case .jeffreys:
        return counts.map { (Double($0) + 0.5) / (total + Double(counts.count) / 2) }
    case .floor:
        let shares = counts.map { Double($0) / total }
        let least = shares.filter { $0 > 0 }.min() ?? 1
        let floor = least <= 1e-4 ? least / 1e6 : 1e-4
        return shares.map { $0 == 0 ? floor : $0 }
    }
}

/// Both as shares; nil: one has no counts.
private func shares(
    _ a: [Int], _ b: [Int]
) throws(StatisticsError) -> ([Double], [Double])? {
    guard a.count == b.count else { throw .lengthMismatch }
    guard !a.isEmpty else { throw .emptyInput }
    guard (a + b).allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
    let (n, m) = (try sum(a), try sum(b))
    guard n > 0, m > 0 else { return nil }
    return (a.map { Double($0) / Double(n) }, b.map { Double($0) / Double(m) })
}
