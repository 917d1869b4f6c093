import Foundation
import Model
import Storage
import TestKit
import Testing

@Suite("Durability")
struct DurabilityTests {
    @Test("loses nothing acknowledged to a kill, stores nothing twice, and goes on where it stood")
    func kills() throws {
        let scene = try Scene(
            world: exampleWorld("storefront"),
            plan: smallMatrix.replacing("2000/s", with: "400/s"))
        try scene.commitOften()
        var acknowledged: Set<String> = []
        var generator = SplitMix64(seed: 9)
        for _ in 0..<6 {
            let probe = try scene.start(["probe", "--config", "v.yaml", "--acknowledge"])
            // Some commits pass, and then it is killed in the middle of whatever it does.
            var wanted = Int.random(in: 1...90, using: &generator)
            _ = probe.line { line in
                wanted -= line.hasPrefix("ACK ") ? 1 : 0
                return wanted == 0
            }
            probe.signal(SIGKILL)
            let output = try probe.ending().output
            for line in output.split(separator: "\n") where line.hasPrefix("ACK ") {
                acknowledged.insert(String(line.dropFirst(4)))
            }
            let store = try Store(reading: scene.folder.path("v.db"))
            #expect(try store.check().isEmpty)
        }
        let last = try scene.run(["probe", "--config", "v.yaml"])
        #expect(last.status == 0, "\(last.error)")
        #expect(last.output.contains("round 1 complete, 240 of 240"), "\(last.output)")
        let lines = try scene.lines()
        #expect(acknowledged.isSubset(of: Set(lines.map(\.id))))
        #expect(Set(lines.map { [$0.round, $0.index] }).count == 240)
        #expect(lines.count == 720)
    }

    @Test("stops gracefully: what is in flight ends, and the round resumes")
    func graceful() throws {
        let scene = try Scene(
            world: exampleWorld("storefront"),
            plan: smallMatrix.replacing("2000/s", with: "200/s"))
        let probe = try scene.start(["probe", "--config", "v.yaml", "--acknowledge"])
        _ = probe.line { $0.hasPrefix("ACK ") }
        probe.signal(SIGTERM)
        let ending = try probe.ending()
        #expect(ending.status == 0, "\(ending.error)")
        let stored = try scene.lines().map(\.id)
        let acknowledged = ending.output.split(separator: "\n").filter { $0.hasPrefix("ACK ") }
        #expect(stored.count == acknowledged.count)
        _ = try scene.run(["probe", "--config", "v.yaml"])
        let truth = try scene.journal().flatMap(Truth.all)
        #expect(try counted(scene.lines().map { Truth($0) }) == counted(truth))
    }
}
