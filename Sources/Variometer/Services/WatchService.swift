import Logging
import Model
import Probing
import ServiceLifecycle
import Storage

/// Something that a prober noticed about its target.
struct TargetEvent: Sendable {
    let target: String
    let event: ProberEvent
}

/// Records how targets are: their condition, their certificate.
struct WatchService: Service {
    let agent: Agent
    let logger: Logger

    func run() async throws {
        for await event in agent.events.cancelOnGracefulShutdown() { await note(event) }
    }

    /// Records what is noticed until nothing will be any more.
    func noteAll() async {
        for await event in agent.events { await note(event) }
    }

    /// What a former life left: now every target is asked as if nothing had been.
    func begin() throws {
        for status in try agent.store.targetStatuses().values
        where status.condition.state != .ready {
            var status = status
            status.condition = TargetCondition(state: .ready, since: agent.clock.now())
            try agent.store.save(status)
        }
    }

    /// Waits for a store that cannot be written to; later events wait meanwhile.
    private func note(_ event: TargetEvent) async {
        let now = agent.clock.now()
        do {
            let (before, status) = try await agent.recorder.write { store in
                let known = try store.targetStatuses()[event.target]
                let before =
                    known
                    ?? TargetStatus(
                        target: event.target,
                        condition: TargetCondition(state: .ready, since: now))
                let status = applied(event, to: before, at: now)
                try store.save(status)
                return (before, status)
            }
            if status.condition.state != before.condition.state { log(status) }
        } catch {
            logger.error(
                "a target's condition cannot be recorded",
                metadata: ["target": "\(event.target)", "error": "\(error)"])
        }
    }

    private func applied(
        _ event: TargetEvent, to before: TargetStatus, at now: Instant
    ) -> TargetStatus {
        var status = before
        switch event.event {
        case .condition(let state, let until, let reason):
            let isSame = before.condition.state == state
            status.condition = TargetCondition(
                state: state, since: isSame ? before.condition.since : now,
                until: until.map(agent.clock.timeline().instant(atNanoseconds:)), reason: reason)
        case .certificate(let expiry):
            status.certificateExpiry = Instant(
                microseconds: expiry * Instant.microsecondsPerSecond)
        }
        return status
    }

    private func log(_ status: TargetStatus) {
        let condition = status.condition
        var metadata: Logger.Metadata = [
            "target": "\(status.target)", "state": "\(condition.state.rawValue)",
        ]
        if let reason = condition.reason { metadata["reason"] = "\(reason.rawValue)" }
        if let until = condition.until { metadata["until"] = "\(until.rfc3339)" }
        switch condition.state {
        case .ready: logger.info("the target is probed again", metadata: metadata)
        case .unauthorized: logger.error("the target refuses the key", metadata: metadata)
        case .limited, .open, .halfOpen:
            logger.warning("the target is not probed for now", metadata: metadata)
        }
    }
}
