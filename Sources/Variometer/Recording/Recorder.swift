import Analysis
import Foundation
import Logging
import Model
import Probing
import Storage
import Synchronization

/// The one that writes what rounds bring: batches of all plans wait here, and are committed
/// together by one thread. Each is acknowledged only after its commit.
///
/// A store that cannot be written to is tried again and again. Meanwhile probers run into their
/// limit of unacknowledged results and drop, counted, instead of losing what they measured.
final class Recorder: Sendable {
    let store: Store
    private let boot: String
    private let telemetry: Telemetry
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let begin: @Sendable (Store) throws -> Void
    private let backoff: Backoff
    private let checker: AnswerChecker
    /// What is expected of answers stands in them.
    private let plans = Mutex<[Plan]>([])
    private let queue: Mutex<CommitQueue>
    private let wakeup = Wakeup()
    /// Due instant of the oldest probe that may still bring a result, by running round.
    private let oldestDue = Mutex<[RoundKey: Instant]>([:])

    /// Of rounds that were given out, by plan and target.
    private let lastNumbers = Mutex<[[String]: Int]>([:])

    /// Between two looks whether the file is in its place, while nothing is written.
    private static let look: Int64 = 5_000_000_000

    /// `begin` is called where the store had to begin a new file.
    init(
        store: Store, boot: String, pace: CommitPace = CommitPace(), telemetry: Telemetry,
        logger: Logger, backoff: Backoff = Backoff(), now: @escaping @Sendable () -> Instant,
        begin: @escaping @Sendable (Store) throws -> Void
    ) throws {
        checker = AnswerChecker(profiles: try store.answerProfiles())
        queue = Mutex(CommitQueue(pace: pace))
        self.store = store
        self.boot = boot
        self.telemetry = telemetry
        self.logger = logger
        self.backoff = backoff
        self.now = now
        self.begin = begin
    }

    /// From now on, answers are held against what these plans expect.
    func expect(_ plans: [Plan]) { self.plans.withLock { $0 = plans } }

    /// Begins or resumes a round; returns the failed cohort probes that it owes an answer.
    func start(_ round: RoundStatus) async throws -> [CarriedProbe] {
        oldestDue.withLock { $0[RoundKey(round)] = now() }
        return try await write { try $0.startRound(round) }
    }

    /// The number of a plan's next round: after the last one in the store, and after any that was given
    /// out and did not get there yet.
    func nextNumber(after stored: Int, plan: String, target: String) -> Int {
        lastNumbers.withLock { numbers in
            let next = max(stored, numbers[[plan, target]] ?? 0) + 1
            numbers[[plan, target]] = next
            return next
        }
    }

    /// Has a batch committed with the place its round has reached. `committed` is told the
    /// observations' places in the store's order; it is called in the order of the batches, and
    /// never where the store could not be written to.
    func record(
        _ results: [ProbeResult], of round: RoundStatus, oldestDue due: Instant?,
        committed: @escaping @Sendable (_ seqs: [Int64]) -> Void
    ) {
        add(results, of: round, isUrgent: false) { [self] outcome in
            guard case .success(let seqs) = outcome else { return }
            if let due { oldestDue.withLock { $0[RoundKey(round)] = due } }
            committed(seqs)
        }
    }

    /// Ends a round, or leaves it to be resumed if its state is `running`; returns once all that
    /// it recorded is committed.
    func finish(_ round: RoundStatus) async throws {
        try await withCheckedThrowingContinuation { continuation in
            add([], of: round, isUrgent: true) { [self] outcome in
                if case .success = outcome {
                    oldestDue.withLock { $0[RoundKey(round)] = nil }
                }
                continuation.resume(with: outcome.map { _ in })
            }
        }
    }

    /// Any other write, after all that waits. It may run several times, and the last one counts.
    func write<Value: Sendable>(
        _ work: @escaping @Sendable (Store) throws -> Value
    ) async throws -> Value {
        let result = Held<Value>()
        return try await withCheckedThrowingContinuation { continuation in
            let call = CommitQueue.Call {
                [store] in
                result.value = try work(store)
            } done: { outcome in
                continuation.resume(with: outcome.flatMap { result.outcome })
            }
            let isTaken = queue.withLock { $0.add(call, at: monotonicNanoseconds()) }
            isTaken ? wakeup.wake() : call.done(.failure(GivenUp.closed))
        }
    }

    /// The public id of an observation by its place in the store's order.
    func id(of seq: Int64, agent: String) -> String { "\(agent)-\(boot)-\(seq)" }

    /// The instant before which no running plan will bring a result any more.
    func lowWater() async -> Instant {
        let oldest = oldestDue.withLock { $0.values.min() }
        return min(now(), oldest ?? now())
    }

    private func add(
        _ results: [ProbeResult], of round: RoundStatus, isUrgent: Bool,
        done: @escaping @Sendable (Result<[Int64], any Error>) -> Void
    ) {
        let batch = CommitQueue.Batch(results: results, round: round, isUrgent: isUrgent) {
            [telemetry] outcome in
            telemetry.addWaiting(-results.count)
            if case .success = outcome {
                telemetry.add(results)
                telemetry.setDropped(round)
            }
            done(outcome)
        }
        telemetry.addWaiting(results.count)
        let (isTaken, isDue) = queue.withLock { queue in
            (queue.add(batch, at: monotonicNanoseconds()), queue.isWorthAWake)
        }
        if !isTaken { return batch.done(.failure(GivenUp.closed)) }
        if isDue { wakeup.wake() }
    }
}

/// The thread that writes.
extension Recorder {
    /// Writes until `close()` was called, or the task cancelled, and nothing waits any more.
    func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Thread { [self] in
                    write()
                    continuation.resume()
                }.start()
            }
        } onCancel: {
            close()
        }
    }

    /// From now on, what fails is given up after a second: all is to end.
    func hurry() {
        queue.withLock { $0.hurry() }
        wakeup.wake()
    }

    /// What a damaged store cannot take is given up at once.
    func endOnDamage() { queue.withLock { $0.endsOnDamage = true } }

    /// Nothing more is taken; what waits is written.
    func close() {
        queue.withLock { $0.close() }
        wakeup.wake()
    }

    private func write() {
        var writer = StoreWriter(
            store: store, boot: boot, telemetry: telemetry, logger: logger, now: now, begin: begin,
            wakeup: wakeup, isHurried: { [self] in queue.withLock { $0.isHurried } },
            endsOnDamage: { [self] in queue.withLock { $0.endsOnDamage } },
            checker: checker, plans: { [self] in plans.withLock { $0 } }, backoff: backoff)
        while true {
            switch queue.withLock({ $0.step(at: monotonicNanoseconds()) }) {
            case .commit(let batches): writer.commit(batches)
            case .call(let call): writer.run(call)
            case .wait(let nanoseconds?): wakeup.sleep(atMost: nanoseconds)
            case .wait(nil):
                wakeup.sleep(atMost: Self.look)
                if queue.withLock({ $0.isEmpty }) { writer.look() }
            case .end: return
            }
        }
    }
}

/// A round of a plan at a target.
struct RoundKey: Hashable {
    let plan: String
    let target: String
    let number: Int

    init(_ round: RoundStatus) {
        plan = round.plan
        target = round.target
        number = round.number
    }
}

/// What a write returned.
private final class Held<Value: Sendable>: Sendable {
    private let held = Mutex<Value?>(nil)

    var value: Value? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }

    var outcome: Result<Value, any Error> {
        value.map { .success($0) } ?? .failure(GivenUp.closed)
    }
}
