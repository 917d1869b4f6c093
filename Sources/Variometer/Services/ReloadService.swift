import Configuring
import Foundation
import Logging
import Model
import Probing
import ServiceLifecycle
import UnixSignals
import Web

/// Reloads the configuration on SIGHUP, or when it is asked to: validates it whole, swaps at once,
/// keeps the old one on any fault and says so.
actor Reloader {
    private let agent: Agent
    private let path: String
    private let changes: Changes
    private let logger: Logger

    init(agent: Agent, path: String, changes: Changes, logger: Logger) {
        self.agent = agent
        self.path = path
        self.changes = changes
        self.logger = logger
    }

    /// Returns the faults; none: the new configuration runs.
    func reload() async -> [String] {
        let faults = await attempt()
        let now = agent.clock.now()
        agent.telemetry.setReload(fault: faults.isEmpty ? nil : faults[0], at: now)
        if faults.isEmpty {
            logger.info("the configuration was reloaded", metadata: ["file": "\(path)"])
        } else {
            logger.error(
                "the configuration was not reloaded, the former one runs on",
                metadata: ["faults": "\(faults.joined(separator: "; "))"])
        }
        return faults
    }

    private func attempt() async -> [String] {
        do {
            switch try load(path: path, environment: ProcessInfo.processInfo.environment) {
            case .faulty(let faults): return faults.map(\.description)
            case .loaded(let configuration):
                let fixed = changedFixtures(of: configuration.effective)
                guard fixed.isEmpty else { return fixed }
                try await swap(to: configuration)
                return []
            }
        } catch {
            return ["\(CommandFailure(describing: error)?.message ?? "\(error)")"]
        }
    }

    private func swap(to configuration: LoadedConfiguration) async throws {
        let next = try agent.generation(of: configuration)
        let runners = try await agent.runners(of: next)
        let former = try agent.become(next)
        // One that was reloaded before it ever ran is nobody else's to end.
        let skipped = changes.put(Changes.Next(generation: next, runners: runners))
        former.stop()
        for prober in skipped?.generation.probers(without: next) ?? [] { await prober.shutdown() }
    }

    /// What cannot change while the daemon runs.
    private func changedFixtures(of next: EffectiveConfiguration) -> [String] {
        let present = agent.configuration.effective
        var changed: [String] = []
        if next.store != present.store { changed.append("store") }
        if next.listen != present.listen { changed.append("listen") }
        if next.agent != present.agent { changed.append("agent") }
        if next.seed != present.seed { changed.append("seed") }
        if next.exports != present.exports { changed.append("exports") }
        if next.commit != present.commit { changed.append("commit") }
        return changed.map { "\(path): \($0) cannot change while the daemon runs: restart it" }
    }
}

/// Waits for SIGHUP.
struct ReloadService: Service {
    let reloader: Reloader

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            _ = await reloader.reload()
        }
    }
}
