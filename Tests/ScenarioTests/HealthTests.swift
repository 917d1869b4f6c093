import Model
import TestKit
import Testing
import WorldRig

@testable import Variometer

@Suite("A healthy world")
struct HealthTests {
    /// What is found, and that is said rightly: no cohort reaches the second audience of that plan.
    static let scenarios: [(Scenario, hours: Int64, findings: [String])] = [
        (.week(), 4, []),
        (.monday(.none), 1, ["configuration/production/storefront/hero/High Intent Users"]),
    ]

    @Test("has no finding but that of an audience that nobody reaches", arguments: 0..<2)
    func health(_ index: Int) throws {
        let (scenario, hours, findings) = Self.scenarios[index]
        var rig = try WorldRig(scenario, seed: 11)
        try rig.run(until: scenario.start.advanced(by: hours * Instant.microsecondsPerHour))
        #expect(try rig.findings().isEmpty)
        let report = try rig.report(.split)
        guard case .split(let rows) = report.rows else { throw NoSplits() }
        #expect(rows.count == rig.configuration.plans.flatMap(\.allocations).count)
        #expect(rows.allSatisfy { $0.row.verdict != .mismatch })
        #expect(report.findings.map(\.id) == findings)
    }
}

private struct NoSplits: Error {}

extension WorldRig {
    /// A report as `variometer report` gives it at the rig's instant, over all the time that it ran
    /// unless another span is asked for.
    func report(_ kind: ReportKind, since: Instant? = nil) throws -> Report {
        var question = ReportQuestion(kind: kind)
        question.since = since.map(Moment.at)
        return try ReportAssembly(store: store, now: now).report(question)
    }
}
