import Foundation
import Statistics
import TestKit
import Testing

@Suite("PairedLatencyTest")
struct PairedLatencyTestTests {
    /// 12 pairs that all differ, each way equally likely: every sequence of signs.
    @Test("has mean 1 under exchangeable pairs, over all 4,096 outcomes")
    func martingale() {
        var mean = 0.0
        for outcome in 0..<4_096 {
            var test = PairedLatencyTest()
            for pair in 0..<12 {
                let isSlow = outcome >> pair & 1 == 1
                test.add(control: isSlow ? 10 : 20, candidate: isSlow ? 20 : 10)
            }
            mean += exp(test.lnE(of: .sign)) / 4_096
        }
        #expect(abs(mean - 1) < 1e-12)
    }

    @Test("names the criterion that carries the evidence")
    func carrier() {
        var shifted = SplitMix64(seed: 1)
        var all = PairedLatencyTest()
        for _ in 0..<600 {
            all.add(
                control: latency(using: &shifted), candidate: 1.3 * latency(using: &shifted))
        }
        #expect(all.lnEMax > 10 && [.sign, .p50].contains(all.carrier))
        var tailed = SplitMix64(seed: 2)
        var tail = PairedLatencyTest()
        for _ in 0..<800 {
            let isSlow = Double.random(in: 0..<1, using: &tailed) < 0.08
            tail.add(
                control: latency(using: &tailed),
                candidate: (isSlow ? 5 : 1) * latency(using: &tailed))
        }
        #expect(tail.lnEMax > 10 && [.p90, .p95, .p99].contains(tail.carrier))
    }

    @Test("says nothing against a candidate that is faster, or slower within the margin")
    func harmless() {
        var generator = SplitMix64(seed: 4)
        var faster = PairedLatencyTest()
        var within = PairedLatencyTest(margin: 0.05)
        var without = PairedLatencyTest()
        for _ in 0..<1_500 {
            let (control, candidate) = (latency(using: &generator), latency(using: &generator))
            faster.add(control: control, candidate: 0.8 * candidate)
            // The same call, 4 % slower.
            within.add(control: control, candidate: 1.04 * control)
            without.add(control: control, candidate: 1.04 * control)
        }
        #expect(faster.lnEMax < 3 && within.lnEMax == 0 && without.lnEMax > 100)
    }

    @Test("judges by thresholds that were known before the pair, from the trailing thousand")
    func thresholds() {
        var test = PairedLatencyTest()
        for pair in 1...24 { test.add(control: Double(pair), candidate: Double(pair)) }
        #expect(test.thresholds.allSatisfy { $0 == .infinity })
        for pair in 25...100 { test.add(control: Double(pair), candidate: Double(pair)) }
        #expect(test.thresholds == [50, 90, 95, 99])
        test.add(control: 1, candidate: 1_000)
        #expect(test.thresholds == [50, 90, 95, 99])
        #expect(test.tallies.map(\.slowCandidates) == [1, 1, 1, 1, 1])
        #expect(test.tallies.map(\.slowControls) == [0, 0, 0, 0, 0])
        for _ in 0..<1_099 { test.add(control: 7, candidate: 7) }
        #expect(test.thresholds == [7, 7, 7, 7] && test.window.count == 2_000)
    }

    @Test("counts a timeout as slower than any answer, and two of them as nothing")
    func timeouts() {
        var test = PairedLatencyTest()
        for _ in 0..<30 { test.add(control: 10, candidate: 11) }
        let before = test.tallies
        test.add(control: .infinity, candidate: .infinity)
        #expect(test.tallies == before)
        test.add(control: 10, candidate: .infinity)
        #expect(test.tallies[4].slowCandidates == before[4].slowCandidates + 1)
    }

    @Test("goes on as if nothing had happened when it was kept")
    func restored() {
        var generator = SplitMix64(seed: 6)
        var test = PairedLatencyTest(margin: 0.02)
        for _ in 0..<250 {
            test.add(control: latency(using: &generator), candidate: latency(using: &generator))
        }
        let restored = PairedLatencyTest(
            margin: test.margin, tallies: test.tallies, thresholds: test.thresholds,
            window: test.window, pairs: test.pairs, lnEMax: test.lnEMax)
        #expect(restored == test)
    }

    @Test("merges by adding what was counted")
    func merge() {
        var (one, two) = (PairedLatencyTest(), PairedLatencyTest())
        for _ in 0..<40 { one.add(control: 1, candidate: 2) }
        for _ in 0..<30 { two.add(control: 2, candidate: 1) }
        var forward = one
        forward.add(tallies: two.tallies)
        var backward = two
        backward.add(tallies: one.tallies)
        #expect(forward.lnE == backward.lnE && forward.tallies == backward.tallies)
        #expect(forward.lnE < one.lnE && forward.lnEMax == one.lnEMax)
    }

    private func latency(using generator: inout SplitMix64) -> Double {
        let sum = (0..<6).reduce(0.0) { sum, _ in
            sum + Double.random(in: -1...1, using: &generator)
        }
        return 80 * exp(0.3 * sum)
    }
}
