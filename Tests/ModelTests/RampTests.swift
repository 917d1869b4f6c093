import Model
import Testing

@Suite("A ramp")
struct RampTests {
    private static let hour = Instant.microsecondsPerHour

    private static func at(_ hours: Double) -> Instant {
        Instant(microseconds: Int64(hours * Double(hour)))
    }

    private let ramp = Ramp(
        experience: "hero", audience: "42D", serves: .variation("2"), rest: "1",
        within: hour / 2,
        steps: [
            Ramp.Step(at: at(10), percent: 5), Ramp.Step(at: at(20), percent: 25),
            Ramp.Step(at: at(30), percent: 100),
        ])

    @Test(
        "plans the share of the step that was taken last, and tests nothing in the grace after it",
        arguments: [
            (9.9, nil, false), (10, 5, true), (10.4, 5, true), (10.5, 5, false), (19.9, 5, false),
            (20, 25, true), (25, 25, false), (30.1, 100, true), (99, 100, false),
        ] as [(Double, Double?, Bool)])
    func planned(_ hours: Double, _ percent: Double?, _ isGrace: Bool) {
        #expect(ramp.planned(at: Self.at(hours)) == percent)
        #expect(ramp.isGrace(at: Self.at(hours)) == isGrace)
    }

    @Test("knows the step that comes next")
    func next() {
        #expect(ramp.nextStep(after: Self.at(0))?.percent == 5)
        #expect(ramp.nextStep(after: Self.at(10))?.percent == 25)
        #expect(ramp.nextStep(after: Self.at(30)) == nil)
    }

    @Test("is an allocation at each instant after its first step")
    func allocation() {
        #expect(ramp.allocation(at: Self.at(9)) == nil)
        #expect(
            ramp.allocation(at: Self.at(21))
                == Allocation(
                    experience: "hero", audience: "42D",
                    shares: [
                        VariationShare(variation: "2", percent: 25),
                        VariationShare(variation: "1", percent: 75),
                    ]))
    }

    @Test("of who is served at all is no allocation")
    func served() {
        let ramp = Ramp(
            experience: "hero", audience: Ramp.everyone, serves: .served,
            steps: [Ramp.Step(at: Self.at(1), percent: 40)])
        #expect(ramp.planned(at: Self.at(2)) == 40)
        #expect(ramp.allocation(at: Self.at(2)) == nil)
    }
}

@Suite("Thresholds")
struct ThresholdsTests {
    @Test(
        "let the smaller of points and part of the share win",
        arguments: [(0.5, 0.02), (0.1, 0.015), (0.02, 0.003), (1, 0.02), (0, 0)])
    func limits(_ share: Double, _ limit: Double) {
        #expect(abs(Thresholds().limit(of: share) - limit) < 1e-12)
    }
}
