import Foundation
import TestKit
import Testing

@Suite("A reload")
struct ReloadTests {
    private static let plan = smallMatrix.replacing("2000/s", with: "400/s")

    @Test("keeps the old configuration on any fault, and says so wherever somebody looks")
    func fault() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: Self.plan)
        let daemon = try Daemon(in: scene)
        try scene.folder.write(
            Scene.configuration(port: scene.port, plan: Self.plan + "\nrtae: 1/s"), to: "v.yaml")
        daemon.running.signal(SIGHUP)
        #expect(daemon.log("was not reloaded", "rtae") != nil)
        let ready = try daemon.ask("/-/ready")
        #expect(ready.status == 200 && ready.body.contains("the last reload failed"))
        let metric = "variometer_config_last_reload_successful"
        #expect(try daemon.ask("/metrics").body.contains("\(metric) 0\n"))
        let posted = try daemon.ask("/-/reload", method: "POST")
        #expect(posted.status == 422 && posted.body.contains("rtae"))
        // It probes on: a round that begins after the fault ends.
        #expect(daemon.log("round ended", "\"round\":\"3\"") != nil)
        try scene.folder.write(
            Scene.configuration(port: scene.port, plan: Self.plan), to: "v.yaml")
        #expect(try daemon.ask("/-/reload", method: "POST").status == 200)
        #expect(try daemon.ask("/metrics").body.contains("\(metric) 1\n"))
        #expect(try daemon.ask("/-/ready").body == "ok\n")
        #expect(try daemon.stop().status == 0)
    }

    @Test("goes on with its round, unless what the round asks has changed")
    func cursor() throws {
        // Ten seconds a round: every reload meets one that runs.
        let slow = smallMatrix.replacing("2000/s", with: "24/s")
        let scene = try Scene(world: exampleWorld("storefront"), plan: slow)
        let daemon = try Daemon(in: scene)
        func reload(_ plan: String) throws {
            try scene.folder.write(
                Scene.configuration(port: scene.port, plan: plan), to: "v.yaml")
            #expect(try daemon.ask("/-/reload", method: "POST").status == 200)
        }
        try reload(slow.replacing("24/s", with: "400/s"))
        let same = daemon.log("round ended", "\"round\":\"1\"", "\"complete\"")
        #expect(try #require(same).contains("\"position\":\"240\""))
        try reload(slow)
        try reload(
            slow.replacing("day: all", with: "day: [Monday]").replacing("24/s", with: "400/s"))
        #expect(daemon.log("round ended", "\"position\":\"35\"", "\"complete\"") != nil)
        #expect(try daemon.stop().status == 0)
        let rounds = try scene.rounds()
        #expect(rounds.map(\.number) == Array(1...rounds.count))
        let closed = try #require(rounds.first { $0.state == "incomplete" })
        #expect(closed.probes == 240 && closed.position < 240)
        #expect(rounds.drop { $0.number <= closed.number }.allSatisfy { $0.probes == 35 })
    }
}

/// A row of the store's rounds.
private struct RoundRow: Decodable {
    let number: Int
    let state: String
    let probes: Int
    let position: Int
}

extension Scene {
    /// The rounds of the scene's plan, the first first.
    fileprivate func rounds() throws -> [RoundRow] {
        let program = """
            import sqlite3, json
            db = sqlite3.connect('v.db')
            db.row_factory = sqlite3.Row
            rows = db.execute('SELECT number, state, probes, position FROM round ORDER BY number')
            print(json.dumps([dict(row) for row in rows]))
            """
        let text = try tool("/usr/bin/python3", ["-c", program], in: folder)
        return try JSONDecoder().decode([RoundRow].self, from: Data(text.utf8))
    }
}
