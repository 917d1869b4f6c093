package import Model
import Synchronization

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
    /// The connections that its probes travel on.
    package let connections: ConnectionPolicy
    /// Where targets are compared: which turn of a pair a position has here, and a draw for it.
    package let pairing: (@Sendable (_ position: Int) -> Pairing)?
    /// Raised: nothing more of it is sent.
    package let halt: Halt
    /// True for a position that is settled already. Asked first: a probe that is dropped is not
    /// made.
    package let isSettled: @Sendable (_ position: Int) -> Bool
    /// The probe at a position, made when it leaves; nil: that position is settled already.
    package let probe: @Sendable (_ position: Int, _ due: Instant) -> Probe?

    package init(
        plan: String, startNanoseconds: Int64, stepNanoseconds: Double, first: Int, end: Int,
        connections: ConnectionPolicy = .keepAlive,
        pairing: (@Sendable (_ position: Int) -> Pairing)? = nil, halt: Halt = Halt(),
        isSettled: @escaping @Sendable (_ position: Int) -> Bool = { _ in false },
        probe: @escaping @Sendable (_ position: Int, _ due: Instant) -> Probe?
    ) {
        precondition(stepNanoseconds >= 0 && stepNanoseconds.isFinite, "time runs forward")
        precondition(first <= end, "a schedule ends where it starts, or later")
        self.plan = plan
        self.startNanoseconds = startNanoseconds
        self.stepNanoseconds = stepNanoseconds
        self.first = first
        self.end = end
        self.connections = connections
        self.pairing = pairing
        self.halt = halt
        self.isSettled = isSettled
        self.probe = probe
    }

    /// The monotonic nanosecond at which a position is due: never derived from a former send.
    func dueNanoseconds(of position: Int) -> Int64 {
        let due = startNanoseconds + Int64((Double(position - first) * stepNanoseconds).rounded())
        guard let pairing else { return due }
        // The later turns must still come before the next position.
        return due + min(Pairing.turnNanoseconds, Int64(stepNanoseconds / 4))
            * Int64(pairing(position).turn)
    }
}

/// How one probe of a compared pair differs from the other: who goes first, and on which
/// connection, is drawn for each pair, so that neither target is always the warmed one.
package struct Pairing: Hashable, Sendable {
    /// 0: first.
    package let turn: Int
    /// Picks among the kept connections, the same for all of a pair.
    package let draw: UInt64

    /// Between the turns of a pair.
    static let turnNanoseconds: Int64 = 1_000_000

    package init(turn: Int, draw: UInt64) {
        self.turn = turn
        self.draw = draw
    }
}

/// Stops the schedules that were given it, wherever they run. It is never lowered again.
package final class Halt: Sendable {
    private let raised = Atomic(false)

    package init() {}

    package var isRaised: Bool { raised.load(ordering: .acquiring) }

    package func raise() { raised.store(true, ordering: .releasing) }
}

/// Why a probe that was due was not sent.
package enum DropCause: String, Hashable, Sendable, CaseIterable {
    /// As many probes are in flight as the target may have.
    case inFlight = "in_flight"
    /// More results wait for their commit than `Limits.unacknowledged`.
    case store
    /// The target's budget is spent.
    case budget
    /// The target said 429, and its reset has not come.
    case limited
    /// The target failed again and again, and the next trial has not come.
    case circuitOpen = "circuit_open"
    /// The target refuses the key, and the next trial has not come.
    case unauthorized
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
