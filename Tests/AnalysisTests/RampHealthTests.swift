import Analysis
import Model
import Testing

private let hour = Instant.microsecondsPerHour

@Suite("What comes with a step of a ramp")
struct RampHealthTests {
    private static let ramp = Ramp(
        experience: "hero", audience: "A", serves: .variation("2"), rest: "1", within: hour / 2,
        steps: [Ramp.Step(at: start.advanced(by: -hour), percent: 25)])

    /// Findings of 400 results before the step, and as many since, some of which failed or were
    /// slow.
    private func findings(
        failed: (before: Int, since: Int) = (2, 2), slow: (before: Int, since: Int) = (4, 4),
        slowUs: Int64 = 90_000, count: Int = 400
    ) -> [Finding] {
        func tally(failed: Int, slow: Int) -> Tally {
            AnalysisTests.tally(
                (0..<count).map { number in
                    result(
                        latency: number < failed + slow ? slowUs : 40_000,
                        failure: number < failed ? Failure(.failed, .http(503)) : nil)
                })
        }
        var stated = plan()
        stated.ramps = [Self.ramp]
        var evidence = PlanEvidence(target: "t", plan: stated, tallies: [:])
        evidence.rampHealth = [
            RampHealth(
                ramp: Self.ramp, before: tally(failed: failed.before, slow: slow.before),
                since: tally(failed: failed.since, slow: slow.since))
        ]
        return found(.ramp, evidence)
    }

    @Test("is told where more answers fail than before")
    func errors() {
        let told = findings(failed: (2, 60))
        #expect(told.map(\.id) == ["ramp/t/shop/hero/A/errors"])
        #expect(told.map(\.severity) == [.warning])
        #expect(
            told.map(\.why) == [
                "hero/A: since the step to 25.0 % at 2026-11-23T23:00:00.000000Z 15.0 % of 400 answers"
                    + " failed, in the same hours of the day before 0.5 %"
            ])
    }

    @Test("is told where the p95 is a fifth longer than before")
    func latency() {
        let told = findings(slow: (4, 60))
        #expect(told.map(\.id) == ["ramp/t/shop/hero/A/latency"])
        #expect(told.first?.why.contains("p95 90 ms over 398 results") ?? false, "\(told)")
        #expect(findings(slow: (4, 60), slowUs: 46_000).isEmpty, "a sixth longer")
        #expect(findings(slow: (60, 60)).isEmpty, "it was so before")
    }

    @Test("is nothing where little changed, or little was asked")
    func calm() {
        #expect(findings().isEmpty)
        #expect(findings(failed: (2, 8)).isEmpty, "chance")
        #expect(findings(failed: (0, 20), count: 90).isEmpty)
    }

    @Test("is compared with the same hours of the day before the step")
    func spans() throws {
        let step = start.advanced(by: -hour)
        func spans(after: Int64) -> (before: Span, since: Span)? {
            RampHealth.spans(of: Self.ramp, at: step.advanced(by: after))
        }
        #expect(spans(after: hour / 4) == nil && spans(after: -hour) == nil)
        let early = try #require(spans(after: 2 * hour))
        #expect(early.since.since == step.advanced(by: hour / 2))
        #expect(early.since.until == step.advanced(by: 2 * hour))
        #expect(early.before.until == step.advanced(by: -22 * hour))
        let late = try #require(spans(after: 99 * hour))
        #expect(late.before.until == step, "whole before it")
    }
}
