import ArgumentParser
import Configuring
import Logging
import Model
import Planning
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
        let log = logger("variometer")
        announce(agent.configuration, log)
        let services = try daemonServices(
            of: agent, runners: try await agent.runners(), file: file.config, pause: .seconds(5),
            onListening: { port in
                log.info("listening", metadata: ["port": "\(port)"])
            })
        let group = ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
        try await group.run()
        try agent.store.close()
    }
}

/// What will be sent, before anything is.
private func announce(_ configuration: LoadedConfiguration, _ log: Logger) {
    for plan in configuration.effective.plans {
        let outlook = Outlook(plan: plan, pool: configuration.pools[plan.name], zone: nil)
        log.info(
            "plan",
            metadata: [
                "plan": "\(plan.name)", "targets": "\(plan.targets.joined(separator: ", "))",
                "calls_per_day": "\(Int(outlook.cost.fetchesPerDay)) each",
            ])
    }
}

/// The daemon's services in the order in which they start; they stop in the opposite one.
func daemonServices(
    of agent: Agent, runners: [PlanRunner], file: String?, pause: Duration,
    onListening: @escaping @Sendable (Int) async -> Void
) throws -> [any Service] {
    let effective = agent.configuration.effective
    let changes = Changes()
    let reloader = file.map {
        Reloader(agent: agent, path: $0, changes: changes, logger: logger("reload"))
    }
    agent.telemetry.setTargets(effective.targets.map(\.name))
    let record = RecordService(recorder: agent.recorder)
    let watch = WatchService(agent: agent, logger: logger("watch"))
    try watch.begin()
    let exports = effective.exports.map { settings in
        switch settings {
        case .ndjson(let directory, let everyUs):
            ExportService(
                store: agent.store, directory: directory, sink: settings.sink,
                pause: .microseconds(everyUs),
                telemetry: agent.telemetry, logger: logger("export"))
        }
    }
    let probe = ProbeService(
        agent: agent, first: runners, changes: changes, logger: logger("probe"))
    let evaluate = EvaluateService(agent: agent, pause: pause, logger: logger("evaluate"))
    let metadata = MetadataService(
        agent: agent, reloader: reloader, logger: logger("metadata"))
    let front = WebFront(agent: agent)
    let web = WebServer(
        listen: effective.listen, page: front.page, metrics: front.metrics,
        readiness: front.readiness, notes: front.notes,
        reload: { await reloader?.reload() ?? ["this daemon has no configuration file"] },
        onListening: onListening, logger: logger("web"))
    let reload = reloader.map { [ReloadService(reloader: $0)] } ?? []
    let retain = RetainService(agent: agent, pause: .seconds(60), logger: logger("retain"))
    let haste = HasteService(recorder: agent.recorder)
    return [record, watch, probe, metadata, evaluate, retain] + exports + reload + [web, haste]
}
