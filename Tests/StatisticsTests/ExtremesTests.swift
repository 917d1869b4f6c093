import Foundation
import Statistics
import TestKit
import Testing

/// Numbers at the end of what there is.
@Suite("Extremes")
struct ExtremesTests {
    @Test("a tail is never no number, and 0 only where no number is that small")
    func tails() throws {
        var former = 0.0
        for excess in stride(from: 0, through: 5_000, by: 50) {
            let result = try chiSquareTest(
                counts: [5_000 + excess, 5_000 - excess], probabilities: [0.5, 0.5])
            #expect(result.lnP <= former && result.lnP.isFinite)
            #expect((0...1).contains(result.p) && (result.p > 0) == (result.lnP > -745.13))
            former = result.lnP
        }
        // 2⁻¹⁰⁵⁹, below the smallest normal number.
        #expect(try mcNemarTest([[0, 1_060], [0, 0]]).exactP > 0)
        #expect(lnNormalTail(1e160) == -.infinity && lnNormalTail(-1e160) == 0)
        #expect(lnRegularizedBeta(1e9, 2, 1e-300).isFinite)
    }

    @Test("Fisher's test of 10¹² counts ends soon", .timeLimit(.minutes(1)))
    func fisher() throws {
        let half = 250_000_000_000
        // As large a sample the normal law answers: z of the difference of two shares.
        let excess = 500_000
        let p = try fisherExactTest([[half + excess, half - excess], [half, half]])
        let z = Double(excess) / Double(4 * half).squareRoot() * 2
        #expect(abs(log(p) - log(2) - lnNormalTail(z)) < 1e-5)
        #expect(try fisherExactTest([[half, half], [half, half]]) == 1)
        #expect(throws: StatisticsError.invalidArgument) {
            try fisherExactTest([[4 * half, 1], [0, 0]])
        }
    }

    @Test(
        "simultaneous intervals of 10⁹ counts are those of the normal law", .timeLimit(.minutes(1)))
    func sisonGlaz() throws {
        let counts = [300_000_000, 300_000_000, 400_000_000]
        let interval = try #require(try sisonGlazIntervals(counts: counts).first)
        // The largest of three: between the quantiles for one and, by Bonferroni, for three.
        let spread = (0.3 * 0.7 / 1e9).squareRoot()
        let width = (interval.upper - interval.lower) / 2 / spread
        #expect(width > 1.96 && width < 2.7)
    }

    @Test("samples too large to count their orders have no exact p", .timeLimit(.minutes(1)))
    func largeSamples() throws {
        let a = (0..<20_000).map { Double($0) }
        let b = a.map { $0 * 1.01 + 0.5 }
        let ranks = try mannWhitneyTest(a, b)
        #expect(ranks.exactP == nil && ranks.normalP > 0.01 && ranks.normalP < 0.2)
        let tail = try kolmogorovSmirnovTest(a, b)
        #expect(tail.exactP == nil && tail.limitP > 0.1 && tail.limitP < 0.5)
    }

    @Test("samples that are no numbers are refused", arguments: [Double.nan, .infinity])
    func noNumbers(bad: Double) {
        let (a, b) = ([1, bad, 2], [3.0, 4])
        #expect(throws: StatisticsError.invalidArgument) { try kolmogorovSmirnovTest(a, b) }
        #expect(throws: StatisticsError.invalidArgument) { try mannWhitneyTest(b, a) }
        #expect(throws: StatisticsError.invalidArgument) { try wassersteinDistance(a, b) }
        #expect(throws: StatisticsError.invalidArgument) { try sampleQuantile(a, 0.5) }
        #expect(throws: StatisticsError.invalidArgument) {
            try quantileComparison(a, b, quantile: 0.5, sharpestAt: 100)
        }
    }

    @Test("counts beyond an Int are refused, not added up")
    func overflow() throws {
        let huge = Int.max / 2 + 1
        #expect(throws: StatisticsError.invalidArgument) {
            try chiSquareTest(counts: [huge, huge], probabilities: [0.5, 0.5])
        }
        #expect(throws: StatisticsError.invalidArgument) {
            try sequentialSplitTest(
                batches: [[huge, 0], [huge, 0]], probabilities: [0.5, 0.5], concentrations: [1],
                weights: [1])
        }
        #expect(throws: StatisticsError.invalidArgument) {
            try ChangePointModel().changePoints(Array(repeating: [huge, 1], count: 9))
        }
        var evidence = try RateEvidence(tolerated: 0.1, events: 0, trials: huge)
        #expect(throws: StatisticsError.invalidArgument) {
            try evidence.add(events: 0, trials: huge)
        }
        #expect(evidence.trials == huge)
    }

    @Test("a table whose groups never mix is as many tests as groups")
    func groups() throws {
        let (one, other) = ([[9, 5], [2, 9]], [[9, 7], [1, 9]])
        let both = [[9, 5, 0, 0], [2, 9, 0, 0], [0, 0, 9, 7], [0, 0, 1, 9]]
        let parts = try [one, other].map { try stuartMaxwellTest($0) }
        let result = try stuartMaxwellTest(both)
        #expect(abs(result.statistic - parts[0].statistic - parts[1].statistic) < 1e-12)
        #expect(result.degreesOfFreedom == 2 && result.p > 0 && result.p < 1)
    }
}
