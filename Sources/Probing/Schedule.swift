package import Model

/// Probes of one round and when each is due: the probe at position `first + k` is due at
/// `startNanoseconds + k · stepNanoseconds`, however late the ones before it were.
package struct Schedule: Sendable {
    package let plan: String
    /// `CLOCK_MONOTONIC` at which the probe at `first` is due.
    package let startNanoseconds: Int64
    package let stepNanoseconds: Double
    package let first: Int
    /// The position after the last.
    package let end: Int
    /// The probe at a position, made when it is due; nil: that position is settled already.
    package let probe: @Sendable (_ position: Int, _ due: Instant) -> Probe?

    package init(
        plan: String, startNanoseconds: Int64, stepNanoseconds: Double, first: Int, end: Int,
        probe: @escaping @Sendable (_ position: Int, _ due: Instant) -> Probe?
    ) {
        precondition(stepNanoseconds >= 0 && stepNanoseconds.isFinite, "time runs forward")
        precondition(first <= end, "a schedule ends where it starts, or later")
        self.plan = plan
        self.startNanoseconds = startNanoseconds
        self.stepNanoseconds = stepNanoseconds
        self.first = first
        self.end = end
        self.probe = probe
    }

    /// The monotonic nanosecond at which a position is due: never derived from a former send.
    func dueNanoseconds(of position: Int) -> Int64 {
        startNanoseconds + Int64((Double(position - first) * stepNanoseconds).rounded())
    }
}

/// Why a probe that was due was not sent.
package enum DropCause: String, Hashable, Sendable, CaseIterable {
    /// As many probes are in flight as the target may have.
    case inFlight = "in_flight"
    /// More results wait for their commit than `Limits.unacknowledged`.
    case store
    /// The target's budget is spent.
    case budget
}

/// What happened since the batch before.
package struct Batch: Sendable {
    package var results: [ProbeResult]
    package var dropped: [DropCause: Int]
    /// Every position below this one is in this or an earlier batch, was dropped or skipped.
    package var settled: Int
    /// When the oldest probe that is in flight or not yet sent was or is due; nil: there is none,
    /// the round is over.
    package var oldestDue: Instant?

    package init(
        results: [ProbeResult] = [], dropped: [DropCause: Int] = [:], settled: Int,
        oldestDue: Instant?
    ) {
        self.results = results
        self.dropped = dropped
        self.settled = settled
        self.oldestDue = oldestDue
    }
}
