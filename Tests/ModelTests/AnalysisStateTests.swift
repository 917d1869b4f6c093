import Foundation
import Model
import Testing

@Suite("What analysis carries from window to window")
struct AnalysisStateTests {
    private let state = AnalysisState(
        splits: [
            EpochSplit(
                target: "t", plan: "p \"q\"", experience: "hero", ramp: "1A",
                since: Instant(microseconds: 1_795_478_400_000_001), epoch: 3,
                arms: [
                    EpochSplit.Arm(
                        outcome: .served, audience: "1A", variation: nil, count: 12)
                ], missing: 4,
                tests: [
                    SplitTest(
                        audience: "", lnE: -0.125, lnEMax: .infinity,
                        maxAt: Instant(microseconds: -5))
                ],
                streams: [
                    SegmentStream(
                        audience: "1A", segment: "geo=IN", counts: [1, 2],
                        lnR: [-.infinity, 1.0 / 3], rise: [0, 1e-300], start: [0, 497_000],
                        since: [0, 0, 1, 2], hour: 497_001, firstHour: 496_000)
                ]),
            EpochSplit(
                target: "t", plan: "p", experience: "strip", since: Instant(microseconds: 0)),
        ],
        rates: [
            RateStream(
                target: "t", plan: "p", segment: "", measure: "failed", lnR: [2.5], rise: [2],
                start: [7], since: [3, 4], hour: 9)
        ], watchedRates: 30)

    @Test("is read as it was written, numbers beyond all numbers as well")
    func roundTrip() throws {
        var json = JSONText()
        state.write(to: &json)
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        #expect(
            try decoder.decode(AnalysisState.self, from: Data(json.text.utf8)) == state)
    }

    @Test("of before there were tests and rates is read as well")
    func former() throws {
        let text = """
            {"splits":[{"target":"t","plan":"p","experience":"hero","since":5,"arms":[],
            "missing":0}]}
            """
        let read = try JSONDecoder().decode(AnalysisState.self, from: Data(text.utf8))
        #expect(
            read
                == AnalysisState(splits: [
                    EpochSplit(
                        target: "t", plan: "p", experience: "hero",
                        since: Instant(microseconds: 5))
                ]))
    }
}
