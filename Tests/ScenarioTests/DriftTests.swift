import Foundation
import Model
import Testing
import WorldRig

@testable import Variometer

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
        #expect(finding.segment == Segment("device=desktop-chrome"))
        #expect(finding.why.contains("desktop-chrome alone: 3C 0.0 → "), "\(finding.why)")
        let since = try #require(finding.since)
        #expect(abs(since.distance(to: Scenario.driftEdit)) <= 2 * Instant.microsecondsPerHour)
        try checkRows(rig)
        try checkSegments(rig)
    }

    /// The last day against the same day of the week before: the weekend's audience is no drift, nor
    /// is the evening's.
    private func checkRows(_ rig: WorldRig) throws {
        let report = try rig.report(.drift)
        guard case .drift(let rows) = report.rows else { return }
        let mixes = rows.map(\.row).filter { $0.audience == nil }
        #expect(mixes.allSatisfy { $0.compared == .ofWeek })
        let moved = mixes.filter { $0.verdict == .moved || !$0.changes.isEmpty }
        #expect(moved.map(\.experience) == ["offers"])
        let row = try #require(moved.first)
        #expect(row.appeared == ["3C"] && row.changes.count == 1)
        let change = try #require(row.changes.first)
        #expect(change.low <= Scenario.driftEdit && Scenario.driftEdit <= change.high)
        #expect(change.low.distance(to: change.high) <= 4 * Instant.microsecondsPerHour)
        #expect(rows.map(\.row).contains { $0.audience == "9E" && $0.contents?.known == 2 })
    }

    /// The mix of each device's audiences, before the edit and since.
    private func checkSegments(_ rig: WorldRig) throws {
        var question = ReportQuestion(kind: .split)
        question.since = .at(Scenario.driftEdit)
        question.baseline = .before(Instant.microsecondsPerDay)
        question.dimensions = ["device"]
        question.experience = "offers"
        let report = try ReportAssembly(store: rig.store, now: rig.now).report(question)
        guard case .split(let rows) = report.rows else { return }
        let moved = Set(rows.map(\.row).filter { $0.mix?.isMoved == true }.map(\.segment.words))
        #expect(moved == ["desktop-chrome"])
        #expect(rows.map(\.row).allSatisfy { $0.mix != nil && !$0.elsewhere.isEmpty })
    }

    private func id(_ finding: String) throws -> String {
        struct Told: Decodable { let id: String }
        return try JSONDecoder().decode(Told.self, from: Data(finding.utf8)).id
    }
}
