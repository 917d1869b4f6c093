import Configuring
import Logging
import Model
import Probing
import ServiceLifecycle
import Storage

/// Asks each target seldom what it lists, and records it; where a plan watches all active
/// experiences and others are active now, the plans are resolved anew.
struct MetadataService: Service {
    let agent: Agent
    let reloader: Reloader?
    let logger: Logger

    /// Once a day, as the vendor advises; sooner if it could not be had.
    private static let interval = Duration.seconds(24 * 3_600)
    private static let retry = Duration.seconds(3_600)

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let isDone = await look()
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: isDone ? Self.interval : Self.retry)
            }
        }
    }

    /// One look at every target; false: some could not be asked.
    private func look() async -> Bool {
        var isDone = true
        for (name, prober) in agent.generation.probers {
            do {
                try await look(at: name, prober)
            } catch {
                isDone = false
                logger.warning(
                    "metadata cannot be had", metadata: ["target": "\(name)", "error": "\(error)"])
            }
        }
        return isDone
    }

    private func look(at name: String, _ prober: Prober) async throws {
        guard let listed = try await prober.metadata(statuses: ["Active", "Paused", "Scheduled"])
        else { return }
        let now = agent.clock.now()
        let statuses = listed.map {
            ExperienceStatus(
                target: name, key: $0.key, name: $0.name, status: $0.status, since: now, seenAt: now
            )
        }
        let before = try await agent.recorder.write { store in
            let before = try store.experienceStatuses(of: name)
            try store.save(listed: statuses, of: name, at: now)
            return before
        }
        let isWatchedWhole = agent.configuration.effective.plans.contains {
            $0.target == name && $0.experiences == .all
        }
        if isWatchedWhole, !before.isEmpty, active(before) != active(statuses) {
            _ = await reloader?.reload()
        }
    }

    private func active(_ statuses: [ExperienceStatus]) -> Set<String> {
        Set(statuses.filter { $0.status == "Active" }.map(\.key))
    }
}
