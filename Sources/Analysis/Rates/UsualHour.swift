import Model
import Statistics

/// What is usual for one plan at one hour of the week.
///
/// Of the same hour of the weeks before, where there are two of them and they are enough; else also
/// of that hour and its neighbours of the days before. Calibrated, not proven: it takes for granted
/// that the past repeats itself.
struct UsualHour: Sendable {
    /// A quantile as it usually is, in microseconds.
    struct Latency: Hashable, Sendable {
        let value: Double
        /// Up to where it is no cause for alarm.
        let limit: Double
        /// The least and the greatest of the hours before.
        let low: Double
        let high: Double
        /// Answers that it was learned from.
        let n: Int
        let knowsTheWeek: Bool
    }

    /// A share of failed results.
    struct Failures: Hashable, Sendable {
        let share: Double
        let limit: Double
        let n: Int
    }

    let thresholds: Thresholds
    private var blocks: [Segment: [HourBlock]] = [:]
    /// What was reckoned already: every window of the hour asks the same.
    private var limits: [Question: Double?] = [:]

    private struct Question: Hashable {
        let measure: RateMeasure
        let segment: Segment
        let excluded: Instant?
    }

    init(thresholds: Thresholds) {
        self.thresholds = thresholds
    }

    mutating func add(_ block: HourBlock, to segment: Segment) {
        blocks[segment, default: []].append(block)
    }

    /// Level of the limits of what was learned.
    private static let alpha = 0.02
    /// Level at which a single hour surely had been so slow already.
    private static let blockAlpha = 0.1

    /// Nil: too little is known. Hours from `excluded` on do not count.
    func latency(
        _ quantile: Double, of phase: Phase, in segment: Segment, excluding excluded: Instant? = nil
    ) -> Latency? {
        let held = held(in: segment, excluding: excluded).filter { $0.phases[phase] != nil }
        let weekly = held.filter(\.isOfTheWeek)
        return
            (weekly.count >= 2
            ? latency(quantile, of: weekly.map { $0.phases[phase] }, knowsTheWeek: true) : nil)
            ?? latency(quantile, of: held.map { $0.phases[phase] }, knowsTheWeek: false)
    }

    /// The limit is the threshold's, beyond what chance does to a sample, and beyond what an hour
    /// before surely had.
    private func latency(
        _ quantile: Double, of hours: [QuantileSketch?], knowsTheWeek: Bool
    ) -> Latency? {
        let hours = hours.compactMap { $0 }
        var all = QuantileSketch()
        for hour in hours { all.merge(hour) }
        let rank = quantileRanks(n: all.count, quantile: quantile, alpha: Self.alpha).upper
        guard let value = all.quantile(quantile),
            let upper = rank.flatMap({ all.value(atRank: $0 - 1) })
        else { return nil }
        let surely = hours.compactMap { hour in
            lowerRank(n: hour.count, quantile: quantile).flatMap { hour.value(atRank: $0) }
        }
        let each = hours.compactMap { $0.quantile(quantile) }
        return Latency(
            value: value,
            limit: max(thresholds.limit(ofLatency: value), upper, surely.max() ?? 0),
            low: each.min() ?? value, high: each.max() ?? value, n: all.count,
            knowsTheWeek: knowsTheWeek)
    }

    /// The rank (from 0) that the quantile lies above in 19 of 20 samples, by the normal
    /// approximation: there are thousands of them an hour. Nil: the sample is too small.
    private func lowerRank(n: Int, quantile: Double) -> Int? {
        let mean = Double(n) * quantile
        let deviation = (mean * (1 - quantile)).squareRoot()
        return deviation < 3 ? nil : Int(mean - 1.645 * deviation) - 1
    }

    /// Nil: too little is known.
    func failures(in segment: Segment, excluding excluded: Instant? = nil) -> Failures? {
        let held = held(in: segment, excluding: excluded)
        let asked = held.reduce(0) { $0 + $1.asked }
        let failed = held.reduce(0) { $0 + $1.failed }
        guard asked >= Self.leastResults,
            let all = try? clopperPearsonInterval(
                successes: failed, trials: asked, alpha: Self.alpha)
        else { return nil }
        let share = Double(failed) / Double(asked)
        let tolerated = max(share + thresholds.failures, all.upper)
        let surely = held.compactMap { hour -> Double? in
            guard Double(hour.failed) > tolerated * Double(hour.asked) else { return nil }
            return
                (try? clopperPearsonInterval(
                    successes: hour.failed, trials: hour.asked, alpha: Self.blockAlpha))?.lower
        }
        let limit = max(tolerated, surely.max() ?? 0)
        return limit < 1 ? Failures(share: share, limit: limit, n: asked) : nil
    }

    private static let leastResults = 100

    /// What a tally has of a measure beyond what is usual; nil: nothing, or too little is known.
    func counted(
        _ measure: RateMeasure, _ tally: Tally, in segment: Segment, excluding excluded: Instant?
    ) -> CountedRate? {
        limit(of: measure, in: segment, excluding: excluded).flatMap {
            counted(measure, tally, in: segment, limit: $0)
        }
    }

    /// The same, remembered.
    mutating func remembered(
        _ measure: RateMeasure, _ tally: Tally, in segment: Segment, excluding excluded: Instant?
    ) -> CountedRate? {
        let question = Question(measure: measure, segment: segment, excluded: excluded)
        let known = limits[question] ?? limit(of: measure, in: segment, excluding: excluded)
        limits[question] = .some(known)
        return known.flatMap { counted(measure, tally, in: segment, limit: $0) }
    }

    private func limit(
        of measure: RateMeasure, in segment: Segment, excluding excluded: Instant?
    ) -> Double? {
        switch measure {
        case .slow(let phase, let quantile):
            latency(quantile, of: phase, in: segment, excluding: excluded)?.limit
        case .failed: failures(in: segment, excluding: excluded)?.limit
        case .paired: nil
        }
    }

    private func counted(
        _ measure: RateMeasure, _ tally: Tally, in segment: Segment, limit: Double
    ) -> CountedRate? {
        switch measure {
        case .slow(let phase, let quantile):
            guard let sketch = tally.phases[phase], sketch.count > 0 else { return nil }
            return CountedRate(
                segment: segment, measure: measure,
                events: sketch.count - sketch.count(atMost: limit), trials: sketch.count,
                tolerated: 1 - quantile)
        case .failed:
            guard tally.asked > 0 else { return nil }
            return CountedRate(
                segment: segment, measure: measure,
                events: tally.failures.values.reduce(0, +), trials: tally.asked,
                tolerated: limit)
        case .paired: return nil
        }
    }

    private func held(in segment: Segment, excluding excluded: Instant?) -> [HourBlock] {
        let all = blocks[segment] ?? []
        guard let excluded else { return all }
        let first = Window(.hour, containing: excluded).start
        return all.filter { $0.start < first }
    }
}
