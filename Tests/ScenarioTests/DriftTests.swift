import Foundation
import Model
import Testing
import WorldRig

@Suite("Drift")
struct DriftTests {
    @Test("is told once, within hours, and no rhythm of day or week is")
    func moved() throws {
        let scenario = Scenario.drift(moved: true)
        var rig = try WorldRig(scenario, seed: 5)
        try rig.run(until: scenario.end)
        let windows = try rig.findings()
        let ids = Set(try windows.flatMap(\.findings).map(id))
        #expect(ids == ["distribution_drift/production/storefront/offers/*"])
        let first = try #require(windows.first { !$0.findings.isEmpty })
        #expect(first.start >= Scenario.driftEdit)
        #expect(Scenario.driftEdit.distance(to: first.start) <= 4 * Instant.microsecondsPerHour)
        // It stays, and a report tells it as well.
        let report = try rig.report(.summary)
        #expect(report.findings.count { $0.kind == .distributionDrift } == 1)
        let finding = try #require(report.findings.first { $0.kind == .distributionDrift })
        let since = try #require(finding.since)
        #expect(abs(since.distance(to: Scenario.driftEdit)) <= 2 * Instant.microsecondsPerHour)
    }

    private func id(_ finding: String) throws -> String {
        struct Told: Decodable { let id: String }
        return try JSONDecoder().decode(Told.self, from: Data(finding.utf8)).id
    }
}
