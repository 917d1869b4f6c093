import RealModule

/// Change points as hours come in, each told once and never taken back: whether the last hours
/// depart from those since the last change point.
///
/// At each hour the departure 2 Σ O ln(O/E) of the hours [s, t) from [start, s) is taken for every
/// s (the generalised likelihood ratio of Siegmund, Venkatraman, Ann. Stat. 23, 1995). Ordered
/// categories are asked twice: as a whole, and by their Wilcoxon part alone, which needs fewer
/// hours where all moves up or down. A change is told when the largest exceeds the upper α/t
/// quantile of chi-square, and when it is not owed to one hour.
///
/// Both parts are divided by an over-dispersion of their own for windows of that length: the median
/// of what past windows showed against the day before them over the median of chi-square, at least
/// 1 and at least that of shorter windows. So day and night, and levels that wander, are measured
/// at the scale at which they would mislead; what the past did not show is not known.
///
/// O(t K) an hour, t at most four weeks: some milliseconds.
package struct ChangePointSeries: Hashable, Sendable {
    private let alpha: Double
    private let isOrdered: Bool
    /// The hours that refits look back on, the first one being that many hours old.
    private var counts: [[Int]] = []
    private var forgotten = 0
    /// The hour since which nothing changed.
    private var start = 0
    package private(set) var told: [ChangePoint] = []

    private static let memory = 24 * 28
    /// Before so many hours day and night are no change.
    private static let firstHours = 56
    /// Hours of the shortest past and of the shortest window.
    private static let shortest = (past: 3, window: 2)
    /// Locations that near are the same one.
    private static let margin = 6
    /// What the window must still show without its worst hour: this level, and this part of what the
    /// other hours would hold if all were alike.
    private static let carried = (alpha: 0.2, part: 0.4)

    /// Ordered: categories ascend, as those of a histogram do. They have a lower level than others,
    /// as levels of measured values wander; both were chosen on simulated streams.
    package init(isOrdered: Bool = false) {
        self.isOrdered = isOrdered
        alpha = isOrdered ? 0.006 : 0.025
    }

    /// Adds an hour's counts and looks; returns what is told with it. Throws `lengthMismatch` for an
    /// hour of another width, `negativeCount`, or `invalidArgument` for more than an Int holds, and
    /// then nothing is added.
    package mutating func append(_ hour: [Int]) throws(StatisticsError) -> [ChangePoint] {
        guard hour.count == counts.first?.count ?? hour.count else { throw .lengthMismatch }
        guard hour.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
        _ = try sum(counts.flatMap(\.self) + hour)
        counts.append(hour)
        if counts.count > Self.memory {
            counts.removeFirst()
            forgotten += 1
            start = max(start, forgotten)
        }
        guard let point = changePoint() else { return [] }
        start = point.hour
        guard !told.contains(where: { abs($0.hour - point.hour) <= Self.margin }) else { return [] }
        told.append(point)
        return [point]
    }

    /// The change that the last hours show, if they do.
    private func changePoint() -> ChangePoint? {
        let sums = HourlySums(withoutLoneHours(counts))
        let (first, last) = (start - forgotten, sums.hours)
        let earliest = first + Self.shortest.past
        guard sums.width > 1, last >= Self.firstHours, earliest <= last - Self.shortest.window
        else {
            return nil
        }
        let test = WindowTest(sums, alpha: alpha / Double(last), isOrdered: isOrdered)
        let places = Array(earliest...(last - Self.shortest.window))
        let excesses = places.map {
            test.excess(sums.counts(first, $0), sums.counts($0, last), hours: last - $0)
        }
        guard let largest = excesses.max(), largest > 1,
            let best = excesses.firstIndex(of: largest),
            isCarried(test, sums, first..<places[best], largest)
        else { return nil }
        // A likelihood within e² of the best: 4 of the statistic.
        let limit = largest - 4 / test.critical
        let low = places[...best].lastIndex { excesses[$0 - earliest] < limit } ?? -1
        let high = places[best...].firstIndex { excesses[$0 - earliest] < limit } ?? places.count
        return ChangePoint(
            hour: places[best] + forgotten,
            range: (places[low + 1] + forgotten)...(places[high - 1] + forgotten))
    }

    /// False: one bad hour makes the difference. The window without the hour that departs most from
    /// the past must still depart from it.
    private func isCarried(
        _ test: WindowTest, _ sums: HourlySums, _ past: Range<Int>, _ excess: Double
    ) -> Bool {
        let before = sums.counts(past.lowerBound, past.upperBound)
        let hours = (past.upperBound..<sums.hours).map { sums.counts($0, $0 + 1) }
        let worst = hours.max {
            test.excess(before, $0, hours: 1) < test.excess(before, $1, hours: 1)
        }
        let all = sums.counts(past.upperBound, sums.hours)
        let rest = zip(all, worst ?? all).map { $0 - $1 }
        let part = Self.carried.part * Double(hours.count - 1) / Double(hours.count)
        let least = chiSquareUpperQuantile(Self.carried.alpha, degreesOfFreedom: 1) / test.critical
        return test.excess(before, rest, hours: hours.count) > max(least, part * excess)
    }
}

/// How far two windows depart from each other, in units of what is believed.
private struct WindowTest {
    /// The critical value of one degree of freedom.
    let critical: Double
    private let wholeCritical: Double
    private let isOrdered: Bool
    /// Over-dispersion by window length: of all but the move, and of the move.
    private var dispersions: [(rest: Double, move: Double)] = []

    private static let lengths = [1, 2, 4, 8, 16]
    private static let day = 24

    init(_ sums: HourlySums, alpha: Double, isOrdered: Bool) {
        let degrees = Double(sums.width - 1)
        // With one degree of freedom the move is all there is.
        self.isOrdered = isOrdered && degrees > 1
        let level = self.isOrdered ? alpha / 2 : alpha
        critical = chiSquareUpperQuantile(alpha / 2, degreesOfFreedom: 1)
        wholeCritical = chiSquareUpperQuantile(level, degreesOfFreedom: degrees)
        let usual = (
            rest: chiSquareUpperQuantile(
                0.5, degreesOfFreedom: self.isOrdered ? degrees - 1 : degrees),
            move: chiSquareUpperQuantile(0.5, degreesOfFreedom: 1)
        )
        var former = (rest: 1.0, move: 1.0)
        for length in Self.lengths {
            let places = stride(
                from: Self.day, through: sums.hours - length, by: max(1, length / 4))
            let past = places.map {
                parts(sums.counts($0 - Self.day, $0), sums.counts($0, $0 + length))
            }
            former.rest = max(former.rest, median(past.map(\.rest)) / usual.rest)
            former.move = max(former.move, median(past.map(\.move)) / usual.move)
            dispersions.append(former)
        }
    }

    /// Above 1: believed. The second window has so many hours.
    func excess(_ a: [Double], _ b: [Double], hours: Int) -> Double {
        let place = Self.lengths.lastIndex { $0 <= hours } ?? 0
        let (found, usual) = (parts(a, b), dispersions[place])
        let (move, rest) = (found.move / usual.move, found.rest / usual.rest)
        return max((move + rest) / wholeCritical, move / critical)
    }

    private func parts(_ a: [Double], _ b: [Double]) -> (rest: Double, move: Double) {
        let whole = departure(a, b)
        let moved = isOrdered ? min(whole, move(a, b)) : 0
        return (whole - moved, moved)
    }
}

private func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
}
