import Statistics
import Testing

@Suite("detectableDeviation")
struct DetectableDeviationTests {
    /// 10,672 subjects show 50/50 → 52/48 at alpha 0.001 with 80 % power, 1,708 show 55/45
    /// (sample sizes of one chi-square, from scipy's non-central distribution).
    @Test(
        "agrees with the sample sizes of the chi-square test",
        arguments: [(10_672, 0.02), (1_708, 0.05)])
    func sampleSizes(n: Int, deviation: Double) throws {
        let shown = try #require(
            detectableDeviation(n: n, probability: 0.5, alpha: 0.001, power: 0.8))
        #expect(abs(shown - deviation) < deviation * 0.01)
    }

    @Test("is nil where nothing can be shown")
    func nothing() {
        #expect(detectableDeviation(n: 0, probability: 0.5, alpha: 0.001, power: 0.8) == nil)
        #expect(detectableDeviation(n: 3, probability: 0.5, alpha: 0.001, power: 0.8) == nil)
        #expect(detectableDeviation(n: 100, probability: 1, alpha: 0.001, power: 0.8) == nil)
    }

    @Test("shrinks as subjects are added")
    func monotone() throws {
        let deviations = try [100, 1_000, 10_000, 100_000].map {
            try #require(detectableDeviation(n: $0, probability: 0.9, alpha: 0.001, power: 0.8))
        }
        #expect(deviations == deviations.sorted(by: >))
    }
}

@Suite("quantileRanks")
struct QuantileRanksTests {
    @Test("are those of R's binomial quantiles")
    func againstExact() {
        // R 4.2.2: qbinom for n 100000, q 0.999 and n 100, q 0.5, alpha 0.05.
        let far = quantileRanks(n: 100_000, quantile: 0.999, alpha: 0.05)
        #expect(far.lower == 99_880 && far.upper == 99_920)
        let median = quantileRanks(n: 100, quantile: 0.5, alpha: 0.05)
        #expect(median.lower == 40 && median.upper == 61)
    }

    @Test("are nil at the end for which the sample is too small, or is none")
    func small() {
        let ranks = quantileRanks(n: 20, quantile: 0.95, alpha: 0.05)
        #expect(ranks.lower == 17 && ranks.upper == nil)
        for (n, q, alpha) in [(0, 0.5, 0.05), (-3, 0.5, 0.05), (9, .nan, 0.05), (9, 0.5, 1)] {
            let none = quantileRanks(n: n, quantile: q, alpha: alpha)
            #expect(none.lower == nil && none.upper == nil)
        }
    }

    @Test(
        "leave at most alpha/2 on either side, and one rank nearer more", arguments: [0.05, 1e-6])
    func coverage(alpha: Double) throws {
        for n in [1, 2, 7, 40, 333] {
            for q in [0.01, 0.25, 0.5, 0.9, 0.99] {
                // P(Bin(n, q) < r), summed from either side.
                let law = (0...n).map { likelihood([$0, n - $0], [q, 1 - q]) }
                func below(_ rank: Int) -> Double { law[..<rank].reduce(0, +) }
                func above(_ rank: Int) -> Double { law[rank...].reversed().reduce(0, +) }
                let ranks = try exactQuantileRanks(n: n, quantile: q, alpha: alpha)
                let lower = ranks.lower ?? 0
                let upper = ranks.upper ?? n + 1
                #expect(below(lower) <= alpha / 2 && below(lower + 1) > alpha / 2 * 0.999_999)
                #expect(upper > n || above(upper) <= alpha / 2 * 1.000_001)
                #expect(above(upper - 1) > alpha / 2)
                let outside = below(lower) + (upper > n ? 0 : above(upper))
                #expect(abs(1 - ranks.coverage - outside) < 1e-12)
            }
        }
    }
}
