import Analysis
import Model
import Storage

/// What a drift report reads beside tallies.
extension PlanEvidence {
    /// The cohort hour by hour, back to a week before the span, and the payloads of some spans.
    mutating func readDrift(
        over span: Span, of parts: [Span], isBaseline: Bool, watermark: Instant?, from store: Store
    ) throws {
        contents = try store.contents(in: parts, plan: plan.name, target: target)
        guard !isBaseline, let watermark else { return }
        let hour = Instant.microsecondsPerHour
        let end = Window(.hour, containing: min(span.until, watermark)).start
        let since = max(span.since, end.advanced(by: -28 * Instant.microsecondsPerDay))
        let first = Window(.hour, containing: since).start.advanced(by: -7 * 24 * hour)
        let rollups = try store.rollups(
            size: .hour, in: Span(since: first, until: end), target: target, plan: plan.name,
            shapes: [[]])
        for rollup in rollups where rollup.key.segment == .everyone {
            let number = rollup.key.window.start.microseconds / hour
            hours[number] = rollup.tally.counts.filter {
                $0.key.population == .cohort && $0.key.outcome.isResolved
            }
        }
    }
}
