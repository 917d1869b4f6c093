import Logging
import Model
import Probing
import ServiceLifecycle
import Storage
import Synchronization

/// Starts the rounds of one plan when they are due, in the hours in which the plan is active, and
/// goes on with those that were interrupted.
struct Conductor: Sendable {
    let runner: PlanRunner
    let telemetry: Telemetry
    let logger: Logger

    private var clock: WallClock { runner.clock }
    private var isStopped: Bool {
        Task.isShuttingDownGracefully || Task.isCancelled || runner.halt.isRaised
    }

    /// Rounds of one plan at once at most, however they overlap.
    private static let overlapLimit = 8
    /// Between two looks whether a wait is over: a halt must not last until the next round.
    private static let look = Duration.milliseconds(250)
    private static let rest = Duration.seconds(5)

    func run() async {
        switch runner.plan.cadence {
        case .continuous: await runContinuously()
        case .every(let period): await runPeriodically(period)
        }
    }

    private func runContinuously() async {
        while !isStopped {
            let round = await attempt("begin a round") {
                try await runner.interruptedRounds().first ?? runner.newRound()
            }
            if let round { await conduct(round) }
        }
    }

    private func runPeriodically(_ periodUs: Int64) async {
        let running = Counter()
        await withTaskGroup(of: Void.self) { group in
            let interrupted = await attempt("go on with rounds") {
                try await runner.interruptedRounds()
            }
            for round in interrupted ?? [] { start(round, counting: running, in: &group) }
            var periods = PeriodClock(periodUs: periodUs, last: lastBeginning())
            while !isStopped {
                let (now, nanoseconds) = (clock.now(), monotonicNanoseconds())
                if let left = periods.wait(at: now, nanoseconds: nanoseconds) {
                    await pause(for: min(clock.wait(until: now.advanced(by: left)), Self.look))
                } else if await begin(counting: running, in: &group) {
                    periods.begin(at: now, nanoseconds: nanoseconds)
                }
            }
        }
    }

    /// Begins a round, or skips it; false: it could not be begun.
    private func begin(counting running: Counter, in group: inout TaskGroup<Void>) async -> Bool {
        let count = running.value
        // It would wait for the hour, and leave together with those that waited before it.
        if count > 0, runner.plan.overlong == .overlap, !isActive { return true }
        guard count < (runner.plan.overlong == .overlap ? Self.overlapLimit : 1) else {
            skip(running: count)
            return true
        }
        guard let round = await attempt("begin a round", runner.newRound) else { return false }
        start(round, counting: running, in: &group)
        return true
    }

    private func lastBeginning() -> Instant? {
        let last = try? runner.recorder.store.lastRound(
            plan: runner.plan.name, target: runner.target)
        return last?.startedAt
    }

    private func start(
        _ round: RoundStatus, counting running: Counter, in group: inout TaskGroup<Void>
    ) {
        running.add(1)
        group.addTask {
            await conduct(round)
            running.add(-1)
        }
    }

    /// Runs a round to its end, over as many active spans as it takes.
    private func conduct(_ begun: RoundStatus) async {
        var round = begun
        while round.state == .running, !isStopped {
            guard let end = await waitUntilActive() else { return }
            let stands = await attempt("run a round") { [round] in
                try await runner.run(round, end: end.instant)
            }
            if let stands, stands.state == .complete || isStopped { tell(stands) }
            round = stands ?? stored(begun)
        }
    }

    /// A round that failed is gone on with from where the store has it.
    private func stored(_ round: RoundStatus) -> RoundStatus {
        let open = try? runner.recorder.store.openRounds(
            plan: runner.plan.name, target: runner.target)
        return open?.first { $0.number == round.number } ?? round
    }

    private func tell(_ round: RoundStatus) {
        logger.info(
            "round ended",
            metadata: [
                "plan": "\(round.plan)", "round": "\(round.number)",
                "state": "\(round.state.rawValue)", "position": "\(round.position)",
            ])
    }

    private func skip(running: Int) {
        telemetry.addSkippedRound(plan: runner.plan.name, target: runner.target)
        logger.warning(
            "a round is skipped: the one before has not ended",
            metadata: ["plan": "\(runner.plan.name)", "running": "\(running)"])
    }

    /// Tries something that the store or a target may refuse; nil: it did, and some time has passed.
    private func attempt<Value: Sendable>(
        _ what: String, _ work: () async throws -> Value
    ) async -> Value? {
        do {
            return try await work()
        } catch is CancellationError {
            return nil
        } catch {
            // That the store fails was told once, by the one that writes.
            if telemetry.snapshot().outage == nil {
                logger.error(
                    "cannot \(what)",
                    metadata: ["plan": "\(runner.plan.name)", "error": "\(error)"])
            }
            await pause(for: Self.rest)
            return nil
        }
    }
}

/// Waiting.
extension Conductor {
    /// How long the plan is active from now on; an instant of nil: for ever.
    private struct ActiveSpan {
        let instant: Instant?
    }

    private var isActive: Bool {
        guard let active = runner.plan.active, let zone = Zone(name: active.zone) else {
            return true
        }
        return active.contains(clock.now(), offset: zone.offset)
    }

    /// Waits for an hour in which the plan is active; nil: it was stopped.
    private func waitUntilActive() async -> ActiveSpan? {
        guard let active = runner.plan.active, let zone = Zone(name: active.zone) else {
            return isStopped ? nil : ActiveSpan(instant: nil)
        }
        // Looks at the clock again and again: it may be set to an hour that is active.
        while !isStopped {
            let now = clock.now()
            if active.contains(now, offset: zone.offset) {
                return ActiveSpan(instant: active.nextChange(after: now, offset: zone.offset))
            }
            await pause(for: Self.look)
        }
        return nil
    }

    private func pause(for duration: Duration) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }
}

/// Rounds of a plan that run now.
private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add(_ number: Int) { count.withLock { $0 += number } }
}
