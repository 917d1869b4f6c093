import Foundation
import Model
import NIOPosix
import Simulator
import TestKit
import Testing
import WorldRig

/// The weeks that are run in process for many seeds, here over HTTP: two rounds of each.
@Suite("A week's hours over HTTP")
struct WeekTests {
    @Test("are quiet while all is well, and what breaks in the next round is told")
    func week() async throws {
        let week = Scenario.week()
        let troubled = Scenario.week(Set(Scenario.Trouble.allCases))
        let folder = try TemporaryFolder()
        let healthy = try await serve(week, at: "2026-11-16T08:00:00Z", port: 0)
        let port = healthy.port
        try folder.write(
            week.configuration.replacing("127.0.0.1:1\"", with: "127.0.0.1:\(port)\"")
                .replacing("rate: 1/s", with: "rate: 2000/s"), to: "v.yaml")
        let quiet = try await told(after: 2, in: folder)
        #expect(quiet == [], "\(quiet)")
        try await healthy.stop()
        // The hero is split otherwise in Germany, the offers are paused, and desktop visitors of the
        // strip have an audience of their own.
        let broken = try await serve(troubled, at: "2026-11-20T11:00:00Z", port: port)
        let found = try await told(after: 1, in: folder)
        #expect(
            found == [
                "configuration promo-strip", "dark offers", "targeting_change hero",
                "targeting_change promo-strip",
            ], "\(found)")
        try await broken.stop()
    }

    /// A scenario's world whose clock stands still.
    private func serve(
        _ scenario: Scenario, at instant: String, port: Int
    ) async throws -> SimulatorServer {
        let anchor = try #require(Instant(rfc3339: instant))
        return try await SimulatorServer.start(
            world: scenario.world, seed: 7,
            timeline: Timeline(anchor: anchor, anchorNanoseconds: 0, factor: 1e-12), port: port,
            group: MultiThreadedEventLoopGroup.singleton)
    }

    /// Probes some rounds; what is told then of warnings and above, but for how busy the machine is.
    private func told(after rounds: Int, in folder: TemporaryFolder) async throws -> [String] {
        try await onOwnThread {
            let probed = try Product.run(
                ["probe", "--config", "v.yaml", "--rounds", "\(rounds)"], in: folder,
                environment: ["KEY": "secret"])
            guard probed.status == 0 else {
                throw ToolFailure(path: "probe", error: probed.error)
            }
            let summary = try Product.run(
                ["report", "summary", "--store", "rig.db", "--format", "json"], in: folder)
            let told = try JSONDecoder().decode(Told.self, from: Data(summary.output.utf8))
            return told.findings.filter { $0.severity != "info" && $0.kind != "prober" }
                .map { "\($0.kind) \($0.experience ?? "")" }.sorted()
        }
    }

    private struct Told: Decodable {
        let findings: [Finding]

        struct Finding: Decodable {
            let kind: String
            let severity: String
            let experience: String?
        }
    }
}
