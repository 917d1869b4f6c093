import Analysis
import Model
import Storage

/// Closes windows: rows become rollups, and the watermark moves, in one transaction a step. Several
/// may do so at once: whoever comes second to a window leaves it as it is.
struct Evaluator: Sendable {
    let store: Store
    /// Rolled segments of each plan: a sorted list of dimension names for each shape.
    let shapes: [String: [[String]]]

    /// At most this much time is rolled in one transaction: bounds memory after a long pause.
    private static let stepMicroseconds = 6 * Instant.microsecondsPerHour

    /// Closes every window that ends at or before `lowWater`. Returns how many results it rolled.
    @discardableResult
    func closeWindows(before lowWater: Instant) throws -> Int {
        let end = Window(.fiveMinutes, containing: lowWater).start
        var rolled = 0
        while true {
            let watermark = try store.watermark()
            guard let start = try watermark ?? store.earliestDue() else { return rolled }
            let from = Window(.fiveMinutes, containing: start).start
            guard from < end else { return rolled }
            let until = min(end, from.advanced(by: Self.stepMicroseconds))
            rolled += try close(Span(since: from, until: until), after: watermark)
        }
    }

    private func close(_ span: Span, after watermark: Instant?) throws -> Int {
        var roller = Roller(shapes: shapes)
        var count = 0
        try store.results(in: span, target: nil, plan: nil) {
            roller.add($0)
            count += 1
        }
        let fiveMinutes = roller.rollups()
        let hours = try widened(fiveMinutes, to: .hour, closing: span)
        let days = try widened(hours, to: .day, closing: span)
        let isCommitted = try store.commit(
            rollups: fiveMinutes + hours + days, watermark: span.until, after: watermark)
        return isCommitted ? count : 0
    }

    /// The longer windows that end within the span: merged from the fresh shorter ones and from
    /// those that were stored before it.
    private func widened(
        _ fresh: [Rollup], to size: WindowSize, closing span: Span
    ) throws -> [Rollup] {
        guard let source = size.source else { return [] }
        let first = Window(size, containing: span.since).start
        let end = Window(size, containing: span.until).start
        guard first < end else { return [] }
        let earlier = try store.rollups(
            size: source, in: Span(since: first, until: span.since), target: nil, plan: nil)
        let parts = (earlier + fresh).filter { $0.key.window.start < end }
        return merge(parts, into: size)
    }
}
