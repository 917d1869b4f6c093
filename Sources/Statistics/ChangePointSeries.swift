/// Change points as hours come in, each told once and never taken back: whether the last hours
/// depart from those since the last change point.
///
/// At each hour t the departure of the hours [s, t) from [start, s) is taken for every s, in the
/// ways and against the over-dispersion that `WindowTest` describes (the generalised likelihood
/// ratio of Siegmund, Venkatraman, Ann. Stat. 23, 1995). A change is told when the largest exceeds
/// the upper α/t quantile of chi-square, and when it is not owed to one hour.
///
/// O(t K) an hour, t at most four weeks: some milliseconds.
package struct ChangePointSeries: Hashable, Sendable {
    private let isOrdered: Bool
    /// The hours that are looked back on, the first one being `forgotten` hours old.
    private var counts: [[Int]] = []
    /// The same without lone hours.
    private var kept: [[Int]] = []
    private var forgotten = 0
    /// The hour since which nothing changed.
    private var start = 0
    private var past: PastWindows
    package private(set) var told: [ChangePoint] = []

    private static let memory = 24 * 28
    /// Looks are at α/t. Windows of many lengths are looked at, which makes about 0.04 of it
    /// in a fortnight; chosen on simulated streams.
    private static let alpha = 0.007
    /// Before three days day and night are no change.
    private static let firstHours = 72
    /// Whether the stream's first hours are bad ones is not known, and a day of them hides it.
    private static let firstPast = 24
    /// Hours of the shortest past and of the shortest window.
    private static let shortest = (past: 3, window: 2)
    /// Locations that near are the same one.
    private static let margin = 6
    /// Whether an hour is alone is known after so many, and depends on as many before.
    private static let neighbours = 3
    /// What the window must still show without its worst hour: this level, and this part of what the
    /// other hours would hold if all were alike.
    private static let carried = (alpha: 0.2, part: 0.4)

    /// Ordered: categories ascend, as those of a histogram do.
    package init(isOrdered: Bool = false) {
        self.isOrdered = isOrdered
        past = PastWindows(memory: Self.memory)
    }

    /// Adds an hour's counts and looks; returns what is told with it. Throws `lengthMismatch` for an
    /// hour of another width, `negativeCount`, or `invalidArgument` for more than an Int holds, and
    /// then nothing is added.
    package mutating func append(_ hour: [Int]) throws(StatisticsError) -> [ChangePoint] {
        guard hour.count == counts.first?.count ?? hour.count else { throw .lengthMismatch }
        guard hour.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
        _ = try sum(counts.flatMap(\.self) + hour)
        add(hour)
        let sums = HourlySums(kept, keepsAll: true)
        let ways = WaysToDepart(sums, isOrdered: isOrdered)
        let judged = forgotten + sums.hours - Self.neighbours
        past.add(sums, from: forgotten, until: judged, ways)
        guard let point = changePoint(sums, ways) else { return [] }
        start = point.hour
        guard !told.contains(where: { abs($0.hour - point.hour) <= Self.margin }) else { return [] }
        told.append(point)
        return [point]
    }

    private mutating func add(_ hour: [Int]) {
        counts.append(hour)
        kept.append(hour)
        // The hours that this one may show to be alone.
        let judged = withoutLoneHours(Array(counts.suffix(2 * Self.neighbours + 1)))
            .suffix(Self.neighbours + 1)
        kept.replaceSubrange((kept.count - judged.count)..., with: judged)
        guard counts.count > Self.memory else { return }
        counts.removeFirst()
        kept.removeFirst()
        forgotten += 1
        start = max(start, forgotten)
    }

    /// The change that the last hours show, if they do.
    private func changePoint(_ sums: HourlySums, _ ways: WaysToDepart) -> ChangePoint? {
        let (first, last) = (start - forgotten, sums.hours)
        let earliest = max(first + Self.shortest.past, Self.firstPast - forgotten)
        guard ways.degrees > 0, last >= Self.firstHours, earliest <= last - Self.shortest.window
        else {
            return nil
        }
        let test = WindowTest(ways, past.dispersions(ways), alpha: Self.alpha / Double(last))
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
