import Foundation
import Statistics
import TestKit
import Testing

/// What holds of every test and interval of one look, whatever its numbers are.
@Suite("Fixed samples")
struct FixedSampleTests {
    private static let seed: UInt64 = 20
    private static func counts(
        _ width: Int, upTo most: Int, _ generator: inout SplitMix64
    ) -> [Int] {
        (0..<width).map { _ in Int.random(in: 0...most, using: &generator) }
    }

    @Test("p falls as counts leave what is expected")
    func monotone() throws {
        var former = (chi: 1.0, g: 1.0, exact: 1.0, fisher: 1.0, paired: 1.0)
        for more in 0...15 {
            let counts = [15 + more, 15 - more]
            let pairs = [[10, 15 + more], [15 - more, 10]]
            let next = (
                chi: try chiSquareTest(counts: counts, probabilities: [0.5, 0.5]).p,
                g: try gTest(counts: counts, probabilities: [0.5, 0.5]).p,
                exact: try exactMultinomialTest(counts: counts, probabilities: [0.5, 0.5]).p,
                fisher: try fisherExactTest([counts, [15, 15]]),
                paired: try mcNemarTest(pairs).exactP
            )
            #expect(next.chi <= former.chi && next.g <= former.g && next.exact <= former.exact)
            #expect(next.fisher <= former.fisher && next.paired <= former.paired)
            former = next
        }
    }

    @Test("the order of categories, rows or samples says nothing")
    func order() throws {
        var generator = SplitMix64(seed: Self.seed)
        for _ in 0..<50 {
            let (a, b) = (Self.counts(4, upTo: 9, &generator), Self.counts(4, upTo: 9, &generator))
            let (p, q) = ([0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1])
            let turned = Array(a.reversed())
            let chi = try chiSquareTest(counts: a, probabilities: p).lnP
            #expect(near(chi, try chiSquareTest(counts: turned, probabilities: q).lnP))
            let exact = try exactMultinomialTest(counts: a, probabilities: p).p
            #expect(near(exact, try exactMultinomialTest(counts: turned, probabilities: q).p))
            #expect(
                near(try homogeneity([a, b]).chiSquare.lnP, try homogeneity([b, a]).chiSquare.lnP))
            #expect(near(try totalVariation(a, b), try totalVariation(b, a)))
            let (x, y) = (a.map(Double.init), b.map { Double($0) + 0.5 })
            let forward = try mannWhitneyTest(x, y)
            let backward = try mannWhitneyTest(y, x)
            #expect(near(forward.normalP, backward.normalP) && forward.u + backward.u == 16)
            let tail = try kolmogorovSmirnovTest(x, y)
            #expect(try near(tail.exactP ?? -1, kolmogorovSmirnovTest(y, x).exactP ?? -2))
        }
    }

    @Test("intervals hold the estimate, and more confidence is wider")
    func intervals() throws {
        for (x, n) in [
            (0, 1), (1, 1), (0, 40), (13, 40), (40, 40), (3, 100_000), (1 << 30, 1 << 31),
        ] {
            let share = Double(x) / Double(n)
            var outer: [Interval] = []
            for alpha in [1e-12, 0.001, 0.05, 0.5] {
                let inner = [
                    try wilsonInterval(successes: x, trials: n, alpha: alpha),
                    try clopperPearsonInterval(successes: x, trials: n, alpha: alpha),
                    try jeffreysInterval(successes: x, trials: n, alpha: alpha),
                ]
                for interval in inner {
                    #expect(0 <= interval.lower && interval.lower <= share)
                    #expect(share <= interval.upper && interval.upper <= 1)
                }
                for (wide, narrow) in zip(outer, inner) {
                    #expect(wide.lower <= narrow.lower && wide.upper >= narrow.upper)
                }
                outer = inner
            }
        }
    }

    @Test("simultaneous intervals hold all shares", arguments: [0.05, 0.01])
    func simultaneous(alpha: Double) throws {
        var generator = SplitMix64(seed: Self.seed)
        let tables: [[Int]] =
            [[7], [1, 1], [10, 0], [0, 0, 3], [1_000_000_000, 1], [400_000_000, 600_000_000]]
            + (0..<40).map { Self.counts(2 + $0 % 7, upTo: 3 << ($0 / 2), &generator) }
        for counts in tables where counts.contains(where: { $0 > 0 }) {
            let n = Double(counts.reduce(0, +))
            let both = [
                try sisonGlazIntervals(counts: counts, alpha: alpha),
                try goodmanIntervals(counts: counts, alpha: alpha),
            ]
            for intervals in both {
                for (count, interval) in zip(counts, intervals) {
                    #expect(0 <= interval.lower && interval.lower <= Double(count) / n)
                    #expect(Double(count) / n <= interval.upper && interval.upper <= 1)
                }
            }
        }
    }

    @Test("the exact interval misses any truth at most as often as it says")
    func clopperPearsonCoverage() throws {
        let (n, alpha) = (30, 0.1)
        let intervals = try (0...n).map {
            try clopperPearsonInterval(successes: $0, trials: n, alpha: alpha)
        }
        for truth in stride(from: 0.01, to: 1, by: 0.01) {
            let missed = (0...n).filter {
                intervals[$0].lower > truth || intervals[$0].upper < truth
            }
            let chance = missed.reduce(0) { $0 + likelihood([$1, n - $1], [truth, 1 - truth]) }
            #expect(chance <= alpha + 1e-12)
        }
    }

    @Test("what is counted in parts is what is counted at once, in any order")
    func merging() throws {
        var generator = SplitMix64(seed: Self.seed)
        let values = (0..<500).map { _ in Int.random(in: 1...100_000, using: &generator) }
        var (sketch, other) = (
            try LogarithmicSketch(relativeAccuracy: 0.01),
            try LogarithmicSketch(relativeAccuracy: 0.01)
        )
        for value in values { try sketch.add(Double(value)) }
        for value in values.shuffled(using: &generator) { try other.add(Double(value)) }
        #expect(sketch == other)
        let batches = (0..<20).map { _ in Self.counts(3, upTo: 50, &generator) }
        func last(_ batches: [[Int]]) throws -> Double? {
            try sequentialSplitTest(
                batches: batches, probabilities: [0.2, 0.3, 0.5], concentrations: [100],
                weights: [1]
            ).last?.lnE
        }
        let shuffled = batches.shuffled(using: &generator)
        #expect(try last(batches) == last(shuffled))
        #expect(try abs(sum(of: batches, last) - (last(batches) ?? .nan)) < 1e-9)
    }

    private func sum(
        of batches: [[Int]], _ last: ([[Int]]) throws -> Double?
    ) rethrows -> Double {
        let all = (0..<3).map { k in batches.reduce(0) { $0 + $1[k] } }
        return try last([all]) ?? .nan
    }

    private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-10 * max(1, abs(a)) }
}
