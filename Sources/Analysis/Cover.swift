package import Model

/// How a span is read: closed, aligned windows from rollups, the longest that fit; the edges and
/// whatever lies after the watermark from rows. The parts are disjoint and make up the span.
package struct Cover: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        package let size: WindowSize
        package let span: Span
    }

    package private(set) var rollups: [Part] = []
    package private(set) var rows: [Span] = []

    /// Assumes that every window of every size that ended by the watermark is rolled up.
    package init(_ span: Span, watermark: Instant?) {
        guard let watermark, span.since < watermark else {
            addRows(span.since, span.until)
            return
        }
        cover(Span(since: span.since, until: min(span.until, watermark)), size: .day)
        addRows(max(span.since, min(span.until, watermark)), span.until)
    }

    /// Covers a span with windows of one size, its edges with shorter ones.
    private mutating func cover(_ span: Span, size: WindowSize) {
        let containing = Window(size, containing: span.since)
        let start = containing.start == span.since ? span.since : containing.end
        let end = Window(size, containing: span.until).start
        guard start < end else {
            coverEdge(span, below: size)
            return
        }
        coverEdge(Span(since: span.since, until: start), below: size)
        rollups.append(Part(size: size, span: Span(since: start, until: end)))
        coverEdge(Span(since: end, until: span.until), below: size)
    }

    private mutating func coverEdge(_ span: Span, below size: WindowSize) {
        if let shorter = size.source {
            cover(span, size: shorter)
        } else {
            addRows(span.since, span.until)
        }
    }

    private mutating func addRows(_ since: Instant, _ until: Instant) {
        if since < until { rows.append(Span(since: since, until: until)) }
    }
}
