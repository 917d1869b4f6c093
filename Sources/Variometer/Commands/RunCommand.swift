import ArgumentParser
import Configuring
import Logging
import Model
import ServiceLifecycle
import Storage
import UnixSignals
import Web

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the daemon until SIGTERM or SIGINT.")

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let agent = try Agent(try file.load(), clock: .system)
        let runners = try await agent.runners()
        let log = logger("variometer")
        let services = daemonServices(
            of: agent, runners: runners, pause: .seconds(5),
            onListening: { port in
                log.info("listening", metadata: ["port": "\(port)"])
            })
        let group = ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
        try await group.run()
        try agent.store.close()
    }
}

/// The daemon's services in the order in which they start; they stop in the opposite one.
func daemonServices(
    of agent: Agent, runners: [PlanRunner], pause: Duration,
    onListening: @escaping @Sendable (Int) async -> Void
) -> [any Service] {
    let effective = agent.configuration.effective
    let exports = effective.exports.map { settings in
        switch settings {
        case .ndjson(let directory, let everyUs):
            ExportService(
                store: agent.store, directory: directory, pause: .microseconds(everyUs),
                telemetry: agent.telemetry, logger: logger("export"))
        }
    }
    let probe = ProbeService(
        runners: runners, probers: Array(agent.probers.values), clock: agent.clock,
        logger: logger("probe"))
    let evaluate = EvaluateService(
        evaluator: agent.evaluator, recorder: agent.recorder, telemetry: agent.telemetry,
        pause: pause, logger: logger("evaluate"))
    let front = WebFront(agent: agent)
    let web = WebServer(
        listen: effective.listen, page: front.page, metrics: front.metrics,
        readiness: front.readiness, onListening: onListening, logger: logger("web"))
    return [probe, evaluate] + exports + [web]
}
