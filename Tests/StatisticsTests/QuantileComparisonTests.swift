import Foundation
import Statistics
import TestKit
import Testing

@Suite("quantileComparison")
struct QuantileComparisonTests {
    @Test("takes the common quantile that is least against both streams, over every value")
    func bruteForce() throws {
        var generator = SplitMix64(seed: 9)
        for quantile in [0.3, 0.5, 0.9] {
            let a = (0..<70).map { _ in Double(Int.random(in: 0..<60, using: &generator)) }
            let b = (0..<50).map { _ in Double(Int.random(in: 25..<85, using: &generator)) }
            let p = try quantileComparison(a, b, quantile: quantile, sharpestAt: 50)
            let mixture = try BetaBinomialMixture(
                g: quantile, h: 1 - quantile, sharpestAt: 50 * quantile * (1 - quantile),
                alpha: 0.05, isOneSided: false)
            /// The least evidence over the counts that the value can stand for, ties either way.
            func least(_ values: [Double], _ x: Double) -> Double {
                let n = Double(values.count)
                let range = values.count { $0 < x }...values.count { $0 <= x }
                let sums = range.map { Double($0) - quantile * n }
                return sums.map {
                    mixture.lnE(sum: $0, time: quantile * (1 - quantile) * n)
                }.min() ?? .infinity
            }
            let brute = stride(from: -0.5, through: 85, by: 0.5).map { least(a, $0) + least(b, $0) }
            let bound = exp(-(brute.min() ?? 0))
            // The function may also stand between two counts: never above by more than that.
            #expect(p >= min(1, bound) - 1e-12 && p <= min(1, bound * 1.1))
            #expect(p == (try quantileComparison(b, a, quantile: quantile, sharpestAt: 50)))
        }
    }

    @Test("is 1 without observations or without difference, and refuses what is no quantile")
    func edges() throws {
        #expect(try quantileComparison([], [1], quantile: 0.5, sharpestAt: 10) == 1)
        #expect(try quantileComparison([1, 2, 3], [1, 2, 3], quantile: 0.5, sharpestAt: 10) == 1)
        #expect(throws: StatisticsError.probabilityOutOfRange) {
            try quantileComparison([1], [1], quantile: 1, sharpestAt: 10)
        }
        #expect(throws: StatisticsError.invalidArgument) {
            try quantileComparison([.nan], [1], quantile: 0.5, sharpestAt: 10)
        }
    }
}
