import Model
import Simulator
import TestKit
import Testing
import WorldRig

@testable import Variometer

private let hour = Instant.microsecondsPerHour

@Suite("Latencies and failures of a world")
struct LatencyTests {
    /// From a day before a trouble on, which is as much past as a rhythm of the day needs.
    private func rig(
        _ trouble: Scenario.Trouble, hours: Int64, hasCohort: Bool = false
    ) throws -> (WorldRig, Instant) {
        var scenario = Scenario.week([trouble])
        let from = try #require(trouble.period.from)
        scenario.start = from.advanced(by: -26 * hour)
        if !hasCohort {
            scenario.configuration = scenario.configuration.replacing(
                "cohort: { share: 0.5, prefix: cohort- }", with: "")
        }
        var rig = try WorldRig(scenario, seed: 5)
        try rig.run(until: from.advanced(by: hours * hour))
        return (rig, from)
    }

    @Test("that grow in one country are told with it, and since when")
    func latency() throws {
        let (rig, from) = try rig(.latency, hours: 5)
        let findings = try rig.report(.latency).findings
        #expect(findings.map(\.id) == ["latency_regression/production/storefront/*/*/geo=BR"])
        let finding = try #require(findings.first)
        #expect(finding.since == from && finding.segment == Segment("geo=BR"))
        let effect = try #require(finding.effect)
        #expect(effect.name == "p50" && effect.unit == "%" && (25...55).contains(effect.value))
        #expect(try #require(effect.low) < effect.value && effect.value < (effect.high ?? 0))
        #expect(finding.why.contains("is usual (this hour of the day"))
        #expect(finding.why.contains("first_byte grew most"))
        // It was not told before it was there.
        #expect(try rig.findings().allSatisfy { $0.start >= from })
    }

    @Test("that fail more often than usual are told with their reason")
    func errors() throws {
        let (rig, from) = try rig(.errors, hours: 2, hasCohort: true)
        let findings = try rig.report(.summary).findings.filter { $0.kind == .errorRate }
        #expect(findings.map(\.id) == ["error_rate/production/storefront/*/*"])
        let finding = try #require(findings.first)
        #expect(finding.since == from && finding.why.contains("http_500"))
        #expect(try #require(finding.effect?.low) > 1.2)
    }

    @Test("of a target that is probed beside another are compared pair by pair")
    func pairs() throws {
        func findings(factor: Double?) throws -> [Finding] {
            let scenario = Scenario.week()
            var slow = scenario.world
            if let factor { slow.slowdowns.append(Slowdown(factor: factor)) }
            let text = scenario.configuration
                .replacing(
                    "targets:\n",
                    with: "targets:\n  canary: { base_url: \"http://127.0.0.1:2\","
                        + " workspace_id: WS1, api_key: \"${KEY}\" }\n"
                )
                .replacing(
                    "every: 1h", with: "compare: [[production, canary]]\n    every: 1h")
            var rig = try WorldRig(
                configuration: text, world: scenario.world, worlds: ["canary": slow], seed: 3,
                start: scenario.start)
            try rig.run(until: scenario.start.advanced(by: 4 * hour))
            return try rig.report(.latency).findings.filter { $0.kind == .latencyRegression }
        }
        let slower = try findings(factor: 1.3)
        #expect(slower.map(\.id) == ["latency_regression/canary/storefront/*/production"])
        #expect(try #require(slower.first?.effect?.low) > 50)
        #expect(try findings(factor: nil).isEmpty)
    }
}
