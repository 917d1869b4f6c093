import Configuring
import Logging
import Model
import ServiceLifecycle
import Storage

/// Deletes what is older than it is to be kept, in steps between which others write.
struct RetainService: Service {
    let agent: Agent
    /// How long to rest once there is nothing to do, in real time.
    let pause: Duration
    let logger: Logger

    func run() async throws {
        var pace = RetentionPace()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let rest = step(&pace)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: rest) }
        }
    }

    /// One step; returns how long to rest after it.
    private func step(_ pace: inout RetentionPace) -> Duration {
        do {
            let clock = ContinuousClock()
            let start = clock.now
            let effective = agent.configuration.effective
            let step = try agent.store.retain(
                effective.retention, sinks: effective.exports.map(\.sink), now: agent.clock.now(),
                limit: pace.limit)
            let taken = clock.now - start
            pace.note(taken: taken)
            // As long as the step took, so that whoever waits has the writer in between.
            return step.isDone ? pause : max(taken, .milliseconds(5))
        } catch {
            logger.error("old rows cannot be deleted", metadata: ["error": "\(error)"])
            return pause
        }
    }
}

/// How many rows a step may delete: as many as keep the writer for a fifth of the 50 ms that anybody
/// may have to wait for it.
struct RetentionPace: Equatable {
    private(set) var limit = 500

    private static let range = 50...20_000
    private static let aim = Duration.milliseconds(10)

    /// Halves or doubles, so that a slow disk is found within a few steps.
    mutating func note(taken: Duration) {
        if taken > Self.aim {
            limit = max(Self.range.lowerBound, limit / 2)
        } else if taken < Self.aim / 2 {
            limit = min(Self.range.upperBound, limit * 2)
        }
    }
}
