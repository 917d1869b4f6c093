import Foundation
import Statistics
import TestKit
import Testing

@Suite("SplitEvidence")
struct SplitEvidenceTests {
    @Test("is the same one by one and in batches, merged in any order")
    func batches() throws {
        let probabilities = [0.5, 0.3, 0.2]
        var generator = SplitMix64(seed: 11)
        let draws = (0..<600).map { _ in draw(from: [0.4, 0.3, 0.3], using: &generator) }
        var single = try SplitEvidence(probabilities: probabilities)
        for category in draws { single.add(category) }
        for batch in [1, 7, 600] {
            let parts = stride(from: 0, to: draws.count, by: batch).map { start in
                counts(of: draws[start..<min(start + batch, draws.count)], width: 3)
            }
            var forward = try SplitEvidence(probabilities: probabilities)
            for part in parts { try forward.add(counts: part) }
            var backward = try SplitEvidence(probabilities: probabilities)
            for part in parts.reversed() { try backward.add(counts: part) }
            #expect(forward.counts == single.counts && backward.counts == single.counts)
            #expect(forward.lnE == backward.lnE)
            #expect(abs(forward.lnE - single.lnE) < 1e-9)
            #expect(forward.lnEMax <= single.lnEMax + 1e-9)
        }
        #expect(single.lnE > 3)
    }

    @Test(
        "is a martingale: its mean over all samples of a size is 1",
        arguments: [[0.5, 0.5], [0.9, 0.1], [0.98, 0.01, 0.01], [0.2, 0.3, 0.5]])
    func martingale(probabilities: [Double]) throws {
        for size in [1, 2, 9] {
            var mean = 0.0
            try forEachSplit(of: size, over: probabilities.count) { counts in
                let lnE = try SplitEvidence.lnE(counts: counts, probabilities: probabilities)
                mean += likelihood(counts, probabilities) * exp(lnE)
            }
            #expect(abs(mean - 1) < 1e-12)
        }
    }

    @Test("alarms under the null as rarely as it says, looked at after each subject")
    func ville() throws {
        var generator = SplitMix64(seed: 5)
        var alarms = 0
        let start = try SplitEvidence(probabilities: [0.7, 0.3])
        for _ in 0..<300 {
            var evidence = start
            for _ in 0..<200 { evidence.add(draw(from: [0.7, 0.3], using: &generator)) }
            if evidence.lnEMax >= -log(0.25) { alarms += 1 }
        }
        // 300 runs at 0.25: 99.9 % quantile 98. Some must come near, or nothing was tested.
        #expect((5...98).contains(alarms))
    }

    @Test("keeps what it saw: the largest evidence outlives its fall")
    func latched() throws {
        var evidence = try SplitEvidence(probabilities: [0.5, 0.5])
        for _ in 0..<40 { evidence.add(0) }
        let peak = evidence.lnE
        for _ in 0..<40 { evidence.add(1) }
        #expect(evidence.lnEMax == peak && peak > 7 && evidence.lnE < 0)
        let restored = try SplitEvidence(
            probabilities: [0.5, 0.5], counts: evidence.counts, lnEMax: evidence.lnEMax)
        #expect(restored.lnEMax == peak && abs(restored.lnE - evidence.lnE) < 1e-12)
    }

    @Test("is proof when what cannot happen has happened")
    func impossible() throws {
        var evidence = try SplitEvidence(probabilities: [0.5, 0.5, 0])
        for _ in 0..<5 { evidence.add(0) }
        #expect(evidence.lnE < 10)
        evidence.add(2)
        evidence.add(0)
        #expect(evidence.lnE == .infinity && evidence.lnEMax == .infinity)
        var merged = try SplitEvidence(probabilities: [0.5, 0.5, 0])
        try merged.add(counts: [6, 0, 1])
        #expect(merged.lnE == .infinity && merged.counts == evidence.counts)
    }

    @Test("stays right far beyond the range of a number")
    func overflow() throws {
        var evidence = try SplitEvidence(probabilities: [0.9, 0.1])
        for _ in 0..<2_000 { evidence.add(1) }
        for _ in 0..<500 { evidence.add(0) }
        let direct = try SplitEvidence.lnE(counts: [500, 2_000], probabilities: [0.9, 0.1])
        #expect(evidence.lnE > 2_000 && abs(evidence.lnE - direct) < 1e-8)
    }

    @Test("of a single category is never evidence")
    func single() throws {
        var evidence = try SplitEvidence(probabilities: [1])
        for _ in 0..<100 { evidence.add(0) }
        #expect(evidence.lnE == 0 && evidence.lnEMax == 0)
    }

    @Test("refuses what is no split")
    func refusals() throws {
        #expect(throws: StatisticsError.probabilitiesNotNormalized) {
            try SplitEvidence(probabilities: [0.5, 0.6])
        }
        #expect(throws: StatisticsError.probabilityOutOfRange) {
            try SplitEvidence(probabilities: [1.5, -0.5])
        }
        var evidence = try SplitEvidence(probabilities: [0.5, 0.5])
        #expect(throws: StatisticsError.lengthMismatch) { try evidence.add(counts: [1]) }
        #expect(throws: StatisticsError.negativeCount) { try evidence.add(counts: [1, -1]) }
        #expect(evidence.counts == [0, 0])
    }
}

@Suite("worstCaseLnE")
struct WorstCaseTests {
    @Test(
        "is the least evidence over all ways to impute",
        arguments: [
            ([7, 1], [0.5, 0.5], 4), ([2, 9, 1], [0.2, 0.3, 0.5], 6),
            ([0, 0, 5], [0.9, 0.05, 0.05], 5),
            ([3, 3], [0.9, 0.1], 30), ([4, 0, 2], [0.5, 0, 0.5], 3),
        ])
    func bruteForce(counts: [Int], probabilities: [Double], missing: Int) throws {
        var least = Double.infinity
        try forEachSplit(of: missing, over: counts.count) { extra in
            let imputed = zip(counts, extra).map { $0 + $1 }
            least = min(
                least, try SplitEvidence.lnE(counts: imputed, probabilities: probabilities))
        }
        let found = try worstCaseLnE(
            counts: counts, missing: missing, probabilities: probabilities)
        #expect(abs(found - least) < 1e-12)
    }

    @Test("without missing subjects is the evidence itself, and falls as they are added")
    func monotone() throws {
        let values = try [0, 1, 10, 100, 1_000, 1_000_000].map {
            try worstCaseLnE(counts: [700, 500], missing: $0, probabilities: [0.5, 0.5])
        }
        #expect(
            values[0] == (try SplitEvidence.lnE(counts: [700, 500], probabilities: [0.5, 0.5])))
        #expect(values == values.sorted(by: >) && values[0] > 10 && values[4] < 0)
    }
}
