package import Model

/// The parts of a baseline that a span is held against: the same hours of the week where it has
/// them, so that the target's own rhythm is in both; else the same hours of the day; else all of it.
package struct LikeHours: Hashable, Sendable {
    package let kind: DriftRow.Hours
    /// The latest first; not empty.
    package let spans: [Span]

    package init(of span: Span, in baseline: Span) {
        for (kind, period) in [
            (DriftRow.Hours.ofWeek, 7 * Instant.microsecondsPerDay),
            (.ofDay, Instant.microsecondsPerDay),
        ] {
            let spans = Self.shifted(span, into: baseline, by: period)
            if !spans.isEmpty {
                self.kind = kind
                self.spans = spans
                return
            }
        }
        kind = .all
        spans = [baseline]
    }

    /// From the first of them to the last.
    package var whole: Span {
        Span(since: spans[spans.count - 1].since, until: spans[0].until)
    }

    /// The span moved by whole periods, wherever it then lies within the baseline; no two overlap.
    private static func shifted(_ span: Span, into baseline: Span, by period: Int64) -> [Span] {
        let length = span.since.distance(to: span.until)
        let step = max(1, -(-length).flooredDivision(by: period))
        var count = -(span.until.distance(to: baseline.until)).flooredDivision(by: period)
        var spans: [Span] = []
        while true {
            let since = span.since.advanced(by: -count * period)
            guard since >= baseline.since, length > 0 else { return spans }
            spans.append(Span(since: since, until: since.advanced(by: length)))
            count += step
        }
    }
}
