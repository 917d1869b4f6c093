import ArgumentParser
import Foundation
import Model
import NIOPosix
import ServiceLifecycle
import Simulator
import UnixSignals

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Serves an experience API with known truth, on loopback.",
        discussion: """
            The world file says which experiences, audiences and allocations there are, how slow \
            the API answers and how often it fails; schema/world.schema.json describes it. The \
            same world, seed and questions give the same answers.
            """)

    @Option(name: .long, help: "The world file (JSON).")
    var world: String

    @Option(name: .long, help: "The port on 127.0.0.1; 0: a free one.")
    var port: Int

    @Option(name: .long, help: "Writes every answer that was truly given, one JSON line each.")
    var journal: String?

    @Option(name: .long, help: "Another seed gives other users other answers.")
    var seed: UInt64 = 1

    func run() async throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is 0…65535, not \(port)")
        }
        let truth = try readWorld(at: world)
        let server = try await SimulatorServer.start(
            world: truth, seed: seed, timeline: WallClock.system.timeline(), port: port,
            journal: try journal.map(Journal.init(path:)),
            group: MultiThreadedEventLoopGroup.singleton)
        StandardOutput.write("http://127.0.0.1:\(server.port)\n")
        let log = logger("simulate")
        let group = ServiceGroup(
            services: [SimulatorService(server: server)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
        try await group.run()
    }
}

/// Reads a world file.
func readWorld(at path: String) throws -> World {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw CommandFailure(.unreadableInput, "\(path): the world file cannot be read")
    }
    return try World(text: text, file: path)
}

/// Keeps a simulator until the daemon stops.
struct SimulatorService: Service {
    let server: SimulatorServer

    func run() async throws {
        try? await gracefulShutdown()
        try await server.stop()
    }
}
