import Analysis
import Foundation
import Model
import Storage
import TestKit
import Testing

@Suite("Looking after a store")
struct StoreCommandTests {
    /// A scene with a round that was probed.
    private func probed() throws -> Scene {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let probe = try scene.run(["probe", "--config", "v.yaml", "--rounds", "2"])
        #expect(probe.status == 0, "\(probe.error)")
        return scene
    }

    @Test("backs it up beside a daemon, and gives nothing back that is in use")
    func backup() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let daemon = try Daemon(in: scene)
        #expect(daemon.log("round ended", "\"round\":\"1\"") != nil)
        let backup = try scene.run(["store", "backup", "--store", "v.db", "--out", "copy.db"])
        #expect(backup.status == 0, "\(backup.error)")
        #expect(backup.output.contains("checked"))
        #expect(try scene.run(["store", "check", "--store", "copy.db"]).status == 0)
        #expect(try Store(reading: scene.folder.path("copy.db")).statistics().results >= 240)
        for arguments in [
            ["store", "compact", "--store", "v.db"],
            ["replay", "--store", "v.db", "--since", "1h"],
        ] {
            let refused = try scene.run(arguments)
            #expect(refused.status == 69, "\(arguments): \(refused.error)")
            #expect(refused.error.contains("another variometer writes to this store"))
        }
        #expect(try daemon.stop().status == 0)
        let again = try scene.run(["store", "backup", "--store", "v.db", "--out", "copy.db"])
        #expect(again.status == 73 && again.error.contains("it exists"), "\(again.error)")
        let compact = try scene.run(["store", "compact", "--store", "v.db"])
        #expect(compact.status == 0 && compact.output.contains("bytes before"), "\(compact.error)")
    }

    @Test("salvages what can be read of a damaged one, and says what was lost")
    func salvage() throws {
        let scene = try probed()
        let whole = try scene.run(["store", "salvage", "--store", "v.db", "--out", "whole.db"])
        #expect(whole.status == 0, "\(whole.output)\(whole.error)")
        #expect(whole.output.contains("all of it was saved"))
        let file = URL(filePath: scene.folder.path("v.db"))
        var bytes = try Data(contentsOf: file)
        for page in stride(from: 20, to: bytes.count / 4_096, by: 7) {
            bytes.replaceSubrange(
                (page * 4_096)..<(page * 4_096 + 900), with: Data(repeating: 0x5A, count: 900))
        }
        try bytes.write(to: file)
        let check = try scene.run(["store", "check", "--store", "v.db"])
        #expect(check.status == 1 && check.error.contains("store salvage"), "\(check.error)")
        let part = try scene.run(["store", "salvage", "--store", "v.db", "--out", "part.db"])
        #expect(part.status == 1, "\(part.output)\(part.error)")
        #expect(part.error.contains("not all of v.db could be saved"), "\(part.error)")
        #expect(try scene.run(["store", "check", "--store", "part.db"]).status == 0)
        // A daemon goes on with a new one; the damaged one is still there.
        let probe = try scene.run(["probe", "--config", "v.yaml"])
        #expect(probe.status == 0 && probe.error.contains("moved aside"), "\(probe.error)")
        let files = try FileManager.default.contentsOfDirectory(atPath: scene.folder.url.path)
        #expect(files.contains { $0.hasPrefix("v.db.corrupt-") })
        let report = try scene.run(["report", "--store", "v.db", "--format", "json"])
        #expect(report.output.contains("prober/sim/shop/replaced"))
    }

    @Test("shows the raw answer of an observation, and what changed since the one before")
    func answer() throws {
        let scene = try probed()
        let line = try #require(try scene.lines().last { $0.population == .panel })
        let answer = try scene.run(["store", "answer", line.id, "--store", "v.db"])
        #expect(answer.status == 0, "\(answer.error)")
        let object = try JSONSerialization.jsonObject(with: Data(answer.output.utf8))
        #expect(object as? [String: Any] != nil)
        #expect(answer.error.contains("since the answer of"), "\(answer.error)")
        let none = try scene.run(["store", "answer", "999999", "--store", "v.db"])
        #expect(none.status == 65 && none.error.contains("no observation"), "\(none.error)")
    }

    @Test("replays windows: the same findings byte for byte, or the difference")
    func replay() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let early = try scene.run(["probe", "--config", "v.yaml"])
        #expect(early.status == 0, "\(early.error)")
        // Time passes: what was just probed is closed.
        let path = scene.folder.path("v.db")
        let store = try Store(writing: path)
        var evaluator = Evaluator(store: store)
        let last = try #require(try store.latestDue())
        try evaluator.closeWindows(before: last.advanced(by: 2 * Instant.microsecondsPerHour))
        try store.close()
        let replay = try scene.run(["replay", "--store", "v.db", "--since", "1h"])
        #expect(replay.status == 0, "\(replay.output)\(replay.error)")
        #expect(replay.output.contains("the same byte for byte"), "\(replay.output)")
        #expect(replay.output.contains("240 results, 0 of them late"), "\(replay.output)")
        // A clock that was two hours ahead has closed windows that are not over: they are open again.
        let probe = try scene.run(["probe", "--config", "v.yaml", "--max-probes", "30"])
        #expect(probe.status == 0)
        let stats = try scene.run(["store", "stats", "--store", "v.db"])
        #expect(stats.output.contains("late          0 results"), "\(stats.output)")
        let summary = try scene.run(["report", "coverage", "--store", "v.db", "--format", "json"])
        #expect(summary.output.contains("\"asked\":270"), "\(summary.output)")
        let nothing = try scene.run(
            [
                "replay", "--store", "v.db", "--since", "2099-01-01T00:00:00Z", "--until",
                "2099-01-02T00:00:00Z",
            ])
        #expect(nothing.status == 65 && nothing.error.contains("nothing to replay"))
    }
}
