import Foundation
import Model
import TestKit
import Testing

@Suite("Targets")
struct TargetTests {
    @Test("that are compared are asked the same side by side, each first about as often")
    func compared() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let canary = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let plan = smallMatrix.replacing("2000/s", with: "200/s") + "\ncompare: [[sim, canary]]"
        let text = Scene.configuration(port: scene.port, plan: plan).replacing(
            "plans:",
            with: """
                  canary: { base_url: "http://127.0.0.1:\(canary.port)", workspace_id: WS1, api_key: "${KEY}" }
                plans:
                """)
        try scene.folder.write(text, to: "v.yaml")
        let probed = try scene.run(["probe", "--config", "v.yaml"])
        #expect(probed.status == 0, "\(probed.error)")
        let lines = try scene.lines().filter { $0.observation.experience == "hero" }
        let pairs = Dictionary(grouping: lines) { $0.index }
        #expect(pairs.count == 240)
        var first = 0
        for pair in pairs.values {
            #expect(Set(pair.map(\.target)) == ["sim", "canary"] && pair.count == 2)
            #expect(Set(pair.map(\.subject)).count == 1 && Set(pair.map(\.context)).count == 1)
            // The same hash of the same subject: what differs is the target alone.
            #expect(Set(pair.map(\.observation.variation)).count == 1)
            let sim = try #require(pair.first { $0.target == "sim" })
            if pair.allSatisfy({ $0.dueAt >= sim.dueAt }) { first += 1 }
        }
        // Within five standard deviations of a half.
        #expect((81...159).contains(first))
        #expect(try scene.journal().count == 240 && canary.journal().count == 240)
    }

    @Test("that speak OFREP are probed like any other, alone and in bulk", arguments: [1, 3])
    func ofrep(experiences: Int) throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        let keys = ["hero", "promo-strip", "weekend"].prefix(experiences)
        let text = Scene.configuration(port: scene.port, plan: smallMatrix)
            .replacing("workspace_id: WS1, ", with: "api: ofrep, ")
            .replacing(
                "[hero, promo-strip, weekend]", with: "[\(keys.joined(separator: ", "))]")
        try scene.folder.write(text, to: "v.yaml")
        let probed = try scene.run(["probe", "--config", "v.yaml"])
        #expect(probed.status == 0, "\(probed.error)")
        let lines = try scene.lines()
        #expect(lines.count == 240 * experiences)
        func named(_ truth: Truth) -> [String?] {
            [truth.subject, truth.experience, truth.outcome, truth.variation, truth.audience]
        }
        let truth = try scene.journal().flatMap(Truth.all)
        #expect(counted(lines.map { named(Truth($0)) }) == counted(truth.map(named)))
    }

    @Test("that limit what comes are left alone until their reset, and asked right after it")
    func limited() throws {
        let world = try exampleWorld("storefront").replacing(
            #""experiences": ["#,
            with: #""rate_limit": { "per_second": 10, "retry_after_s": 2 }, "experiences": ["#)
        let scene = try Scene(world: world, plan: smallMatrix)
        let text = Scene.configuration(
            port: scene.port, plan: smallMatrix.replacing("2000/s", with: "20/s")
        ).replacing("timeout: 30s", with: "budget: 20/s, timeout: 30s")
        try scene.folder.write(text, to: "v.yaml")
        let probed = try scene.run(["probe", "--config", "v.yaml", "--max-probes", "200"])
        #expect(probed.status == 0, "\(probed.error)")
        #expect(probed.error.contains("the target is not probed for now"))
        // Nothing leaves between an answer of 429 and its reset; something does soon after it.
        let lines = try scene.lines().filter { $0.observation.experience == "hero" }
        let sent = lines.map(\.sentAt).sorted()
        var resets = 0
        for limited in lines where limited.observation.outcome == .limited {
            guard let next = sent.first(where: { $0 > limited.doneAt }) else { continue }
            let wait = limited.doneAt.distance(to: next)
            #expect((2_000_000...3_000_000).contains(wait), "after \(wait) µs")
            resets += 1
        }
        #expect(resets >= 2)
        // The budget as the target saw it: what a second saves, and what is given meanwhile.
        let times = try scene.journal().map { try #require(Instant(rfc3339: $0.at)) }.sorted()
        for (place, start) in times.enumerated() {
            let within = times[place...].prefix { start.distance(to: $0) < 1_000_000 }
            #expect(within.count <= 40)
        }
        let seconds = Double(try #require(times.first).distance(to: #require(times.last))) / 1e6
        #expect(Double(times.count) <= 20 * seconds + 21)
    }
}

extension ObservationLine {
    fileprivate var sentAt: Instant { dueAt.advanced(by: phases.lagUs) }
    fileprivate var doneAt: Instant { dueAt.advanced(by: phases.responseUs) }
}
