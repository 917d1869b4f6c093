import Logging
import Model
import Storage

/// The one that writes: every batch of every plan is committed here, one transaction each, and is
/// acknowledged only after it.
///
/// A store that cannot be written to is tried again once a second. Meanwhile probers run into
/// their limit of unacknowledged results and drop, counted, instead of losing what they measured.
actor Recorder {
    let store: Store
    private let boot: String
    private let telemetry: Telemetry
    private let logger: Logger
    private let now: @Sendable () -> Instant
    /// Due instant of the oldest probe that may still bring a result, by running plan.
    private var oldestDue: [PlanKey: Instant] = [:]

    init(
        store: Store, boot: String, telemetry: Telemetry, logger: Logger,
        now: @escaping @Sendable () -> Instant
    ) {
        self.store = store
        self.boot = boot
        self.telemetry = telemetry
        self.logger = logger
        self.now = now
    }

    /// Begins or resumes a round; returns the failed cohort probes that it owes an answer.
    func start(_ round: RoundStatus) throws -> [CarriedProbe] {
        oldestDue[PlanKey(round)] = now()
        return try store.startRound(round)
    }

    /// Commits a batch with the place its round has reached; returns the observations' ids.
    func record(
        _ results: [ProbeResult], of round: RoundStatus, oldestDue due: Instant?
    ) async throws -> [String] {
        let ids = try await persisting { try store.record(results, rounds: [round], boot: boot) }
        if let due { oldestDue[PlanKey(round)] = due }
        telemetry.add(results)
        telemetry.setDropped(round)
        return ids
    }

    /// Ends a round, or leaves it to be resumed if its state is `running`.
    func finish(_ round: RoundStatus) async throws {
        try await persisting { try store.finishRound(round) }
        oldestDue[PlanKey(round)] = nil
    }

    /// The instant before which no running plan will bring a result any more.
    func lowWater() -> Instant {
        min(now(), oldestDue.values.min() ?? now())
    }

    /// Runs one write until it succeeds or the task is cancelled.
    private func persisting<Value>(_ write: () throws -> Value) async throws -> Value {
        while true {
            do {
                let value = try write()
                telemetry.setStoreFault(nil)
                return value
            } catch let error as StorageError {
                telemetry.setStoreFault("\(error)")
                logger.error("the store cannot be written to", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }
}

/// A plan at its target.
struct PlanKey: Hashable {
    let plan: String
    let target: String

    init(_ round: RoundStatus) {
        plan = round.plan
        target = round.target
    }
}
