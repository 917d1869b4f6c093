import Statistics
import TestKit
import Testing

@Suite("minimumDetectable…")
struct DetectableChangeTests {
    @Test(
        "deviation: somewhat above that of a test looked at once, never below",
        arguments: [0.5, 0.9])
    func deviation(probability: Double) throws {
        for subjects in [1_000, 10_000, 100_000] {
            let always = try #require(
                minimumDetectableDeviation(
                    subjects: subjects, probability: probability, alpha: 0.001, power: 0.8))
            let once = try #require(
                detectableDeviation(
                    n: subjects, probability: probability, alpha: 0.001, power: 0.8))
            #expect((1...1.4).contains(always / once))
        }
    }

    @Test("deviation: is shown about as often as the power says")
    func deviationPower() throws {
        let deviation = try #require(
            minimumDetectableDeviation(subjects: 400, probability: 0.5, alpha: 0.05, power: 0.8))
        var generator = SplitMix64(seed: 8)
        let start = try SplitEvidence(probabilities: [0.5, 0.5])
        var shown = 0
        for _ in 0..<200 {
            var evidence = start
            for _ in 0..<400 {
                evidence.add(
                    draw(from: [0.5 + deviation, 0.5 - deviation], using: &generator))
            }
            if evidence.lnEMax >= 2.995_732_273_553_991 { shown += 1 }
        }
        #expect((150...190).contains(shown))
    }

    @Test("flips: one is enough where none is tolerated")
    func flips() throws {
        let strict = try #require(
            minimumDetectableFlipShare(reprobes: 35, tolerated: 0, alpha: 0.05, power: 0.5))
        // 1 − 2^(−1/35)
        #expect(abs(strict - 0.019_609) < 1e-5)
        let tolerant = try #require(
            minimumDetectableFlipShare(reprobes: 180, tolerated: 0.001, alpha: 0.05, power: 0.5))
        #expect((0.01...0.03).contains(tolerant))
    }

    @Test("slowdown: shrinks with pairs, grows with spread")
    func slowdown() throws {
        let factors = try [100, 1_000, 10_000].map {
            try #require(
                minimumDetectableSlowdown(pairs: $0, logSpread: 0.45, alpha: 0.05, power: 0.8))
        }
        #expect(factors == factors.sorted(by: >))
        #expect(factors[2] > 1 && (1.08...1.16).contains(factors[1]))
        let wide = try #require(
            minimumDetectableSlowdown(pairs: 1_000, logSpread: 0.9, alpha: 0.05, power: 0.8))
        #expect(abs(wide - factors[1] * factors[1]) < 1e-9)
    }

    @Test("is nil where nothing can be shown")
    func nothing() {
        #expect(
            minimumDetectableDeviation(subjects: 3, probability: 0.5, alpha: 0.001, power: 0.8)
                == nil)
        #expect(
            minimumDetectableDeviation(subjects: 9, probability: 1, alpha: 0.1, power: 0.8) == nil)
        #expect(
            minimumDetectableFlipShare(reprobes: 0, tolerated: 0, alpha: 0.1, power: 0.8) == nil)
        #expect(
            minimumDetectableSlowdown(pairs: 5, logSpread: 1, alpha: 0.001, power: 0.8) == nil)
    }
}
