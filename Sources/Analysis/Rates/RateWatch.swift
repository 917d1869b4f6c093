import Model
import RealModule
import Statistics

/// A rate whose evidence reached its limit.
struct RateAlarm: Sendable {
    let measure: RateMeasure
    let segment: Segment
    let since: Instant
    let events: Int
    let trials: Int
    let lnR: Double
    let lnLimit: Double
}

/// What detectors of latencies and failures look at.
struct RateWatch: Sendable {
    var alarms: [RateAlarm] = []
    var usual: UsualHour?
    /// What happened since the first of the changes, or for two hours; empty without alarms.
    var recent: [Segment: Tally] = [:]

    /// The span of `recent`; nil: there is nothing to tell.
    static func recent(of alarms: [RateAlarm], until end: Instant) -> Span? {
        guard let first = alarms.map(\.since).min() else { return nil }
        let earliest = end.advanced(by: -2 * Instant.microsecondsPerHour)
        let since = Window(.fiveMinutes, containing: max(first, earliest)).start
        return since < end ? Span(since: since, until: end) : nil
    }

    /// An alarm ends when what happened of late is within what is tolerated: rare events take long
    /// to lower the evidence.
    mutating func dropWhatIsOver() {
        alarms = alarms.filter { alarm in
            guard let now = counted(alarm.measure, in: alarm.segment, excluding: alarm.since) else {
                return true
            }
            return Double(now.events) > now.tolerated * Double(now.trials)
        }
    }

    /// What happened of late of a measure, beside what is tolerated; nil: nothing did, or too little
    /// is known.
    func counted(
        _ measure: RateMeasure, in segment: Segment, excluding excluded: Instant? = nil
    ) -> CountedRate? {
        guard let tally = recent[segment] else { return nil }
        return usual?.counted(measure, tally, in: segment, excluding: excluded)
    }

    func alarms(_ isWanted: (RateMeasure) -> Bool) -> [RateAlarm] {
        alarms.filter { isWanted($0.measure) }
    }
}

extension AnalysisState {
    /// The rates of a plan that rose.
    func rateAlarms(of plan: Plan) -> [RateAlarm] {
        let limit = rateLimit
        let changes = rates.filter { $0.target == plan.target && $0.plan == plan.name }
            .compactMap { stream -> RateAlarm? in
                guard let measure = RateMeasure(stream.measure), let change = RateChange(stream),
                    let segment = Segment(stream.segment)
                else { return nil }
                return RateAlarm(
                    measure: measure, segment: segment, since: change.since,
                    events: change.events, trials: change.trials, lnR: change.lnR, lnLimit: limit)
            }
        return changes.filter { !$0.measure.isPaired && $0.lnR >= limit }
            + paired(changes.filter(\.measure.isPaired))
    }

    /// Pairs are judged by the mean of all criteria; who carries it is told.
    private func paired(_ changes: [RateAlarm]) -> [RateAlarm] {
        Dictionary(grouping: changes) { $0.measure.control ?? "" }.values.compactMap { group in
            let mean =
                lnSumExp(group.map(\.lnR)) - .log(Double(pairedQuantiles.count))
            guard mean >= rateLimit else { return nil }
            return group.max {
                ($0.lnR, $1.measure.description) < ($1.lnR, $0.measure.description)
            }
        }
    }
}

extension RateMeasure {
    /// The target that a pair is compared with.
    var control: String? {
        if case .paired(let control, _) = self { control } else { nil }
    }

    var quantile: Double? {
        switch self {
        case .slow(_, let quantile), .paired(_, let quantile): quantile
        case .failed: nil
        }
    }

    var phase: Phase? {
        if case .slow(let phase, _) = self { phase } else { nil }
    }
}
