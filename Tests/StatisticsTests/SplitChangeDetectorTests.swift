import Foundation
import Statistics
import TestKit
import Testing

@Suite("SplitChangeDetector")
struct SplitChangeDetectorTests {
    /// E[R_n] = n is what bounds the run length from below (Shin, Ramdas, Rinaldo 2024, §3).
    @Test(
        "grows by one a subject in the mean under the null",
        arguments: [[0.5, 0.5], [0.9, 0.1], [0.2, 0.3, 0.5]])
    func meanGrowth(probabilities: [Double]) throws {
        let start = try SplitChangeDetector(probabilities: probabilities)
        var mean = 0.0
        func visit(_ detector: SplitChangeDetector, _ weight: Double, _ depth: Int) {
            if depth == 6 { return mean += weight * exp(detector.lnR) }
            for (category, probability) in probabilities.enumerated() {
                var next = detector
                next.update(category: category)
                visit(next, weight * probability, depth + 1)
            }
        }
        visit(start, 1, 0)
        #expect(abs(mean - 6) < 1e-9)
    }

    @Test("notices a change after a long quiet stretch, and dates it")
    func change() throws {
        var generator = SplitMix64(seed: 2)
        var detector = try SplitChangeDetector(probabilities: [0.5, 0.5])
        let limit = log(1e4)
        for _ in 0..<3_000 {
            detector.update(category: draw(from: [0.5, 0.5], using: &generator))
            #expect(detector.lnR < limit)
        }
        while detector.lnR < limit, detector.count < 6_000 {
            detector.update(category: draw(from: [0.6, 0.4], using: &generator))
        }
        #expect(detector.count < 4_000)
        #expect(abs(try #require(detector.likelyStart) - 3_000) < 150)
    }

    @Test("goes on as if nothing had happened when its state was kept")
    func restored() throws {
        var generator = SplitMix64(seed: 3)
        var detector = try SplitChangeDetector(probabilities: [0.4, 0.6])
        for _ in 0..<100 {
            detector.update(category: draw(from: [0.5, 0.5], using: &generator))
        }
        let kept = detector.state
        var restored = try SplitChangeDetector(probabilities: [0.4, 0.6], state: kept)
        #expect(restored == detector)
        for _ in 0..<50 {
            let category = draw(from: [0.5, 0.5], using: &generator)
            detector.update(category: category)
            restored.update(category: category)
        }
        #expect(restored == detector && detector.state != kept)
        #expect(throws: StatisticsError.lengthMismatch) {
            try SplitChangeDetector(probabilities: [0.4, 0.3, 0.3], state: kept)
        }
    }

    @Test("keeps counting beyond the range of a number, and comes back")
    func overflow() throws {
        let alternatives = [[0.7, 0.3], [0.3, 0.7]]
        var detector = try SplitChangeDetector(
            probabilities: [0.5, 0.5], alternatives: alternatives, weights: [0.5, 0.5])
        // The same recursion in logarithms: ln R ← ln(R + 1) + ln(q/p).
        var lnR = [-Double.infinity, -.infinity]
        for index in 0..<12_000 {
            let category = index < 4_000 ? 0 : index < 11_000 ? 1 : index % 2
            detector.update(category: category)
            for (which, alternative) in alternatives.enumerated() {
                let grown = lnR[which] > 40 ? lnR[which] : log1p(exp(lnR[which]))
                lnR[which] = grown + log(alternative[category] / 0.5)
            }
            guard index % 500 == 0 else { continue }
            let top = max(lnR[0], lnR[1])
            let direct = top + log((exp(lnR[0] - top) + exp(lnR[1] - top)) / 2)
            #expect(abs(detector.lnR - direct) < 1e-6)
        }
        #expect(lnR[1] > 1_500)
    }

    @Test("is proof when what cannot happen has happened")
    func impossible() throws {
        var detector = try SplitChangeDetector(probabilities: [0.5, 0.5, 0])
        detector.update(category: 0)
        #expect(detector.lnR < 1)
        detector.update(category: 2)
        detector.update(category: 1)
        #expect(detector.lnR == .infinity)
    }

    @Test("knows no start before there is a sign of one")
    func noStart() throws {
        let detector = try SplitChangeDetector(probabilities: [0.5, 0.5])
        #expect(detector.likelyStart == nil && detector.lnR == -.infinity)
    }
}
