import Logging
import Model
import Probing
import ServiceLifecycle
import Storage
import Synchronization

/// Probes: runs every plan's rounds on their schedule until it is told to stop; goes on with
/// another generation when the present one changes.
struct ProbeService: Service {
    let agent: Agent
    /// Resolved runners of a generation; the first are known before the service starts.
    let first: [PlanRunner]
    let changes: Changes
    let logger: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            var runners = first
            var generation = agent.generation
            while true {
                await run(runners)
                guard !Task.isShuttingDownGracefully, let next = changes.take() else { break }
                for prober in generation.probers(without: next.generation) {
                    await prober.shutdown()
                }
                (generation, runners) = (next.generation, next.runners)
            }
        } onGracefulShutdown: {
            agent.recorder.hurry()
            for prober in agent.generation.probers.values { prober.stop() }
        }
        for prober in agent.generation.probers.values { await prober.shutdown() }
    }

    private func run(_ runners: [PlanRunner]) async {
        await withTaskGroup(of: Void.self) { group in
            for runner in runners {
                let conductor = Conductor(
                    runner: runner, telemetry: agent.telemetry, logger: logger)
                group.addTask { await conductor.run() }
            }
        }
    }
}

/// Hands the next generation to the one that probes.
final class Changes: Sendable {
    struct Next: Sendable {
        let generation: Generation
        let runners: [PlanRunner]
    }

    private let next = Mutex<Next?>(nil)

    /// Returns the change that was put before and never taken.
    func put(_ change: Next) -> Next? {
        next.withLock { next in
            defer { next = change }
            return next
        }
    }

    func take() -> Next? {
        next.withLock { next in
            defer { next = nil }
            return next
        }
    }
}
