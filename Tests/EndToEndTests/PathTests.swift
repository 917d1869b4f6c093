import Foundation
import Model
import TestKit
import Testing

@Suite("The path, end to end")
struct PathTests {
    @Test("records what was truly answered, exports what was recorded")
    func oneRound() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let probed = try scene.run(["probe", "--config", "v.yaml"])
        #expect(probed.status == 0, "\(probed.error)")
        #expect(probed.output.contains("round 1 complete, 240 of 240 probes"))
        let lines = try scene.lines()
        let truth = try scene.journal().flatMap(Truth.all)
        #expect(lines.count == 720)
        #expect(counted(lines.map { Truth($0) }) == counted(truth))
        #expect(Set(lines.map { [$0.round, $0.index] }).count == 240)
        for line in lines {
            let phases = line.phases
            let done = line.dueAt.distance(to: line.dueAt.advanced(by: phases.responseUs))
            #expect(phases.lagUs + phases.setUpUs + (phases.latencyUs ?? 0) == done)
        }
        try checkExport(scene, lines)
        try checkReports(scene)
    }

    private func checkExport(_ scene: Scene, _ lines: [ObservationLine]) throws {
        let exported = try scene.run(["export", "--store", "v.db", "--out", "out"])
        #expect(exported.status == 0 && exported.output.contains("720 rows"), "\(exported.error)")
        let text = try tool("/bin/sh", ["-c", "zcat out/*.gz"], in: scene.folder)
        #expect(text == lines.map { $0.json + "\n" }.joined())
        #expect(try scene.run(["verify", "out"]).status == 0)
        let schema = checkout.appending(path: "schema/observation.schema.json").path
        let program = """
            import gzip, glob, json, jsonschema
            check = jsonschema.Draft202012Validator(json.load(open('\(schema)')))
            lines = [l for f in glob.glob('out/*.gz') for l in gzip.open(f)]
            for line in lines: check.validate(json.loads(line))
            print(len(lines))
            """
        #expect(try tool("/usr/bin/python3", ["-c", program], in: scene.folder) == "720\n")
        let name =
            try FileManager.default.contentsOfDirectory(atPath: scene.folder.path("out"))
            .first { $0.hasSuffix(".gz") } ?? ""
        try scene.folder.write("junk", to: "out/" + name)
        let damaged = try scene.run(["verify", "out"])
        #expect(damaged.status == 1 && damaged.output.contains(name))
    }

    private func checkReports(_ scene: Scene) throws {
        let schema = checkout.appending(path: "schema/report.schema.json").path
        for kind in ["summary", "coverage", "distribution", "split", "latency"] {
            let report = try scene.run(["report", kind, "--store", "v.db", "--format", "json"])
            #expect(report.status == 0, "\(kind): \(report.error)")
            try scene.folder.write(report.output, to: "report.json")
            let program = """
                import json, jsonschema
                jsonschema.Draft202012Validator(json.load(open('\(schema)'))).validate(json.load(open('report.json')))
                """
            _ = try tool("/usr/bin/python3", ["-c", program], in: scene.folder)
        }
        let two = try scene.run(["report", "coverage", "--store", "v.db", "--by", "day,hour"])
        #expect(two.output.contains("Saturday · hour 19"), "\(two.output)")
        let unknown = try scene.run(["report", "latency", "--store", "v.db", "--by", "moon"])
        #expect(unknown.status == 65 && unknown.error.contains("utm_medium"))
    }

    @Test("takes failures for what they are, and loses nothing")
    func faults() throws {
        // Without 429, which stops the target: here all is asked.
        let world = try exampleWorld("troubled").replacing("rate_limit", with: "html")
        let scene = try Scene(world: world, plan: smallMatrix)
        let probed = try scene.run(["probe", "--config", "v.yaml", "--rounds", "6"])
        #expect(probed.status == 0, "\(probed.error)")
        let lines = try scene.lines()
        let truth = try scene.journal().flatMap(Truth.all)
        #expect(counted(lines.map { Truth($0) }) == counted(truth))
        let outcomes = counted(lines.map(\.observation.outcome))
        for outcome in [Outcome.failed, .unreachable, .malformed] {
            #expect((outcomes[outcome] ?? 0) > 0, "\(outcome)")
        }
        let answered = Set(
            lines.filter { $0.observation.outcome.isResolved }.map(\.resultID)
        ).count
        let report = try scene.run(["report", "latency", "--store", "v.db", "--format", "json"])
        let object = try JSONSerialization.jsonObject(with: Data(report.output.utf8))
        let rows = (object as? [String: Any])?["rows"] as? [[String: Any]]
        #expect(rows?.first?["n"] as? Int == answered)
        // Every failed cohort subject was asked again in a later round.
        let failed = Set(
            lines.filter {
                $0.population == .cohort && $0.round < 6 && !$0.observation.outcome.isResolved
            }.map(\.subject))
        let later = Set(
            lines.filter { $0.population == .cohort && $0.index >= 240 }.map(\.subject))
        #expect(!failed.isEmpty && failed.isSubset(of: later))
    }

    @Test("finds the skew that there is, and none where there is none")
    func truth() throws {
        let allocations = """
            \(smallMatrix.replacing("share: 0.3", with: "share: 0.9"))
            allocations:
              hero:
                "7W": { "1": 50, "2": 50 }
                "All users": { "1": 50, "2": 50 }
              promo-strip:
                "3C": { "1": 70, "2": 20, "3": 10 }
            controls: { promo-strip: 5 }
            """
        let world = try exampleWorld("storefront")
        let healthy = try Scene(world: world, plan: allocations)
        _ = try healthy.run(["probe", "--config", "v.yaml", "--rounds", "1"])
        let fine = try healthy.run(["report", "split", "--store", "v.db"])
        #expect(fine.status == 0, "\(fine.output)")
        let skewed = try Scene(
            world: world.replacing(
                #""device": ["Mobile"] },\#n          "allocation": { "1": 50, "2": 50 }"#,
                with: #""device": ["Mobile"] },\#n          "allocation": { "1": 66, "2": 34 }"#),
            plan: allocations)
        _ = try skewed.run(["probe", "--config", "v.yaml", "--rounds", "1"])
        let found = try skewed.run(["report", "split", "--store", "v.db", "--format", "json"])
        #expect(found.status == 1)
        let object = try JSONSerialization.jsonObject(with: Data(found.output.utf8))
        let rows = (object as? [String: Any])?["rows"] as? [[String: Any]] ?? []
        let mismatches = rows.filter { $0["verdict"] as? String == "mismatch" }
        #expect(mismatches.map { $0["audience"] as? String } == ["7W"])
        let gated = try skewed.run([
            "report", "summary", "--store", "v.db", "--fail-on", "critical",
        ])
        #expect(gated.status == 1)
    }

    @Test("holds every answer against what is expected, payloads too, and forgets what is not")
    func expectations() throws {
        let plan = """
            \(smallMatrix)
            expectations:
              - { when: { device: iphone }, experience: hero, audience: "Phone visitors" }
              - { when: { day: [Saturday, Sunday], hour: 19 }, experience: weekend, outcome: served }
              - { when: { device: iphone }, experience: hero, payload: { Columns: "2" } }
            """
        let scene = try Scene(world: exampleWorld("storefront"), plan: plan)
        let probed = try scene.run(["probe", "--config", "v.yaml"])
        #expect(probed.status == 0, "\(probed.error)")
        let report = try scene.run([
            "report", "expectations", "--store", "v.db", "--format", "json",
        ])
        #expect(report.status == 1, "\(report.error)")
        try scene.folder.write(report.output, to: "report.json")
        let schema = checkout.appending(path: "schema/report.schema.json").path
        let program = """
            import json, jsonschema
            report = json.load(open('report.json'))
            jsonschema.Draft202012Validator(json.load(open('\(schema)'))).validate(report)
            for row in report['rows']:
                print(row['verdict'], row['cells'], row['cover'], [i['got'] for i in row['instead']])
            print([(f['kind'], f['severity'], f['segment']) for f in report['findings']
                if f['kind'] == 'expectation'])
            """
        #expect(
            try tool("/usr/bin/python3", ["-c", program], in: scene.folder) == """
                ok 84 None []
                ok 12 None []
                broken 84 {'device': 'iphone'} ['Columns "3"']
                [('expectation', 'warning', {'device': 'iphone'})]

                """)
        try scene.folder.write(
            Scene.configuration(
                port: scene.port, plan: plan.replacing("Columns: \"2\"", with: "Rows: \"2\"")),
            to: "v.yaml")
        _ = try scene.run(["probe", "--config", "v.yaml", "--max-probes", "1"])
        let later = try scene.run(["report", "expectations", "--store", "v.db"])
        #expect(!later.output.contains("Columns"), "\(later.output)")
    }
}
