package import Model

/// Closes windows once more, from rows and the state before them: the same findings byte for byte,
/// or the difference. Writes rollups, findings and states, nothing else.
package struct Replay: Sendable {
    /// What a replay did.
    package struct Outcome: Hashable, Sendable {
        /// Whole hours, or up to the watermark.
        package var span: Span
        package var windows = 0
        package var results = 0
        /// Results that had come too late for their windows, and are in them now.
        package var late = 0
        /// Findings that are what they were.
        package var same = 0
        package var differences: [Difference] = []
        /// Windows whose findings retention had deleted: nothing to compare with.
        package var uncompared = 0
        /// Windows after the span that were closed once more as well: what they carry had changed.
        package var carried: Span?
    }

    /// A window that finds something else than it did.
    package struct Difference: Hashable, Sendable {
        package var start: Instant
        package var before: [String]
        package var after: [String]
    }

    /// Why it cannot be replayed.
    package enum Refusal: Error, Hashable, Sendable {
        /// No window was closed yet.
        case nothingClosed
        /// Rows are gone; the first instant that it can be replayed from, if there is one.
        case rowsGone(first: Instant?)
        /// The span begins after the last closed window.
        case notClosedYet(watermark: Instant)
    }

    private let store: any WindowStore
    private let horizon: Horizon
    private let watermark: Instant
    private var work: WindowWork
    private var outcome: Outcome

    private static let stepMicroseconds = 6 * Instant.microsecondsPerHour

    /// Replays the windows from the hour that `since` falls into to the one that `until` does.
    package static func run(
        _ store: any WindowStore, since: Instant, until: Instant
    ) throws -> Outcome {
        guard let watermark = try store.watermark() else { throw Refusal.nothingClosed }
        guard since < watermark else { throw Refusal.notClosedYet(watermark: watermark) }
        let horizon = try store.horizon()
        let day = Window(.day, containing: since)
        // A day is made of its hours: where some are gone, of rows, from its first one on.
        let isHourGone = horizon[.hour].map { $0 > day.start } ?? false
        let start = isHourGone ? day.start : Window(.hour, containing: since).start
        let containing = Window(.hour, containing: until)
        let end = min(watermark, containing.start == until ? until : containing.end)
        var replay = Replay(
            store: store, horizon: horizon, watermark: watermark,
            work: WindowWork(store: store),
            outcome: Outcome(span: Span(since: start, until: end)))
        try replay.run()
        return replay.outcome
    }

    private mutating func run() throws {
        let span = outcome.span
        let snapshot = try store.snapshot(at: span.since)
        if let gone = horizon.rows, snapshot?.at ?? span.since < gone || span.since < gone {
            throw Refusal.rowsGone(first: try firstReplayable(from: gone))
        }
        try work.begin(from: snapshot?.state ?? AnalysisState())
        let due = try store.firstDue(from: Instant(microseconds: .min))
        let first = snapshot?.at ?? due.map { Window(.fiveMinutes, containing: $0).start }
        // What came between the snapshot and the span only leads up to it.
        if let first, first < span.since {
            try eachStep(of: Span(since: first, until: span.since)) { _ in nil }
        }
        outcome.late = try store.lateResults(in: span)
        var isChanged = try replace(span)
        // A day that is closed is told of by its rollup, which is made of what was just replaced.
        let day = Window(.day, containing: span.until)
        if outcome.late > 0, day.start < span.until, day.end <= watermark {
            isChanged = try carry(on: Span(since: span.until, until: day.end))
        }
        let reached = outcome.carried?.until ?? span.until
        if isChanged, reached < watermark {
            _ = try carry(on: Span(since: reached, until: watermark))
        }
    }

    /// Replaces what comes after the span that was asked for; returns as `replace` does.
    private mutating func carry(on span: Span) throws -> Bool {
        outcome.carried = Span(since: outcome.span.until, until: span.until)
        outcome.late += try store.lateResults(in: span)
        return try replace(span)
    }

    private func firstReplayable(from gone: Instant) throws -> Instant? {
        var hour = Window(.hour, containing: gone).start
        while hour < watermark {
            if let at = try store.snapshot(at: hour)?.at, at >= gone { return at }
            hour = hour.advanced(by: Instant.microsecondsPerHour)
        }
        return nil
    }

    /// True: what is carried on from the span's end is not what it was.
    private mutating func replace(_ span: Span) throws -> Bool {
        let former = try store.snapshot(at: span.until)
        let kept = horizon[.fiveMinutes]
        try eachStep(of: span) { closed in
            var closed = closed
            closed.rollups.removeAll {
                $0.key.window.size == .fiveMinutes && $0.key.window.start < kept ?? span.since
            }
            return closed
        }
        return former?.state != work.state
    }

    private mutating func eachStep(
        of span: Span, _ written: (ClosedWindows) -> ClosedWindows?
    ) throws {
        var start = span.since
        while start < span.until {
            let end = min(span.until, start.advanced(by: Self.stepMicroseconds))
            let (count, closed) = try work.close(Span(since: start, until: end), after: nil)
            if let closed = written(closed) {
                outcome.results += count
                try compare(closed)
                try store.replace(closed)
            }
            start = end
        }
    }

    private mutating func compare(_ closed: ClosedWindows) throws {
        let size = WindowSize.fiveMinutes.microseconds
        outcome.windows += Int(closed.span.since.distance(to: closed.span.until) / size)
        let stored = try store.windowFindings(in: closed.span)
        var before = Dictionary(
            stored.map { ($0.start, $0.findings) }, uniquingKeysWith: { $1 })
        for window in closed.findings {
            guard window.start >= horizon[.fiveMinutes] ?? window.start else {
                outcome.uncompared += 1
                continue
            }
            note(
                window.start, before: before.removeValue(forKey: window.start) ?? [],
                window.findings)
        }
        for (start, findings) in before.sorted(by: { $0.key < $1.key }) {
            note(start, before: findings, [])
        }
    }

    private mutating func note(_ start: Instant, before: [String], _ after: [String]) {
        if before == after {
            outcome.same += after.count
        } else {
            outcome.differences.append(Difference(start: start, before: before, after: after))
        }
    }
}
