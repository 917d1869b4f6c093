import Model
import RealModule
import Statistics

/// A rate that was counted in one window: events, and how many of the trials are tolerated.
struct CountedRate {
    let segment: Segment
    let measure: RateMeasure
    let events: Int
    let trials: Int
    let tolerated: Double
}

/// A slow quantile of all that are watched is one of these.
let watchedQuantiles = [0.5, 0.95, 0.99]

/// The phases that everyone's rollups have, and that an answer is made of.
private let watchedPhases: [Phase] = [.latency, .dns, .connect, .tls, .firstByte, .transfer]

extension AnalysisState {
    /// Counts what a window shows of a plan: answers that took longer than is usual, and failed
    /// results, by segment.
    func rates(
        _ evidence: PlanEvidence, beside usual: inout UsualHour, at instant: Instant
    ) -> [CountedRate] {
        evidence.tallies.flatMap { segment, tally in
            let phases = segment == .everyone ? watchedPhases : [.latency]
            let measures =
                phases.flatMap { phase in
                    watchedQuantiles.map { RateMeasure.slow(phase, quantile: $0) }
                } + [.failed]
            return measures.compactMap { measure in
                usual.remembered(
                    measure, tally, in: segment,
                    excluding: alarmedSince(evidence.scope, segment, measure, at: instant))
            }
        }
    }

    /// Shows a window's counts to the detectors of a plan's rates. Resting ones are forgotten: from
    /// nothing on, evidence is never larger than it would be.
    mutating func watch(_ counted: [CountedRate], of scope: PlanScope, in window: Window) {
        let hour = Analysis.hour(of: window.start)
        let limit = rateLimit
        for rate in counted {
            guard let alternatives = try? SplitAlternatives(above: rate.tolerated) else { continue }
            let place = ratePlace(scope, rate.segment, rate.measure)
            var detector = SplitChangeStream(of: alternatives)
            if place.isHeld { detector = SplitChangeStream(rates[place.index]) }
            detector.add(
                [rate.events, rate.trials - rate.events], in: hour, of: alternatives,
                ceiling: limit + Self.rateHeadroom, riseCeiling: limit + Self.rateHeadroom,
                gainLimit: rate.measure.isPaired ? .infinity : limit * Self.windowShare)
            let isAtRest = detector.rise.allSatisfy { $0 == 0 }
            if place.isHeld { rates.remove(at: place.index) }
            guard !isAtRest else { continue }
            rates.insert(
                RateStream(
                    target: scope.target, plan: scope.plan, segment: rate.segment.description,
                    measure: rate.measure.description, lnR: detector.lnR.map(rounded),
                    rise: detector.rise.map(rounded), start: detector.start,
                    since: detector.counts, hour: hour), at: place.index)
        }
    }

    /// No window alone reaches the limit, however many answers it has: within minutes they are not
    /// independent, and a burst is no regression.
    private static let windowShare = 0.6

    /// So far above its limit evidence is let rise: the end of a trouble is seen to be soon.
    private static let rateHeadroom = 3.0

    /// ln of the run length of all rates together: ten years.
    var rateLimit: Double { changeLimit(streams: watchedRates) }

    /// The change of a rate that is told now, unless that is so long ago that it is usual by now.
    private func alarmedSince(
        _ scope: PlanScope, _ segment: Segment, _ measure: RateMeasure, at instant: Instant
    ) -> Instant? {
        let place = ratePlace(scope, segment, measure)
        guard place.isHeld, let change = RateChange(rates[place.index]), change.lnR >= rateLimit,
            change.since.distance(to: instant) < Self.newUsual
        else { return nil }
        return change.since
    }

    /// What lasts so long is the new usual.
    private static let newUsual = 7 * Instant.microsecondsPerDay

    private func ratePlace(
        _ scope: PlanScope, _ segment: Segment, _ measure: RateMeasure
    ) -> (index: Int, isHeld: Bool) {
        let wanted = (scope.target, scope.plan, segment.description, measure.description)
        var (low, high) = (0, rates.count)
        while low < high {
            let middle = (low + high) / 2
            if order(rates[middle]) < wanted { low = middle + 1 } else { high = middle }
        }
        return (low, low < rates.count && order(rates[low]) == wanted)
    }
}

private func order(_ stream: RateStream) -> (String, String, String, String) {
    (stream.target, stream.plan, stream.segment, stream.measure)
}

/// Downwards: evidence is never rounded up.
private func rounded(_ evidence: Double) -> Double { (evidence * 1_000).rounded(.down) / 1_000 }

extension SplitChangeStream {
    fileprivate init(_ stream: RateStream) {
        self.init(
            lnR: stream.lnR, rise: stream.rise, start: stream.start, counts: stream.since,
            step: stream.hour)
    }
}

extension RateMeasure {
    var isPaired: Bool {
        if case .paired = self { true } else { false }
    }
}

/// Where the evidence that a rate rose has got to.
struct RateChange {
    let lnR: Double
    let since: Instant
    let events: Int
    let trials: Int

    init?(_ stream: RateStream) {
        let detector = SplitChangeStream(stream)
        guard let change = detector.change, change.counts.count == 2 else { return nil }
        lnR = detector.lnMeanEvidence
        since = start(ofHour: change.step)
        events = change.counts[0]
        trials = change.counts.reduce(0, +)
    }
}
