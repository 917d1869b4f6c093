import RealModule

/// The anytime-valid p-value that two streams have the same q-quantile: the least favourable common
/// quantile is sought among the observations, and there the evidences of both streams, each that of
/// the count below it, are multiplied (Howard, Ramdas, Sequential estimation of quantiles,
/// Bernoulli 28(3), 2022, §5).
///
/// Assumes draws that are independent within each stream: a level that moves with the hour breaks
/// it. Sharpest at `sharpestAt` observations each. No observations in either: 1.
///
/// Throws `probabilityOutOfRange` unless 0 < q < 1, `invalidAlpha`, or `invalidArgument` for a
/// value that is not finite.
package func quantileComparison(
    _ a: [Double], _ b: [Double], quantile q: Double, sharpestAt: Double,
    sharpestAlpha: Double = 0.05
) throws(StatisticsError) -> Double {
    guard q > 0, q < 1 else { throw .probabilityOutOfRange }
    guard a.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else { throw .invalidArgument }
    let mixture = try BetaBinomialMixture(
        g: q, h: 1 - q, sharpestAt: sharpestAt * q * (1 - q), alpha: sharpestAlpha,
        isOneSided: false)
    guard !a.isEmpty, !b.isEmpty else { return 1 }
    let arms = [a, b].map { Arm($0, quantile: q, mixture: mixture) }
    let start = min(arms[0].best, arms[1].best)
    let end = max(arms[0].best, arms[1].best)
    var least = Double.infinity
    for candidate in a + b where candidate >= start && candidate <= end {
        least = min(least, arms[0].lnE(candidate) + arms[1].lnE(candidate))
    }
    return min(1, .exp(-least))
}

/// One stream: the evidence against each value as its quantile.
private struct Arm {
    let sorted: [Double]
    let quantile: Double
    let mixture: BetaBinomialMixture
    /// The share below the quantile against which the evidence is least.
    let leastShare: Double

    init(_ values: [Double], quantile q: Double, mixture: BetaBinomialMixture) {
        sorted = values.sorted()
        quantile = q
        self.mixture = mixture
        let n = Double(values.count)
        leastShare = minimizer(
            of: { mixture.lnE(sum: ($0 - q) * n, time: q * (1 - q) * n) }, between: 0, and: 1)
    }

    /// An observation against which the evidence is least.
    var best: Double {
        let rank = Int(leastShare * Double(sorted.count))
        return sorted[min(rank, sorted.count - 1)]
    }

    /// Of the shares that the value can stand for, from those strictly below it to those at most
    /// it, the one least against it counts.
    func lnE(_ value: Double) -> Double {
        let n = Double(sorted.count)
        let below = Double(rank { $0 < value }) / n
        let upTo = Double(rank { $0 <= value }) / n
        let share = min(max(leastShare, below), upTo)
        return mixture.lnE(sum: (share - quantile) * n, time: quantile * (1 - quantile) * n)
    }

    /// How many of the sorted values hold, where those that hold come first.
    private func rank(_ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
