import RealModule

/// A sketch of numbers ≥ 0 with quantiles of a bounded relative error (DDSketch: Masson, Rim, Lee,
/// VLDB 12, 2019): buckets ⌈log_γ v⌉ with γ = (1 + a)/(1 − a), estimates 2γᵏ/(1 + γ).
///
/// `QuantileSketch` is the same for microseconds, with its buckets packed.
package struct LogarithmicSketch: Hashable, Sendable {
    package let gamma: Double
    private let lnGamma: Double
    private var buckets: [Int: Int] = [:]
    private var zeros = 0

    /// Throws `invalidArgument` for an accuracy outside 0…1.
    package init(relativeAccuracy: Double) throws(StatisticsError) {
        guard relativeAccuracy > 0, relativeAccuracy < 1 else { throw .invalidArgument }
        gamma = (1 + relativeAccuracy) / (1 - relativeAccuracy)
        lnGamma = .log(gamma)
    }

    /// Throws `invalidArgument` for what is no number ≥ 0.
    package mutating func add(_ value: Double) throws(StatisticsError) {
        guard value >= 0, value.isFinite else { throw .invalidArgument }
        if value == 0 {
            zeros += 1
        } else {
            buckets[Int((Double.log(value) / lnGamma).rounded(.up)), default: 0] += 1
        }
    }

    /// The estimate of rank ⌊q (n − 1)⌋. Throws `emptyInput`, `invalidArgument` for q outside 0…1.
    package func quantile(_ q: Double) throws(StatisticsError) -> Double {
        guard (0...1).contains(q) else { throw .invalidArgument }
        let count = buckets.values.reduce(zeros, +)
        guard count > 0 else { throw .emptyInput }
        var left = Int(q * Double(count - 1)) - zeros
        guard left >= 0 else { return 0 }
        for (key, count) in buckets.sorted(by: { $0.key < $1.key }) {
            left -= count
            if left < 0 { return 2 * .exp(Double(key) * lnGamma) / (1 + gamma) }
        }
        return 0
    }
}

/// A histogram of whole numbers with a fixed number of significant digits (HdrHistogram, G. Tene): each
/// power of two is divided into as many equal buckets as the digits want.
package struct SignificantDigitsHistogram: Hashable, Sendable {
    private let subBuckets: Int
    private let unit: Int
    private let highest: Int
    private var counts: [Int: Int] = [:]
    package private(set) var count = 0
    private var largest = 0

    /// Numbers from `lowest` ≥ 1 to `highest`, 1 to 5 digits. Throws `invalidArgument`.
    package init(lowest: Int, highest: Int, significantDigits: Int) throws(StatisticsError) {
        guard lowest >= 1, highest >= 2 * lowest, (1...5).contains(significantDigits) else {
            throw .invalidArgument
        }
        let wanted = 2 * Int(Double.pow(10, significantDigits))
        subBuckets = 1 << (Int.bitWidth - (wanted - 1).leadingZeroBitCount)
        unit = Int.bitWidth - 1 - lowest.leadingZeroBitCount
        self.highest = highest
    }

    /// Throws `invalidArgument` for a number below 0 or beyond `highest`.
    package mutating func add(_ value: Int) throws(StatisticsError) {
        guard value >= 0, value <= highest else { throw .invalidArgument }
        counts[lowestEquivalent(value), default: 0] += 1
        count += 1
        largest = Swift.max(largest, value)
    }

    /// The largest number that counts as the largest one added; 0 of none.
    package var max: Int { count == 0 ? 0 : highestEquivalent(largest) }

    /// The largest number that counts as the one that so many percent are at most; from 0 percent down
    /// the smallest that counts as the least. 0 of none.
    package func value(atPercentile percentile: Double) -> Int {
        let isAny = percentile > 0
        let wanted = isAny ? Int(Swift.min(percentile, 100) * Double(count) / 100 + 0.5) : 1
        var seen = 0
        for (lowest, count) in counts.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= Swift.max(1, wanted) { return isAny ? highestEquivalent(lowest) : lowest }
        }
        return 0
    }

    /// Width of the bucket that a number falls into.
    private func width(_ value: Int) -> Int {
        let bits = Int.bitWidth - (value | ((subBuckets << unit) - 1)).leadingZeroBitCount
        let needed = subBuckets.trailingZeroBitCount + unit
        return 1 << (unit + Swift.max(0, bits - needed))
    }

    private func lowestEquivalent(_ value: Int) -> Int { value / width(value) * width(value) }
    private func highestEquivalent(_ value: Int) -> Int {
        lowestEquivalent(value) + width(value) - 1
    }
}
