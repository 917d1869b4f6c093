import RealModule

/// A mergeable summary of non-negative whole numbers (microseconds, say) that answers any
/// quantile with a relative error of at most 1 %.
///
/// DDSketch (Masson, Rim, Lee, VLDB 2019) with relative accuracy a = 1 %: γ = (1 + a)/(1 − a),
/// a value v > 0 falls into bucket k = ⌈log_γ v⌉ and is told as 2 γᵏ/(1 + γ). Count, least,
/// greatest and sum are exact. Merging adds buckets: it is commutative, associative, and equal to
/// having added every value to one sketch. At most about 2,200 buckets (of Int64's range); a
/// typical latency fills 50 to 300.
package struct QuantileSketch: Hashable, Sendable {
    package private(set) var count = 0
    package private(set) var min: Int64?
    package private(set) var max: Int64?
    package private(set) var sum: Int64 = 0
    /// Values of 0.
    private(set) var zeros = 0
    /// Counts of the buckets from `firstKey` on; first and last are not 0.
    private(set) var buckets: [Int] = []
    private(set) var firstKey = 0

    package static let relativeAccuracy = 0.01
    static let gamma = (1 + relativeAccuracy) / (1 - relativeAccuracy)
    private static let inverseLnGamma = 1 / Double.log(gamma)

    package init() {}

    /// A value with the bucket that it falls into, for one that is added to several sketches: its
    /// logarithm is taken once.
    package struct Point: Hashable, Sendable {
        let value: Int64
        /// Nothing for a value of 0.
        let key: Int

        /// A negative value counts as 0.
        package init(_ value: Int64) {
            self.value = Swift.max(0, value)
            key = value > 0 ? QuantileSketch.key(of: value) : 0
        }
    }

    package mutating func add(_ value: Int64) { add(Point(value), count: 1) }
    package mutating func add(_ point: Point) { add(point, count: 1) }

    /// Adds a value several times. Negative values count as 0, `count` is at least 1.
    package mutating func add(_ value: Int64, count added: Int) {
        precondition(added >= 1, "a value is added once or more")
        add(Point(value), count: added)
    }

    private mutating func add(_ point: Point, count added: Int) {
        let value = point.value
        count += added
        sum &+= value &* Int64(added)
        min = Swift.min(min ?? value, value)
        max = Swift.max(max ?? value, value)
        if value == 0 { zeros += added } else { add(added, at: point.key) }
    }

    package mutating func merge(_ other: QuantileSketch) {
        guard let least = other.min, let greatest = other.max else { return }
        note(other.count, zeros: other.zeros, least: least, greatest: greatest, sum: other.sum)
        guard !other.buckets.isEmpty else { return }
        makeRoom(from: other.firstKey, through: other.firstKey + other.buckets.count - 1)
        for (index, added) in other.buckets.enumerated() {
            buckets[other.firstKey - firstKey + index] += added
        }
    }

    /// The value at rank ⌊q (n − 1)⌋ (from 0), 0 ≤ q ≤ 1, within 1 %; nil: the sketch is empty.
    /// Never below the least nor above the greatest value.
    package func quantile(_ q: Double) -> Double? {
        precondition((0...1).contains(q), "a quantile is asked at 0…1")
        return value(atRank: Int((q * Double(count - 1)).rounded(.down)))
    }

    /// The value at a rank from 0, within 1 %; nil: there is no such rank.
    package func value(atRank rank: Int) -> Double? {
        guard let min, let max, (0..<count).contains(rank) else { return nil }
        if rank == 0 { return Double(min) }
        if rank == count - 1 { return Double(max) }
        var passed = zeros
        if rank < passed { return 0 }
        for (index, inBucket) in buckets.enumerated() {
            passed += inBucket
            if rank < passed {
                let estimate = Self.estimate(of: firstKey + index)
                return Swift.min(Swift.max(estimate, Double(min)), Double(max))
            }
        }
        return Double(max)
    }

    /// How many values are at most `bound`; those in its own bucket count as if they were.
    package func count(atMost bound: Double) -> Int {
        guard bound >= 0 else { return 0 }
        guard bound >= 1 else { return zeros }
        guard bound < Double(Int64.max) else { return count }
        let last = Self.key(of: Int64(bound)) - firstKey
        return zeros + buckets.prefix(Swift.max(0, last + 1)).reduce(0, +)
    }

    fileprivate static func key(of value: Int64) -> Int {
        Int((Double.log(Double(value)) * inverseLnGamma).rounded(.up))
    }

    private static func estimate(of key: Int) -> Double {
        2 * Double.pow(gamma, key) / (1 + gamma)
    }

    mutating func add(_ added: Int, at key: Int) {
        if key < firstKey || key - firstKey >= buckets.count {
            makeRoom(from: key, through: key)
        }
        buckets[key - firstKey] += added
    }

    /// Takes account of values whose buckets are counted already.
    mutating func note(_ added: Int, zeros: Int, least: Int64, greatest: Int64, sum: Int64) {
        count += added
        self.sum &+= sum
        self.zeros += zeros
        min = Swift.min(min ?? least, least)
        max = Swift.max(max ?? greatest, greatest)
    }

    private mutating func makeRoom(from lower: Int, through upper: Int) {
        if buckets.isEmpty {
            firstKey = lower
            buckets = [Int](repeating: 0, count: upper - lower + 1)
            return
        }
        if lower < firstKey {
            buckets.insert(contentsOf: repeatElement(0, count: firstKey - lower), at: 0)
            firstKey = lower
        }
        let last = firstKey + buckets.count - 1
        if upper > last { buckets.append(contentsOf: repeatElement(0, count: upper - last)) }
    }
}
