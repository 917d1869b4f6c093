import Foundation
import Statistics
import Testing

@Suite("shareConfidenceSequence")
struct ShareConfidenceSequenceTests {
    @Test(
        "ends where the evidence reaches 1/alpha, seen from outside",
        arguments: [(50, 100), (5, 1_000), (995, 1_000), (7, 7), (0, 12), (3_000_000, 9_000_000)])
    func inverts(successes: Int, trials: Int) throws {
        let interval = try shareConfidenceSequence(
            successes: successes, trials: trials, alpha: 0.01)
        func lnE(_ p: Double) throws -> Double {
            try SplitEvidence.lnE(
                counts: [successes, trials - successes], probabilities: [p, 1 - p])
        }
        let limit = -log(0.01)
        let width = interval.upper - interval.lower
        if interval.lower > 0 {
            #expect(try lnE(interval.lower) >= limit - 1e-9)
            #expect(try lnE(interval.lower + width * 1e-3) < limit)
        }
        if interval.upper < 1 {
            #expect(try lnE(interval.upper) >= limit - 1e-9)
            #expect(try lnE(interval.upper - width * 1e-3) < limit)
        }
        #expect((interval.lower == 0) == (successes == 0))
        #expect((interval.upper == 1) == (successes == trials))
    }

    @Test("is that of the failures mirrored")
    func mirrored() throws {
        let one = try shareConfidenceSequence(successes: 13, trials: 70)
        let other = try shareConfidenceSequence(successes: 57, trials: 70)
        #expect(abs(one.lower + other.upper - 1) < 1e-12)
        #expect(abs(one.upper + other.lower - 1) < 1e-12)
    }

    @Test("is wider than an interval for one look, by less than half at ten thousand")
    func width() throws {
        let always = try shareConfidenceSequence(successes: 3_000, trials: 10_000)
        let once = try wilsonInterval(successes: 3_000, trials: 10_000)
        let ratio = (always.upper - always.lower) / (once.upper - once.lower)
        #expect((1.2...2).contains(ratio))
    }

    @Test("is everything without trials, and refuses what cannot be")
    func edges() throws {
        #expect(
            try shareConfidenceSequence(successes: 0, trials: 0) == Interval(lower: 0, upper: 1))
        #expect(throws: StatisticsError.successesExceedTrials) {
            try shareConfidenceSequence(successes: 2, trials: 1)
        }
        #expect(throws: StatisticsError.negativeCount) {
            try shareConfidenceSequence(successes: -1, trials: 1)
        }
        #expect(throws: StatisticsError.invalidAlpha) {
            try shareConfidenceSequence(successes: 1, trials: 1, alpha: 0)
        }
    }
}
