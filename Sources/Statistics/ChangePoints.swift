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
/// Hours without counts belong to the segment around them. Fewer than 2 m hours have no change.
package struct ChangePointModel: Hashable, Sendable {
    package var alpha: Double
    /// Hours of the shortest segment.
    package var shortest: Int
    /// Of the penalty: larger where every location ever told counts.
    package var caution: Double

    package init(alpha: Double = 0.02, shortest: Int = 4, caution: Double = 1) {
        self.alpha = alpha
        self.shortest = shortest
        self.caution = caution
    }

    /// The change points of a stream, in time. Throws `lengthMismatch` for hours of different
    /// widths, `negativeCount`, or `invalidArgument` for more than an Int holds.
    package func changePoints(_ counts: [[Int]]) throws(StatisticsError) -> [ChangePoint] {
        guard let width = counts.first?.count else { return [] }
        guard counts.allSatisfy({ $0.count == width }) else { throw .lengthMismatch }
        guard counts.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else { throw .negativeCount }
        _ = try sum(counts.flatMap(\.self))
        let kept = (0..<width).filter { k in counts.contains { $0[k] > 0 } }
        guard kept.count > 1, counts.count >= 2 * shortest else { return [] }
        let sums = PrefixSums(counts, kept)
        let penalty =
            caution
            * chiSquareUpperQuantile(
                alpha / Double(counts.count), degreesOfFreedom: Double(kept.count - 1))
        let partition = Partition(
            sums, dispersion: overDispersion(sums), penalty: penalty, shortest: shortest)
        return partition.changePoints
    }
}

/// Counts summed from the beginning, by the categories that occur.
private struct PrefixSums {
    let hours: Int
    let width: Int
    private var sums: [Int]

    init(_ counts: [[Int]], _ kept: [Int]) {
        hours = counts.count
        width = kept.count
        sums = Array(repeating: 0, count: width)
        sums.reserveCapacity((hours + 1) * width)
        for (hour, row) in counts.enumerated() {
            for (place, k) in kept.enumerated() { sums.append(sums[hour * width + place] + row[k]) }
        }
    }

    /// −2 Σ N_k ln(N_k/N) of the hours [s, t).
    func deviance(_ s: Int, _ t: Int) -> Double {
        var (total, entropy) = (0.0, 0.0)
        for k in 0..<width {
            let n = Double(sums[t * width + k] - sums[s * width + k])
            guard n > 0 else { continue }
            total += n
            entropy += n * .log(n)
        }
        return total > 0 ? 2 * (total * .log(total) - entropy) : 0
    }
}

/// Median statistic of adjacent blocks over the median of its chi-square; at least 1.
private func overDispersion(_ sums: PrefixSums) -> Double {
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

    init(_ sums: PrefixSums, dispersion: Double, penalty: Double, shortest: Int) {
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

/// Change points as hours come in: told once they were found by several refits in a row at about the
/// same hour, never taken back.
package struct ChangePointSeries: Hashable, Sendable {
    private let model: ChangePointModel
    private let refits: Int
    private var counts: [[Int]] = []
    /// Hours found by the last refits, and how often in a row.
    private var candidates: [Int: Int] = [:]
    package private(set) var told: [ChangePoint] = []

    /// Refits look back at most so many hours: what is older does not change any more.
    private static let memory = 24 * 28
    /// Locations that near are the same one.
    private static let margin = 6

    /// Told after so many refits, one an hour, that agree.
    package init(
        model: ChangePointModel = ChangePointModel(shortest: 3, caution: 1.2), refits: Int = 2
    ) {
        self.model = model
        self.refits = refits
    }

    /// Adds an hour's counts and looks; returns what is told with it. Throws as the model does.
    package mutating func append(_ hour: [Int]) throws(StatisticsError) -> [ChangePoint] {
        counts.append(hour)
        let start = max(0, counts.count - Self.memory)
        let found = try model.changePoints(Array(counts[start...]))
        var next: [Int: Int] = [:]
        var fresh: [ChangePoint] = []
        for point in found where isCarried(point.hour + start) {
            let at = point.hour + start
            guard !told.contains(where: { abs($0.hour - at) <= Self.margin }) else { continue }
            let before = candidates.filter { abs($0.key - at) <= 2 }.values.max() ?? 0
            next[at] = before + 1
            if before + 1 >= refits {
                fresh.append(
                    ChangePoint(
                        hour: at,
                        range: (point.range.lowerBound + start)...(point.range.upperBound + start)))
            }
        }
        candidates = next
        told += fresh
        return fresh
    }

    /// False: one bad hour alone makes the difference, or too few days have passed to tell day and
    /// night from a change.
    ///
    /// The hours since then, up to twelve, without the one that departs most from the day before,
    /// must still depart from it by more than chance.
    private func isCarried(_ hour: Int) -> Bool {
        guard counts.count >= Self.firstDays else { return false }
        let width = counts[hour].count
        let before = sum(counts[max(0, hour - 24)..<hour], width)
        let since = counts[hour...].prefix(12)
        let worst = since.max { departure($0, before) < departure($1, before) } ?? []
        var rest = sum(since, width)
        for k in worst.indices { rest[k] -= worst[k] }
        let degrees = Double(max(1, width - 1))
        return departure(rest, before)
            > chiSquareUpperQuantile(Self.carriedAlpha, degreesOfFreedom: degrees)
    }

    private static let firstDays = 56
    private static let carriedAlpha = 0.001

    private func sum(_ rows: ArraySlice<[Int]>, _ width: Int) -> [Int] {
        rows.reduce(into: Array(repeating: 0, count: width)) { sum, row in
            for k in row.indices { sum[k] += row[k] }
        }
    }

    /// 2 Σ x ln(x/E) with the shares of other counts, half a count more in each category.
    private func departure(_ counts: [Int], _ others: [Int]) -> Double {
        let n = Double(counts.reduce(0, +))
        let total = Double(others.reduce(0, +)) + Double(others.count) / 2
        return zip(counts, others).reduce(0.0) { sum, pair in
            guard pair.0 > 0 else { return sum }
            let expected = n * (Double(pair.1) + 0.5) / total
            return sum + 2 * deviance(Double(pair.0), expected: expected)
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
