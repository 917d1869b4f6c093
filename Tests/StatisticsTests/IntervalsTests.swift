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
    @Test("hold the exact binomial ranks between them")
    func againstExact() {
        // R 4.2.2: qbinom for n 100000, q 0.999 and n 100, q 0.5, alpha 0.05.
        let far = quantileRanks(n: 100_000, quantile: 0.999, alpha: 0.05)
        #expect(far.lower.map { $0 <= 99_881 && $0 >= 99_878 } == true)
        let median = quantileRanks(n: 100, quantile: 0.5, alpha: 0.05)
        #expect(median.lower == 40 && median.upper == 61)
    }

    @Test("are nil where the sample is too small")
    func small() {
        let ranks = quantileRanks(n: 20, quantile: 0.95, alpha: 0.05)
        #expect(ranks.lower == nil && ranks.upper == nil)
    }
}
