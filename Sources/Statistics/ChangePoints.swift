import RealModule

/// When the distribution of a stream of hourly counts changed.
package struct ChangePoint: Hashable, Sendable {
    /// The first hour of the new distribution, from the first hour of the stream.
    package let hour: Int
    /// The hours that it may have been, at a likelihood within e² of the best.
    package let range: ClosedRange<Int>
}

/// Retrospective change points of hourly count vectors: optimal partitioning with the multinomial
/// deviance (Jackson et al., IEEE Signal Processing Letters 12, 2005),
///
///     F(t) = min over s ≤ t − m of F(s) + D(s, t)/φ + b,   D = −2 Σ N_k ln(N_k/N),
///
/// with segments of at least m hours, the penalty b the upper α/T quantile of chi-square with K − 1
/// degrees of freedom, and a robust over-dispersion φ: the largest, over blocks of 1, 3, 8 and 24
/// hours, of the median of adjacent blocks' homogeneity statistics over the median of their
/// chi-square, at least 1. Hours weigh by their volume, all K dimensions are seen at once, and φ
/// takes in day and night. O(T² K) for T hours. Assumes that hours are independent within a
/// segment, but for φ.
///
/// Hours without counts belong to the segment around them, and so does an hour that stands alone
/// (`withoutLoneHours`). Fewer than 2 m hours have no change.
package struct ChangePointModel: Hashable, Sendable {
    package var alpha: Double
    /// Hours of the shortest segment.
    package var shortest: Int

    package init(alpha: Double = 0.02, shortest: Int = 4) {
        self.alpha = alpha
        self.shortest = shortest
    }

    /// The change points of a stream, in time. Throws `lengthMismatch` for hours of different
    /// widths, `negativeCount`, or `invalidArgument` for more than an Int holds.
    package func changePoints(_ counts: [[Int]]) throws(StatisticsError) -> [ChangePoint] {
        guard let width = counts.first?.count else { return [] }
        guard counts.allSatisfy({ $0.count == width }) else { throw .lengthMismatch }
        guard counts.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else { throw .negativeCount }
        _ = try sum(counts.flatMap(\.self))
        let sums = HourlySums(withoutLoneHours(counts))
        guard sums.width > 1, counts.count >= 2 * shortest else { return [] }
        let penalty = chiSquareUpperQuantile(
            alpha / Double(counts.count), degreesOfFreedom: Double(sums.width - 1))
        let partition = Partition(
            sums, dispersion: overDispersion(sums), penalty: penalty, shortest: shortest)
        return partition.changePoints
    }
}

/// Median statistic of adjacent blocks over the median of its chi-square; at least 1.
private func overDispersion(_ sums: HourlySums) -> Double {
    var largest = 1.0
    let usual = chiSquareUpperQuantile(0.5, degreesOfFreedom: Double(sums.width - 1))
    for block in [1, 3, 8, 24] where sums.hours >= 4 * block {
        var statistics: [Double] = []
        for start in stride(from: 0, through: sums.hours - 2 * block, by: block) {
            let (middle, end) = (start + block, start + 2 * block)
            statistics.append(
                sums.deviance(start, end) - sums.deviance(start, middle)
                    - sums.deviance(middle, end))
        }
        statistics.sort()
        guard statistics.count >= 3 else { continue }
        largest = max(largest, statistics[statistics.count / 2] / usual)
    }
    return largest
}

/// The best partition of the hours.
private struct Partition {
    private(set) var changePoints: [ChangePoint] = []

    init(_ sums: HourlySums, dispersion: Double, penalty: Double, shortest: Int) {
        let hours = sums.hours
        var best = Array(repeating: Double.infinity, count: hours + 1)
        var former = Array(repeating: 0, count: hours + 1)
        best[0] = -penalty
        for t in shortest...hours {
            for s in 0...(t - shortest) where best[s] < .infinity {
                let cost = best[s] + sums.deviance(s, t) / dispersion + penalty
                if cost < best[t] { (best[t], former[t]) = (cost, s) }
            }
        }
        var bounds = [hours]
        while let last = bounds.last, last > 0 { bounds.append(former[last]) }
        bounds.reverse()
        guard bounds.count > 2 else { return }
        changePoints = (1..<(bounds.count - 1)).map { place in
            let (start, middle, end) = (bounds[place - 1], bounds[place], bounds[place + 1])
            func cost(_ hour: Int) -> Double {
                (sums.deviance(start, hour) + sums.deviance(hour, end)) / dispersion
            }
            let limit = cost(middle) + 4
            var (low, high) = (middle, middle)
            while low - 1 > start, cost(low - 1) <= limit { low -= 1 }
            while high + 1 < end, cost(high + 1) <= limit { high += 1 }
            return ChangePoint(hour: middle, range: low...high)
        }
    }
}

/// Histogram counts as a few categories: cut at quantiles of the first hours, so that each holds
/// enough of them. `quantiles` ascend within 0…1; buckets before the first cut are one category.
package func regrouped(
    _ histograms: [[Int]], firstHours: Int = 72,
    at quantiles: [Double] = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
) -> [[Int]] {
    guard let width = histograms.first?.count else { return [] }
    var sum = Array(repeating: 0, count: width)
    for row in histograms.prefix(firstHours) {
        for place in 0..<width { sum[place] += row[place] }
    }
    let total = Double(sum.reduce(0, +))
    var (group, seen) = (0, 0.0)
    let groups = sum.map { count -> Int in
        defer {
            seen += Double(count)
            while group < quantiles.count, seen >= quantiles[group] * total { group += 1 }
        }
        return group
    }
    return histograms.map { row in
        var counts = Array(repeating: 0, count: quantiles.count + 1)
        for (place, count) in row.enumerated() { counts[groups[place]] += count }
        return counts
    }
}
