import Analysis
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
    /// What is known of answers: every batch is checked against it before its commit.
    private var checker: AnswerChecker
    /// Due instant of the oldest probe that may still bring a result, by running round.
    private var oldestDue: [RoundKey: Instant] = [:]

    init(
        store: Store, boot: String, telemetry: Telemetry, logger: Logger,
        now: @escaping @Sendable () -> Instant
    ) throws {
        checker = AnswerChecker(profiles: try store.answerProfiles())
        self.store = store
        self.boot = boot
        self.telemetry = telemetry
        self.logger = logger
        self.now = now
    }

    /// Begins or resumes a round; returns the failed cohort probes that it owes an answer.
    func start(_ round: RoundStatus) throws -> [CarriedProbe] {
        oldestDue[RoundKey(round)] = now()
        return try store.startRound(round)
    }

    /// Commits a batch with the place its round has reached; returns the observations' places in
    /// the store's order.
    func record(
        _ results: [ProbeResult], of round: RoundStatus, oldestDue due: Instant?
    ) async throws -> [Int64] {
        let noticed = checker.check(results)
        let seqs = try await persisting {
            try store.record(results, rounds: [round], boot: boot, noticed: noticed)
        }
        if let due { oldestDue[RoundKey(round)] = due }
        telemetry.add(results)
        telemetry.setDropped(round)
        return seqs
    }

    /// The public id of an observation by its place in the store's order.
    nonisolated func id(of seq: Int64, agent: String) -> String { "\(agent)-\(boot)-\(seq)" }

    /// Ends a round, or leaves it to be resumed if its state is `running`.
    func finish(_ round: RoundStatus) async throws {
        try await persisting { try store.finishRound(round) }
        oldestDue[RoundKey(round)] = nil
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

/// A round of a plan at a target.
private struct RoundKey: Hashable {
    let plan: String
    let target: String
    let number: Int

    init(_ round: RoundStatus) {
        plan = round.plan
        target = round.target
        number = round.number
    }
}
