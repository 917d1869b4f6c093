package import Model

/// How a span is read: closed, aligned windows from rollups, the longest that fit; the edges and
/// whatever lies after the watermark from rows. The parts are disjoint and make up the span.
package struct Cover: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        package let size: WindowSize
        package let span: Span
    }

    /// What is covered: the span that was asked for, its start moved back to that of the hour or the
    /// day where retention has left nothing finer.
    package let span: Span
    package private(set) var rollups: [Part] = []
    package private(set) var rows: [Span] = []

    /// Assumes that every window of every size that ended by the watermark is rolled up, but for
    /// those that are beyond the horizon.
    package init(_ asked: Span, watermark: Instant?, horizon: Horizon = Horizon()) {
        let since = horizon.reachable(asked.since)
        span = Span(since: since, until: max(since, horizon.reachable(asked.until)))
        guard let watermark, span.since < watermark else {
            addRows(span.since, span.until)
            return
        }
        cover(
            Span(since: span.since, until: min(span.until, watermark)), size: .day, horizon)
        addRows(max(span.since, min(span.until, watermark)), span.until)
    }

    /// Covers a span with windows of one size, its edges with shorter ones.
    private mutating func cover(_ span: Span, size: WindowSize, _ horizon: Horizon) {
        let containing = Window(size, containing: span.since)
        let start = containing.start == span.since ? span.since : containing.end
        let end = Window(size, containing: span.until).start
        guard start < end else {
            coverEdge(span, below: size, horizon)
            return
        }
        coverEdge(Span(since: span.since, until: start), below: size, horizon)
        rollups.append(Part(size: size, span: Span(since: start, until: end)))
        coverEdge(Span(since: end, until: span.until), below: size, horizon)
    }

    private mutating func coverEdge(_ span: Span, below size: WindowSize, _ horizon: Horizon) {
        guard span.since < span.until else { return }
        guard let shorter = size.source else {
            addRows(span.since, span.until)
            return
        }
        if horizon[shorter] ?? span.since <= span.since {
            cover(span, size: shorter, horizon)
        } else {
            coverEdge(span, below: shorter, horizon)
        }
    }

    private mutating func addRows(_ since: Instant, _ until: Instant) {
        if since < until { rows.append(Span(since: since, until: until)) }
    }
}

extension Horizon {
    /// The instant itself where rows are left, else the start of the shortest window around it that
    /// is.
    fileprivate func reachable(_ instant: Instant) -> Instant {
        if rows ?? instant <= instant { return instant }
        for size in WindowSize.allCases {
            let start = Window(size, containing: instant).start
            if self[size] ?? start <= start { return start }
        }
        return instant
    }
}

extension Horizon {
    /// The first instant at or after one from which on all is told by rows, or windows that are left:
    /// nothing from before it is counted.
    package func wholeFrom(_ instant: Instant) -> Instant {
        if rows ?? instant <= instant { return instant }
        for size in WindowSize.allCases {
            let window = Window(size, containing: instant)
            let start = window.start == instant ? instant : window.end
            if self[size] ?? start <= start { return start }
        }
        return instant
    }
}
