import Model

/// What a report is asked for; nil means its default.
struct ReportQuestion {
    enum Baseline {
        case between(Moment, Moment)
        /// As long as this, ending where the report begins. Microseconds.
        case before(Int64)
        /// From here, as long as the report.
        case from(Instant)
    }

    var kind: ReportKind
    var since: Moment?
    var until: Moment?
    var baseline: Baseline?
    var experience: String?
    /// One or two; empty: the kind's own choice.
    var dimensions: [String] = []
    /// What charts need is read too.
    var isDrawn = false

    init(kind: ReportKind) {
        self.kind = kind
    }

    static let defaultMicroseconds = Instant.microsecondsPerDay

    /// The report's interval: `--since` to `--until`, by default the last 24 h.
    func span(now: Instant) -> Span {
        let end = until?.instant(now: now) ?? now
        let start: Instant
        switch since {
        case .at(let instant): start = instant
        case .back(let span): start = Self.begin(now.advanced(by: -span))
        case nil: start = Self.begin(end.advanced(by: -Self.defaultMicroseconds))
        }
        return Span(since: start, until: end)
    }

    /// A span back is as long as that, and begins with a window: it is read from rollups, not rows.
    private static func begin(_ instant: Instant) -> Instant {
        Window(.fiveMinutes, containing: instant).start
    }

    /// The interval shown beside it.
    func baselineSpan(of span: Span, now: Instant) -> Span? {
        switch baseline {
        case nil: nil
        case .between(let a, let b): Span(since: a.instant(now: now), until: b.instant(now: now))
        case .before(let length): Span(since: span.since.advanced(by: -length), until: span.since)
        case .from(let instant):
            Span(
                since: instant,
                until: instant.advanced(by: span.since.distance(to: span.until)))
        }
    }
}
