import Analysis
import Dispatch
import Logging
import Model
import Storage
import Synchronization

/// The one that writes: what all plans bring is committed here, together, and is acknowledged only
/// after it.
///
/// A store that cannot be written to is tried again, and opened anew, until it can. Meanwhile probers
/// run into their limit of unacknowledged results and drop, counted, instead of losing what they
/// measured.
actor Recorder {
    let store: Store
    private let boot: String
    private let telemetry: Telemetry
    private let logger: Logger
    private let now: @Sendable () -> Instant
    /// When what waits is committed.
    nonisolated let pace: Mutex<CommitPace>
    /// What is known of answers: every batch is checked against it before its commit.
    private var checker: AnswerChecker
    /// Due instant of the oldest probe that may still bring a result, by running round.
    private var oldestDue: [RoundKey: Instant] = [:]
    private var waiting: [Waiting] = []
    private var isCommitting = false
    /// Ends the wait for more.
    private var wait: Task<Void, Never>?
    /// SQLite blocks, and the threads of tasks are few.
    private let queue = DispatchQueue(label: "variometer.record")

    /// A batch, and whoever waits for its commit.
    private struct Waiting {
        let batch: RecordedBatch
        let isUrgent: Bool
        let continuation: CheckedContinuation<[Int64], any Error>
    }

    /// What one transaction takes at most: what piled up is committed in several.
    private static let transactionLimit = 20_000

    init(
        store: Store, boot: String, telemetry: Telemetry, logger: Logger,
        pace: CommitPace, now: @escaping @Sendable () -> Instant
    ) throws {
        checker = AnswerChecker(profiles: try store.answerProfiles())
        self.store = store
        self.boot = boot
        self.telemetry = telemetry
        self.logger = logger
        self.pace = Mutex(pace)
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
        let seqs = try await commit(
            RecordedBatch(results: results, rounds: [round], noticed: noticed), isUrgent: false)
        if let due { oldestDue[RoundKey(round)] = due }
        telemetry.add(results)
        telemetry.setDropped(round)
        return seqs
    }

    /// The public id of an observation by its place in the store's order.
    nonisolated func id(of seq: Int64, agent: String) -> String { "\(agent)-\(boot)-\(seq)" }

    /// Ends a round, or leaves it to be resumed if its state is `running`.
    func finish(_ round: RoundStatus) async throws {
        _ = try await commit(RecordedBatch(results: [], rounds: [round]), isUrgent: true)
        oldestDue[RoundKey(round)] = nil
    }

    /// The instant before which no running plan will bring a result any more.
    func lowWater() -> Instant {
        min(now(), oldestDue.values.min() ?? now())
    }
}

/// Group commit.
extension Recorder {
    private func commit(_ batch: RecordedBatch, isUrgent: Bool) async throws -> [Int64] {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(
                Waiting(batch: batch, isUrgent: isUrgent, continuation: continuation))
            telemetry.setWaiting(results: waitingResults)
            if isDue { wait?.cancel() }
            guard !isCommitting else { return }
            isCommitting = true
            Task { await commitAll() }
        }
    }

    private var waitingResults: Int { waiting.reduce(0) { $0 + $1.batch.results.count } }

    /// True: nobody should wait any longer for what else may come.
    private var isDue: Bool {
        waiting.contains { $0.isUrgent } || waitingResults >= pace.withLock { $0.results }
    }

    /// Commits until nothing waits any more.
    private func commitAll() async {
        while !waiting.isEmpty {
            if !isDue { await waitForMore() }
            await commitOnce()
        }
        isCommitting = false
    }

    private func waitForMore() async {
        let every = Duration.microseconds(pace.withLock { $0.everyUs })
        let wait = Task { _ = try? await Task.sleep(for: every) }
        self.wait = wait
        await wait.value
        self.wait = nil
    }

    private func commitOnce() async {
        var taken: [Waiting] = []
        var results = 0
        for next in waiting {
            guard taken.isEmpty || results + next.batch.results.count <= Self.transactionLimit
            else { break }
            results += next.batch.results.count
            taken.append(next)
        }
        waiting.removeFirst(taken.count)
        let seqs = await persist(taken.map(\.batch))
        telemetry.setWaiting(results: waitingResults)
        for (place, one) in taken.enumerated() {
            if let seqs {
                one.continuation.resume(returning: seqs[place])
            } else {
                one.continuation.resume(throwing: CancellationError())
            }
        }
    }

    /// Writes until it succeeds; nil: nobody wants it any more.
    private func persist(_ batches: [RecordedBatch]) async -> [[Int64]]? {
        var outage = Outage()
        while true {
            do {
                let (store, boot) = (store, boot)
                let seqs = try await blocking { try store.record(batches, boot: boot) }
                recovered(from: outage)
                return seqs
            } catch let error as StorageError {
                note(error, in: &outage)
                guard !telemetry.isEnding else { return nil }
                try? await Task.sleep(for: outage.pause)
                await reopen(after: error, outage)
            } catch {
                return nil
            }
        }
    }

    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}

/// When the store cannot be written to.
extension Recorder {
    private func note(_ error: StorageError, in outage: inout Outage) {
        telemetry.noteStoreFailure(error.code.rawValue, fault: "\(error)")
        outage.failures += 1
        outage.detail = "\(error)"
        guard outage.since == nil else { return }
        outage.since = now()
        logger.error(
            "degraded: the store cannot be written to, probing goes on",
            metadata: ["error": "\(error)"])
        if error.code == .corrupt { store.markDamaged() }
    }

    private func recovered(from outage: Outage) {
        telemetry.setStoreFault(nil)
        guard let since = outage.since else { return }
        logger.notice("recovered: the store is written to again")
        try? store.note(
            StoreTrouble(kind: .degraded, since: since, until: now(), detail: outage.detail))
    }

    /// A connection may not recover from what broke it; a file that is gone does not come back.
    private func reopen(after error: StorageError, _ outage: Outage) async {
        guard error.code == .missing || outage.failures.isMultiple(of: 4) else { return }
        do {
            let store = store
            if try await blocking({ try store.reopen() }) {
                logger.error(
                    "the store was moved or deleted: another file is written to now",
                    metadata: ["store": "\(store.path)"])
            }
        } catch {
            telemetry.setStoreFault("\(error)")
        }
    }
}

/// A time in which nothing can be written.
private struct Outage {
    var since: Instant?
    var failures = 0
    var detail = ""

    /// From 0.25 s on, twice as long each time, 5 s at most.
    var pause: Duration { .milliseconds(min(5_000, 250 << min(max(0, failures - 1), 5))) }
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
