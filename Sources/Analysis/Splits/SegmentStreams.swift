import Model
import RealModule
import Statistics

/// Every split is watched for changes in every segment that is rolled up: everyone, each value of a
/// dimension, and the pairs that the plan names.
extension EpochSplit {
    /// Adds the subjects of a window to the tests and streams of a split, whose row since the epoch
    /// is `row`. `tallies` are the window's, by segment. Returns a point of the path, if the window
    /// brought subjects.
    mutating func watch(
        _ row: SplitRow, _ tallies: [Segment: Tally], in window: Window, lnLimit: Double
    ) -> SplitPoint? {
        guard row.chiSquare != nil, let lnE = splitEvidence(row.arms) else { return nil }
        let everyone = counts(of: row, in: tallies[.everyone] ?? Tally())
        guard everyone.contains(where: { $0.count > 0 }) else { return nil }
        let test = note(lnE, of: row.audience ?? "", at: window.end)
        let stated = row.arms.filter { ($0.allocation ?? 0) > 0 }
        // A ramp's steps are epochs by themselves: an edit of its split is its detector's.
        if ramp == nil, stated.count > 1,
            let alternatives = try? SplitAlternatives(of: normalized(stated))
        {
            let hour = Analysis.hour(of: window.start)
            for (segment, tally) in tallies {
                let seen = counts(of: row, in: tally)
                let own = stated.map { arm in
                    seen.first { $0.variation == arm.variation }?.count ?? 0
                }
                guard own.contains(where: { $0 > 0 }) else { continue }
                add(
                    own, to: segment, of: row.audience ?? "", hour, alternatives,
                    ceiling: lnLimit + Self.headroom)
            }
        }
        return SplitPoint(
            start: window.start, target: target, plan: plan, experience: experience,
            audience: row.audience ?? "", since: since, epoch: epoch,
            arms: Dictionary(
                row.arms.map { ($0.variation, $0.observed) }, uniquingKeysWith: { $1 }),
            lnE: test.lnE, lnEMax: test.lnEMax)
    }

    /// So far above its limit evidence is let rise: what was taken back is seen to be soon.
    private static let headroom = 3.0

    private mutating func note(_ lnE: Double, of audience: String, at instant: Instant) -> SplitTest
    {
        guard let place = tests.firstIndex(where: { $0.audience == audience }) else {
            let test = SplitTest(audience: audience, lnE: lnE, lnEMax: lnE, maxAt: instant)
            tests.append(test)
            tests.sort { $0.audience < $1.audience }
            return test
        }
        tests[place].lnE = lnE
        if lnE > tests[place].lnEMax {
            tests[place].lnEMax = lnE
            tests[place].maxAt = instant
        }
        return tests[place]
    }

    private mutating func add(
        _ counts: [Int], to segment: Segment, of audience: String, _ hour: Int64,
        _ alternatives: SplitAlternatives, ceiling: Double
    ) {
        let name = segment.description
        let place = streams.partition { ($0.audience, $0.segment) >= (audience, name) }
        let isKnown =
            place < streams.count && streams[place].audience == audience
            && streams[place].segment == name
        if !isKnown {
            streams.insert(
                SegmentStream(
                    audience: audience, segment: name, counts: counts.map { _ in 0 }, hour: hour,
                    firstHour: hour), at: place)
        }
        var detector =
            isKnown && streams[place].lnR.count == alternatives.count
            ? SplitChangeStream(streams[place]) : SplitChangeStream(of: alternatives)
        detector.add(counts, in: hour, of: alternatives, ceiling: ceiling)
        streams[place].take(detector, adding: counts, in: hour)
    }
}

extension SegmentStream {
    fileprivate mutating func take(
        _ detector: SplitChangeStream, adding more: [Int], in hour: Int64
    ) {
        if counts.count == more.count {
            for index in more.indices { counts[index] += more[index] }
        } else {
            counts = more
        }
        lnR = detector.lnR
        rise = detector.rise
        start = detector.start
        since = detector.counts
        self.hour = hour
    }
}

extension SplitChangeStream {
    init(_ stream: SegmentStream) {
        self.init(
            lnR: stream.lnR, rise: stream.rise, start: stream.start, counts: stream.since,
            step: stream.hour)
    }
}

/// ln of the run length that is wanted of all streams together: ten years, in hours, for each.
func changeLimit(streams: Int) -> Double {
    .log(hoursInTenYears * Double(max(1, streams)))
}

/// Cohort subjects of a tally by the arm of a row that they are in.
func counts(of row: SplitRow, in tally: Tally) -> [(variation: String, count: Int)] {
    var sums: [String: Int] = [:]
    for (key, count) in tally.counts
    where key.experience == row.experience && key.population == .cohort && key.outcome.isResolved {
        if let audience = row.audience {
            guard key.outcome == .served, (key.audience ?? "") == audience else { continue }
            sums[key.variation ?? "", default: 0] += count
        } else {
            sums[key.outcome.rawValue, default: 0] += count
        }
    }
    return row.arms.map { ($0.variation, sums[$0.variation] ?? 0) }
}

/// Shares that sum to 1 exactly enough: percents are stated to six decimals.
func normalized(_ arms: [Arm]) -> [Double] {
    let shares = arms.map { $0.allocation ?? 0 }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
}

extension Array {
    /// The first place whose element, and all after it, hold; the array is sorted by that.
    fileprivate func partition(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
