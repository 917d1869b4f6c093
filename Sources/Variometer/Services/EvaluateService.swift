import Analysis
import Logging
import Model
import ServiceLifecycle

/// Evaluates: closes windows at its own pace, whatever the probes do.
struct EvaluateService: Service {
    let agent: Agent
    /// How long to rest between two looks, in real time.
    let pause: Duration
    let logger: Logger

    func run() async throws {
        var evaluator = Evaluator(store: agent.store)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await evaluate(with: &evaluator)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
    }

    private func evaluate(with evaluator: inout Evaluator) async {
        do {
            try evaluator.closeWindows(before: await agent.recorder.lowWater()) {
                Task.isShuttingDownGracefully || Task.isCancelled
            }
            agent.telemetry.setEvaluationFault(nil)
        } catch {
            agent.telemetry.setEvaluationFault("\(error)")
            logger.error("windows cannot be closed", metadata: ["error": "\(error)"])
        }
    }
}
