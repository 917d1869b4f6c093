import Foundation
import Model
import Storage
import TestKit
import Testing

@Suite("The daemon")
struct DaemonTests {
    @Test("probes, serves its page and metrics, and stops when it is told to")
    func run() throws {
        let scene = try Scene(
            world: exampleWorld("storefront"),
            plan: smallMatrix.replacing("2000/s", with: "500/s"))
        let daemon = try scene.start(["run", "--config", "v.yaml"])
        let listening = try #require(daemon.errorLine { $0.contains("listening") })
        let object = try JSONSerialization.jsonObject(with: Data(listening.utf8)) as? [String: Any]
        let port = try #require(object?["port"] as? String)
        // A round has ended: there is something to see.
        _ = daemon.errorLine { $0.contains("round ended") }
        func get(_ path: String) throws -> String {
            try tool(
                "/usr/bin/python3",
                [
                    "-c",
                    "import urllib.request as u; print(u.urlopen('http://127.0.0.1:\(port)\(path)').read().decode())",
                ],
                in: scene.folder)
        }
        #expect(try get("/-/healthy") == "ok\n\n" && get("/-/ready") == "ok\n\n")
        let page = try get("/")
        #expect(page.contains("sim/shop") && page.contains("<table>") && !page.contains("<script"))
        let metrics = try get("/metrics")
        #expect(
            metrics.contains(
                #"variometer_results_total{target="sim",plan="shop",outcome="answered",reason=""}"#)
        )
        try scene.folder.write(metrics.trimmingCharacters(in: .newlines) + "\n", to: "metrics.txt")
        _ = try tool("/bin/sh", ["-c", "promtool check metrics < metrics.txt"], in: scene.folder)
        let beside = try scene.run(["probe", "--config", "v.yaml"])
        #expect(beside.status == 69 && beside.error.contains("another variometer"))
        #expect(try scene.run(["report", "--store", "v.db"]).status == 0)
        daemon.signal(SIGTERM)
        let ending = try daemon.ending()
        #expect(ending.status == 0, "\(ending.error)")
        #expect(!ending.error.contains("secret"))
        #expect(try scene.run(["store", "check", "--store", "v.db"]).status == 0)
    }

    @Test("shows in a demo the troubles that there are, alone in an empty folder")
    func demo() throws {
        let folder = try TemporaryFolder()
        let alone = folder.url.appending(path: "variometer")
        try FileManager.default.copyItem(at: Product.url, to: alone)
        let ending = try Product.run(
            ["demo", "--seconds", "12"], in: folder, environment: ["TMPDIR": folder.url.path],
            executable: alone)
        #expect(ending.status == 0, "\(ending.error)")
        let mismatches = ending.output.components(separatedBy: "\n").filter {
            $0.hasPrefix("mismatch")
        }
        #expect(mismatches.count == 1 && mismatches[0].contains("7W"), "\(ending.output)")
        let slow = ending.output.components(separatedBy: "\n").filter { $0.hasPrefix("SLOW") }
        #expect(!slow.isEmpty && slow.allSatisfy { $0.contains("BR:") }, "\(slow)")
        #expect(ending.output.contains("(verified)"))
        let database = try #require(
            ending.output.components(separatedBy: "\n").first { $0.hasPrefix("database") })
        let path = database.split(separator: " ").last.map(String.init) ?? ""
        try rollupsEqualRows(path, in: folder)
    }

    /// Nearly all windows of the demo's week are closed: reports read rollups, and must say what
    /// the rows say.
    private func rollupsEqualRows(_ path: String, in folder: TemporaryFolder) throws {
        let store = try Store(reading: path)
        let lines = try store.observationLines(after: 0, since: nil, until: nil, limit: .max)
        let watermark = try #require(try store.watermark())
        let middle = lines[lines.count / 2].dueAt
        #expect(watermark > middle)
        let dues = lines.map(\.dueAt)
        let since = try #require(dues.min()).rfc3339
        let until = try #require(dues.max()).advanced(by: 1).rfc3339
        let report = try Product.run(
            [
                "report", "coverage", "--store", path, "--since", since, "--until", until,
                "--format", "json",
            ],
            in: folder)
        let object = try JSONSerialization.jsonObject(with: Data(report.output.utf8))
        let rows = (object as? [String: Any])?["rows"] as? [[String: Any]] ?? []
        // Everyone, 7 days, 8 hours, 3 devices, 6 places.
        #expect(rows.count == 25)
        for row in rows {
            let segment = row["segment"] as? [String: String] ?? [:]
            let held = Segment(segment.map { Coordinate(dimension: $0.key, value: $0.value) })
            let inside = lines.count { line in
                line.observation.experience == "hero" && held.contains(line.context)
            }
            #expect(row["asked"] as? Int == inside, "\(segment)")
        }
    }

    @Test("says who is in its way where its port is taken")
    func takenPort() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let text = Scene.configuration(port: scene.port, plan: smallMatrix)
            .replacing("127.0.0.1:0", with: "127.0.0.1:\(scene.port)")
        try scene.folder.write(text, to: "v.yaml")
        let ending = try scene.run(["run", "--config", "v.yaml"])
        #expect(ending.status == 69)
        #expect(ending.error.contains("cannot listen on 127.0.0.1:\(scene.port)"))
    }
}
