package import Model
import Statistics

/// What a step of closing windows shows of one window.
struct Shown {
    let window: Window
    /// By window, those of the whole step.
    let tallies: [Instant: [PlanScope: [Segment: Tally]]]
    let flips: Flips
    let pairs: [Pairs.Key: [Pairs.Pair]]
    /// When the step begins: windows before it are in the store.
    let since: Instant
}

/// Latencies and failures.
extension WindowWork {
    /// Shows a window to the detectors of rates. Returns how many are watched.
    mutating func watchRates(
        _ evidence: inout PlanEvidence, _ shown: Shown
    ) throws -> Int {
        let scope = evidence.scope
        var hour = try usual.usual(
            of: scope, in: shown.window, thresholds: evidence.plan.thresholds, from: store)
        var counted = state.rates(evidence, beside: &hour, at: shown.window.start)
        usual.keep(hour, of: scope)
        for (key, pairs) in shown.pairs
        where key.plan == scope.plan && key.candidate == scope.target {
            let control = PlanScope(target: key.control, plan: key.plan)
            guard var before = try usual.before(shown.window, of: scope, from: store),
                let other = try usual.before(shown.window, of: control, from: store)
            else { continue }
            before.merge(other)
            counted += Pairs.counted(pairs, control: key.control, before: before)
        }
        state.watch(counted, of: scope, in: shown.window)
        evidence.rates.alarms = state.rateAlarms(of: evidence.plan)
        guard
            let recent = RateWatch.recent(of: evidence.rates.alarms, until: shown.window.end)
        else { return counted.count }
        evidence.rates.usual = hour
        evidence.rates.recent = try tallies(of: scope, in: recent, shown)
        evidence.rates.dropWhatIsOver()
        return counted.count
    }

    private func tallies(
        of scope: PlanScope, in span: Span, _ shown: Shown
    ) throws -> [Segment: Tally] {
        var sums: [Segment: Tally] = [:]
        if span.since < shown.since {
            let stored = try store.tallies(
                size: .fiveMinutes, in: Span(since: span.since, until: shown.since),
                target: scope.target, plan: scope.plan, shapes: nil)
            for (key, tally) in stored { sums[key.segment] = tally }
        }
        var start = max(span.since, shown.since)
        while start < span.until {
            for (segment, tally) in shown.tallies[start]?[scope] ?? [:] {
                sums[segment, default: Tally()].merge(tally)
            }
            start = Window(.fiveMinutes, containing: start).end
        }
        return sums
    }
}

/// Reports.
extension WindowWork {
    /// The time of which detectors need tallies at an instant; nil: no rate of the plan rose.
    package func risenSpan(of plan: Plan, until instant: Instant) -> Span? {
        RateWatch.recent(of: state.rateAlarms(of: plan), until: instant)
    }

    /// Puts the rates of a plan that rose beside what is usual at an instant, of the segments of
    /// some shapes. `recent` is what happened in `risenSpan`.
    package mutating func addRates(
        to evidence: inout PlanEvidence, recent: [Segment: Tally], shapes: [[String]],
        at instant: Instant
    ) throws {
        usual.shapes = shapes
        evidence.rates = RateWatch(
            alarms: state.rateAlarms(of: evidence.plan),
            usual: try usual.usual(
                of: evidence.scope,
                in: Window(.fiveMinutes, containing: instant.advanced(by: -1)),
                thresholds: evidence.plan.thresholds, from: store),
            recent: recent)
        evidence.rates.dropWhatIsOver()
    }
}
