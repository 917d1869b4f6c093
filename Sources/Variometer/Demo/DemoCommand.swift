import ArgumentParser
import Configuring
import Foundation
import Logging
import Model
import NIOPosix
import Probing
import ServiceLifecycle
import Simulator
import Storage
import UnixSignals

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Simulator and daemon on a virtual clock: a week in a minute, with troubles.",
        discussion: """
            Due times, windows and exports run on a virtual clock; rate and latency are real. \
            With --seconds it sends a fixed number of probes, prints the reports and exits; \
            without, the page stays up until you interrupt it.
            """)

    @Option(name: .long, help: "The port of the page on 127.0.0.1; 0: a free one.")
    var port: Int = 0

    @Option(name: .long, help: "How long a week takes, 10 … 3600.")
    var seconds: Int?

    /// Probes a second, in real time.
    private static let rate = 400
    private static let defaultSeconds = 60

    func validate() throws {
        guard (10...3_600).contains(seconds ?? Self.defaultSeconds) else {
            throw ValidationError("--seconds is 10 … 3600")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 … 65535") }
    }

    func run() async throws {
        let duration = seconds ?? Self.defaultSeconds
        let files = try DemoFiles()
        let clock = Self.virtualWeek(in: duration)
        let simulator = try await startSimulator(files, clock: clock)
        let agent = try Agent(try configuration(files, simulator: simulator), clock: clock)
        let runners = try await agent.runners()
        guard let runner = runners.first else { return }
        announce(files, clock: clock)
        let script = DemoScript(
            agent: agent, runner: runner, files: files,
            // What remains of the time is for starting and for the reports.
            probes: Self.rate * (duration - 4), staysUp: seconds == nil)
        try await serve(agent, script: script)
        try await simulator.stop()
        try agent.store.close()
    }

    /// Seven days that end about now, in `seconds`.
    private static func virtualWeek(in seconds: Int) -> WallClock {
        let week = 7 * Instant.microsecondsPerDay
        let today = WallClock.system.now().dayNumber * Instant.microsecondsPerDay
        return .lapse(
            Timeline(
                anchor: Instant(microseconds: today - week),
                anchorNanoseconds: monotonicNanoseconds(),
                factor: Double(week) / 1e6 / Double(seconds)))
    }

    private func startSimulator(
        _ files: DemoFiles, clock: WallClock
    ) async throws -> SimulatorServer {
        try files.write(DemoFiles.world, to: "world.json")
        return try await SimulatorServer.start(
            world: try readWorld(at: files.path("world.json")), seed: 7,
            timeline: clock.timeline(), port: 0,
            journal: try Journal(path: files.path("journal.ndjson")),
            group: MultiThreadedEventLoopGroup.singleton)
    }

    private func configuration(
        _ files: DemoFiles, simulator: SimulatorServer
    ) throws -> LoadedConfiguration {
        let text = DemoFiles.configuration(
            simulatorPort: simulator.port, listenPort: port, rate: Self.rate)
        try files.write(text, to: "variometer.yaml")
        let path = files.path("variometer.yaml")
        switch load(
            text: text, file: path, environment: [DemoFiles.keyVariable: DemoFiles.key])
        {
        case .loaded(let configuration): return configuration
        case .faulty(let faults):
            throw CommandFailure(
                .internalFault, faults.map(\.description).joined(separator: "\n"))
        }
    }

    private func announce(_ files: DemoFiles, clock: WallClock) {
        let factor = Int(clock.timeline().factor)
        StandardError.write(
            """
            a week at \(factor) times its pace, \(Self.rate) probes a second of real time
            troubles to find: hero serves phones 60/40 where 50/50 is stated; Brazil is slow;
            weekend is served on weekend evenings only
            folder: \(files.folder.path)\n
            """)
    }

    private func serve(_ agent: Agent, script: DemoScript) async throws {
        var log = logger("demo")
        log.logLevel = .error
        let services = try daemonServices(
            of: agent, runners: [], file: nil, pause: .milliseconds(500),
            onListening: { port in
                StandardError.write("page: http://127.0.0.1:\(port)/\n")
            })
        // The script does the probing, and exports once at its end: one writer to the folder.
        let lasting = services.filter { !($0 is ProbeService) && !($0 is ExportService) }.map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0)
        }
        let course = ServiceGroupConfiguration.ServiceConfiguration(
            service: script, successTerminationBehavior: .gracefullyShutdownGroup)
        let configuration = ServiceGroupConfiguration(
            services: lasting + [course], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: log)
        try await ServiceGroup(configuration: configuration).run()
    }
}
