package import Model
import RealModule
import Statistics

/// How results were after the present step of a ramp, and in the same hours of the day before: what
/// moves with the hour is the same in both.
package struct RampHealth: Sendable {
    package var ramp: Ramp
    package var before: Tally
    package var since: Tally

    package init(ramp: Ramp, before: Tally, since: Tally) {
        self.ramp = ramp
        self.before = before
        self.since = since
    }

    /// From the end of the step's grace on, and a day earlier: less than a day each, so that the former
    /// one ends before the step. Nil: no step is as old as its grace.
    package static func spans(of ramp: Ramp, at instant: Instant) -> (before: Span, since: Span)? {
        let day = Instant.microsecondsPerDay
        guard let step = ramp.step(at: instant) else { return nil }
        let tested = step.at.advanced(by: ramp.within)
        let length = min(tested.distance(to: instant), day - ramp.within)
        guard length > 0 else { return nil }
        let since = Span(since: tested, until: tested.advanced(by: length))
        return (
            Span(since: since.since.advanced(by: -day), until: since.until.advanced(by: -day)),
            since
        )
    }
}

/// A share of results that is worse since a step than it was before it.
struct RampWorsening {
    let before: Double
    let since: Double
    /// Distinct results since the step.
    let n: Int
    let lnE: Double

    /// Of errors and latency together, half of it for what the shares were before.
    static let alpha = 0.001
    private static let concentration = 10.0
    /// So much more counts, in results of all.
    private static let margin = 0.01
    private static let leastResults = 100

    /// The beta-binomial evidence of the step's results against the share before it that explains them
    /// best (`baselineShift`). Results of one bad minute come together, which it does not know: it is
    /// calibrated against the past, and a share must be half as large again and a point more to be
    /// told. Nil: it is not.
    init?(before: (events: Int, trials: Int), since: (events: Int, trials: Int)) {
        let level = Self.alpha / 4
        guard before.trials >= Self.leastResults, since.trials >= Self.leastResults,
            let shift = try? baselineShift(
                baselineSuccesses: before.events, baselineTrials: before.trials,
                currentSuccesses: since.events, currentTrials: since.trials,
                baselineAlpha: level, concentration: Self.concentration)
        else { return nil }
        self.before = Double(before.events) / Double(before.trials)
        self.since = Double(since.events) / Double(since.trials)
        n = since.trials
        lnE = shift.lnE
        guard self.since >= max(1.5 * self.before, self.before + Self.margin),
            lnE >= -.log(level)
        else { return nil }
    }
}

extension RampHealth {
    /// Answers of the ramp's experience that failed; nil: no more of them than before.
    var errors: RampWorsening? {
        func failed(_ tally: Tally) -> (events: Int, trials: Int) {
            tally.counts.reduce(into: (0, 0)) { sum, entry in
                guard entry.key.experience == ramp.experience else { return }
                sum.1 += entry.value
                if !entry.key.outcome.isResolved { sum.0 += entry.value }
            }
        }
        return RampWorsening(before: failed(before), since: failed(since))
    }

    /// Answers that took longer than a fifth more than 95 % of those before the step; nil: no more
    /// than 5 % of them, or no more than before.
    var slowness: (p95Us: Double, beforeUs: Double, worsening: RampWorsening)? {
        guard let former = before.phases[.latency], let sketch = since.phases[.latency],
            let usual = former.quantile(0.95), let present = sketch.quantile(0.95)
        else { return nil }
        let bound = usual * 1.2
        func slow(_ sketch: QuantileSketch) -> (events: Int, trials: Int) {
            (sketch.count - sketch.count(atMost: bound), sketch.count)
        }
        guard present > bound,
            let worsening = RampWorsening(before: slow(former), since: slow(sketch))
        else { return nil }
        return (present, usual, worsening)
    }
}
