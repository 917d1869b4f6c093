import Model
import NIOCore

/// One schedule being run: what is due next, what is open, and what was not yet told.
final class Run {
    let schedule: Schedule
    let timeline: Timeline
    private let stream: AsyncStream<Batch>.Continuation
    /// Positions that are in flight, by the nanosecond they were due.
    private var open: OpenWindow<Int64>
    private var results: [ProbeResult] = []
    private var dropped: [DropCause: Int] = [:]
    private var toldAt: Int64
    private var isStopped = false
    /// Positions of which a result or a drop will be told.
    private var awaited = 0
    /// True while the next telling has its time.
    var isTellingScheduled = false
    private(set) var isFinished = false
    /// True once nobody reads the batches any more.
    private(set) var isUnheard = false

    init(_ schedule: Schedule, on timeline: Timeline, into stream: AsyncStream<Batch>.Continuation)
    {
        self.schedule = schedule
        self.timeline = timeline
        self.stream = stream
        open = OpenWindow(start: schedule.first)
        toldAt = monotonicNanoseconds()
    }

    /// The position to be sent next; nil: none is left, or the run was stopped.
    var next: Int? { isStopped || open.end >= schedule.end ? nil : open.end }

    /// True when nothing is in flight and nothing will be sent.
    var isOver: Bool { next == nil && awaited == 0 }

    /// Results that were not told yet.
    var untold: Int { results.count }

    func instant(ofNanoseconds nanoseconds: Int64) -> Instant {
        timeline.instant(atNanoseconds: nanoseconds)
    }

    func stop() {
        isStopped = true
    }
}

/// What becomes of a position.
extension Run {
    /// The next position is in flight, or waits for its subject.
    func send(dueNanoseconds: Int64) {
        _ = open.open(dueNanoseconds)
        awaited += 1
    }

    /// A position that waited for its subject is not sent.
    func drop(_ position: Int, _ cause: DropCause) {
        open.close(position)
        awaited -= 1
        dropped[cause, default: 0] += 1
    }

    /// A position that waited for its subject is left to whoever goes on with the round: it stays
    /// open, so that nothing after it counts as settled.
    func abandon() {
        awaited -= 1
    }

    /// The next position is settled already.
    func skip() {
        open.skip()
    }

    /// The next position is not sent.
    func drop(_ cause: DropCause) {
        open.skip()
        dropped[cause, default: 0] += 1
    }

    /// A position that was in flight has its result.
    func settle(_ position: Int, _ result: ProbeResult) {
        open.close(position)
        awaited -= 1
        results.append(result)
    }
}

/// What is told.
extension Run {
    enum Telling {
        case told, nothing
        /// The reader has not taken the batches before: everything stays for the next one.
        case deferred
        /// Nobody reads any more.
        case unheard
    }

    /// Hands over what happened, or at least the progress if that was long ago.
    func tell(at now: Int64, atLeastEvery interval: TimeAmount) -> Telling {
        let isNews = !results.isEmpty || !dropped.isEmpty || isOver
        guard isNews || now - toldAt >= interval.nanoseconds else { return .nothing }
        switch stream.yield(batch) {
        case .enqueued:
            results.removeAll(keepingCapacity: true)
            dropped = [:]
            toldAt = now
            return .told
        case .dropped: return .deferred
        case .terminated:
            isUnheard = true
            stop()
            return .unheard
        @unknown default: return .deferred
        }
    }

    func finish() {
        isFinished = true
        stream.finish()
    }

    private var batch: Batch {
        Batch(results: results, dropped: dropped, settled: open.start, oldestDue: oldestDue)
    }

    private var oldestDue: Instant? {
        if let first = open.first { return instant(ofNanoseconds: first) }
        // A stopped round is not over: its next probe is still due.
        guard open.end < schedule.end else { return nil }
        return instant(ofNanoseconds: schedule.dueNanoseconds(of: open.end))
    }
}
