import Foundation
import Statistics
import Testing

@Suite("RateEvidence")
struct RateEvidenceTests {
    @Test(
        "has mean 1 at the tolerated rate and less below it", arguments: [0.001, 0.05, 0.5, 0.97])
    func supermartingale(tolerated: Double) throws {
        func mean(_ rate: Double) throws -> Double {
            try (0...12).reduce(0) { sum, events in
                let evidence = try RateEvidence(tolerated: tolerated, events: events, trials: 12)
                return sum + likelihood([events, 12 - events], [rate, 1 - rate]) * exp(evidence.lnE)
            }
        }
        #expect(abs(try mean(tolerated) - 1) < 1e-9)
        #expect(try mean(tolerated / 2) < 1)
        #expect(try mean(tolerated * 1.02) > 1)
    }

    @Test("needs one event where none is tolerated")
    func proof() throws {
        var evidence = try RateEvidence(tolerated: 0)
        try evidence.add(events: 0, trials: 1_000)
        #expect(evidence.lnE == 0)
        try evidence.add(events: 1, trials: 1)
        try evidence.add(events: 0, trials: 1_000)
        #expect(evidence.lnE == .infinity && evidence.lnEMax == .infinity)
    }

    @Test("depends on the counts alone and latches its largest value")
    func merge() throws {
        var evidence = try RateEvidence(tolerated: 0.01)
        try evidence.add(events: 9, trials: 40)
        let peak = evidence.lnE
        try evidence.add(events: 0, trials: 2_000)
        #expect(evidence.lnEMax == peak && peak > 10 && evidence.lnE < 0)
        let whole = try RateEvidence(tolerated: 0.01, events: 9, trials: 2_040)
        #expect(whole.lnE == evidence.lnE && whole.lnEMax == 0)
    }

    @Test("refuses what cannot be")
    func refusals() throws {
        #expect(throws: StatisticsError.probabilityOutOfRange) { try RateEvidence(tolerated: 1) }
        var evidence = try RateEvidence(tolerated: 0.1)
        #expect(throws: StatisticsError.successesExceedTrials) {
            try evidence.add(events: 2, trials: 1)
        }
        #expect(throws: StatisticsError.negativeCount) { try evidence.add(events: -1, trials: 1) }
    }

    @Test("its upper bound falls as clean trials are added")
    func upperBound() throws {
        let bounds = try [0, 10, 100, 1_000, 10_000].map {
            try rateUpperBound(events: 0, trials: $0)
        }
        #expect(bounds == bounds.sorted(by: >) && bounds[0] == 1)
        // Once looked at, 1 − 0.05^(1/1000) = 0.003; always costs more, not tenfold.
        #expect((0.003...0.02).contains(bounds[3]))
    }
}
