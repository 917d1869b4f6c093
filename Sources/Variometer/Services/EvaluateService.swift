import Logging
import Model
import ServiceLifecycle

/// Evaluates: closes windows at its own pace, whatever the probes do.
struct EvaluateService: Service {
    let evaluator: Evaluator
    let recorder: Recorder
    let telemetry: Telemetry
    /// How long to rest between two looks, in real time.
    let pause: Duration
    let logger: Logger

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await evaluate()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
    }

    private func evaluate() async {
        do {
            try evaluator.closeWindows(before: await recorder.lowWater())
            telemetry.setEvaluationFault(nil)
        } catch {
            telemetry.setEvaluationFault("\(error)")
            logger.error("windows cannot be closed", metadata: ["error": "\(error)"])
        }
    }
}
