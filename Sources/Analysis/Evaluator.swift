package import Model

/// Closes windows: rows become rollups and findings, and the watermark moves, in one transaction a
/// step. Several may do so at once: whoever comes second to a window leaves it as it is.
///
/// What is worked out of a window is a pure function of the rows up to its end, of the state before
/// it and of the configuration that held then: closing a window once more gives the same.
package struct Evaluator: Sendable {
    private let store: any WindowStore
    private var work: WindowWork
    /// What the last step left, once it was committed.
    private var last: StateSnapshot?

    /// At most this much time is closed in one transaction: bounds memory after a long pause.
    private static let stepMicroseconds = 6 * Instant.microsecondsPerHour

    package init(store: any WindowStore) {
        self.store = store
        work = WindowWork(store: store)
    }

    /// Closes every window that ends at or before `lowWater`. Returns how many results it rolled.
    ///
    /// A watermark beyond it is one of a clock that was set back since: it goes back as well, and
    /// the windows from there on are closed once more when their time comes. Between two steps it
    /// ends early where `isStopped` says so.
    @discardableResult
    package mutating func closeWindows(
        before lowWater: Instant, isStopped: () -> Bool = { false }
    ) throws -> Int {
        let end = Window(.fiveMinutes, containing: lowWater).start
        var rolled = 0
        while !isStopped() {
            let watermark = try store.watermark()
            if let watermark, watermark > end {
                try store.rewind(to: try store.snapshot(at: end), after: watermark)
                (work, last) = (WindowWork(store: store), nil)
                continue
            }
            let due = try store.firstDue(from: watermark ?? Instant(microseconds: .min))
            let busy = due.map { Window(.fiveMinutes, containing: $0).start }
            guard let from = watermark ?? busy, from < end else { return rolled }
            // Empty time is passed over in one step.
            let until = busy.map { min(end, max(from, $0).advanced(by: Self.stepMicroseconds)) }
            rolled += try close(Span(since: from, until: until ?? end), after: watermark)
        }
        return rolled
    }

    private mutating func close(_ span: Span, after watermark: Instant?) throws -> Int {
        if last?.at != watermark {
            last = try watermark.flatMap { try store.snapshot(at: $0) }
        }
        try work.begin(from: last?.state ?? AnalysisState())
        let (count, closed) = try work.close(span, after: watermark)
        last = nil
        guard try store.commit(closed) else { return 0 }
        last = closed.snapshots.last
        return count
    }
}
