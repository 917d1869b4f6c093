import Foundation
import Model
import Storage
import TestKit
import Testing

@Suite("A clock that is set while the daemon runs")
struct ClockTests {
    /// Twenty probes at forty a second, a round every two seconds.
    private static let plan = """
        every: 2s
        rate: 40/s
        subjects: { panel: { count: 20 } }
        matrix: { attributes: { a: [\((0..<20).map { "v\($0)" }.joined(separator: ", "))] } }
        """

    @Test("makes neither a burst nor a stall, whichever way it goes")
    func steps() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        try scene.folder.write(
            Scene.configuration(port: scene.port, plan: Self.plan)
                .replacing("continuous: true\n", with: "\n"), to: "v.yaml")
        func set(_ step: String) throws { try scene.folder.write(step + "\n", to: "clock") }
        try set("+0")
        // The library changes the environment of the first process that loads it, behind which
        // Swift finds the arguments: that one is not ours.
        let running = try Product.start(
            [Product.url.path, "run", "--config", "v.yaml"], in: scene.folder,
            environment: scene.environment.merging([
                "LD_PRELOAD": "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
                "FAKETIME_TIMESTAMP_FILE": scene.folder.path("clock"), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            ]) { $1 }, executable: URL(filePath: "/usr/bin/env"))
        // Where a round waits for the clock to catch up, the test fails instead of waiting too.
        running.end(after: 120)
        var round = 1
        for step in ["-2h", "+0", "+1d", "+22h", "+0"] {
            guard running.roundEnds(round) else {
                let ending = try running.ending()
                Issue.record("before the clock goes to \(step): \(ending)")
                return
            }
            try set(step)
            // One may have begun already; the second began after the step.
            round += 2
        }
        #expect(running.roundEnds(round))
        running.signal(SIGTERM)
        let ending = try running.ending()
        #expect(ending.status == 0, "\(ending.error)")
        let lines = try scene.lines()
        let rounds = lines.map(\.round)
        #expect(rounds == rounds.sorted(), "the store's order is that of the rounds")
        #expect(Set(counted(rounds).values).isSubset(of: [20]))
        let seconds = try scene.journal().map { $0.at.prefix(19) }
        #expect((counted(seconds).values.max() ?? 0) <= 60, "\(counted(seconds))")
    }
}

extension Running {
    /// Waits for the end of a round; false: the process ended.
    fileprivate func roundEnds(_ number: Int) -> Bool {
        errorLine { $0.contains("round ended") && $0.contains("\"round\":\"\(number)\"") } != nil
    }
}
