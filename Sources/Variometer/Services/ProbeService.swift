import Logging
import Model
import Probing
import ServiceLifecycle
import Storage

/// Probes: runs every plan's rounds on their schedule until it is told to stop.
struct ProbeService: Service {
    let runners: [PlanRunner]
    let probers: [Prober]
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                for runner in runners { group.addTask { await run(runner) } }
            }
        } onGracefulShutdown: {
            for prober in probers { prober.stop() }
        }
        for prober in probers { await prober.shutdown() }
    }

    private func run(_ runner: PlanRunner) async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await waitForRound(of: runner)
                guard !Task.isShuttingDownGracefully else { return }
                let round = try await runner.runRound { _ in }
                logger.info(
                    "round ended",
                    metadata: [
                        "plan": "\(round.plan)", "round": "\(round.number)",
                        "state": "\(round.state.rawValue)", "position": "\(round.position)",
                    ])
            } catch is CancellationError {
                return
            } catch {
                logger.error(
                    "round failed", metadata: ["plan": "\(runner.plan.name)", "error": "\(error)"])
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(5)) }
            }
        }
    }

    /// Waits until the plan's next round is due: at once if one was interrupted or none began in
    /// the present period, else when the next period begins.
    private func waitForRound(of runner: PlanRunner) async throws {
        guard case .every(let period) = runner.plan.cadence,
            let last = try runner.recorder.store.lastRound(
                plan: runner.plan.name, target: runner.plan.target),
            last.state != .running
        else { return }
        let now = clock.now()
        let present = now.microseconds.flooredDivision(by: period)
        guard last.startedAt.microseconds.flooredDivision(by: period) >= present else { return }
        let next = Instant(microseconds: (present + 1) * period)
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: clock.wait(until: next)) }
    }
}
