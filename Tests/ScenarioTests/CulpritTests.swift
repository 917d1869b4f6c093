import Model
import Simulator
import Testing
import WorldRig

@Suite("Where a split is off")
struct CulpritTests {
    @Test("is read from rows where no pair of dimensions is watched")
    func pair() throws {
        var scenario = Scenario.week()
        scenario.configuration = scenario.configuration
            .replacing("geo: [IN, US, DE, BR]", with: "geo: [IN, US]")
            .replacing("hour: [0, 6, 12, 18]", with: "hour: [6]")
        scenario.world.changes.append(
            Change(
                at: scenario.start, experience: "hero", audience: "1A",
                when: Rule(platforms: ["android"], places: ["IN"]),
                allocation: [Share("1", 5), Share("2", 95)]))
        var rig = try WorldRig(scenario, seed: 9)
        try rig.run(until: scenario.start.advanced(by: 40 * Instant.microsecondsPerHour))
        let report = try rig.report(.split)
        guard case .split(let rows) = report.rows else { return }
        let row = try #require(rows.map(\.row).first { $0.experience == "hero" })
        #expect(row.verdict == .mismatch)
        let culprit = try #require(row.culprit)
        #expect(culprit.segment.words == "android-phone · IN" && culprit.explains)
        #expect(row.segments.filter(\.isOff).map(\.segment).contains(culprit.segment))
        let finding = try #require(report.findings.first { $0.kind == .srm })
        #expect(finding.segment == culprit.segment)
        #expect(finding.why.contains("android-phone · IN") && finding.why.contains("everyone else"))
    }
}
