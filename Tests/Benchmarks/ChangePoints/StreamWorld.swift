import Foundation

/// A fortnight of hourly counts of which it is known what changed, and when: shares of variations,
/// or latencies in buckets.
struct StreamWorld {
    /// In the order in which they are drawn; the first of each are without a change.
    private static let shareKinds: [@Sendable (inout Dice) -> StreamWorld] = [
        { shares(&$0, volume: 60) }, { shares(&$0, volume: 5) },
        { shares(&$0, volume: 60, isDaily: true) }, { shares(&$0, volume: 200, spread: 40) },
        { shares(&$0, volume: 60, pause: 12) },
        { shares(&$0, volume: 1_500, steps: [[0.52, 0.48]]) },
        { shares(&$0, volume: 10, steps: [[0.7, 0.3]]) },
        { shares(&$0, volume: 60, steps: [[1, 0]]) },
        { shares(&$0, volume: 120, isDaily: true, steps: [[0.62, 0.38]]) },
        { shares(&$0, volume: 300, steps: [[0.6, 0.4], [0.5, 0.5], [0.42, 0.58]]) },
    ]
    private static let latencyKinds: [@Sendable (inout Dice) -> StreamWorld] = [
        { latencies(&$0, volume: 120) }, { latencies(&$0, volume: 200, isDaily: true) },
        { latencies(&$0, volume: 120, wander: 0.03) }, { latencies(&$0, volume: 120, slow: 0.05) },
        { latencies(&$0, volume: 60) },
        { latencies(&$0, volume: 120, to: (factor: 1.3, slow: 0.01, spread: 0.45)) },
        { latencies(&$0, volume: 600, to: (factor: 1.1, slow: 0.01, spread: 0.45)) },
        { latencies(&$0, volume: 200, to: (factor: 1, slow: 0.08, spread: 0.45)) },
        { latencies(&$0, volume: 200, to: (factor: 1, slow: 0.01, spread: 0.7)) },
        { latencies(&$0, volume: 200, isDaily: true, to: (factor: 1.4, slow: 0.01, spread: 0.45)) },
    ]

    let stream: LabelledStream

    private static let hours = 336

    /// One stream of each kind.
    static func all(_ dice: inout Dice) -> [LabelledStream] {
        (shareKinds + latencyKinds).map { $0(&dice).stream }
    }

    /// 50/50, then each of the steps. `spread`: shares are drawn anew each hour, as from so many
    /// users; `pause`: hours without any.
    private static func shares(
        _ dice: inout Dice, volume: Double, isDaily: Bool = false, spread: Double? = nil,
        pause: Int = 0, steps: [[Double]] = []
    ) -> StreamWorld {
        let changes = changeHours(steps.count, &dice)
        let counts = (0..<hours).map { hour -> [Int] in
            let step = changes.count { $0 <= hour }
            var share = step == 0 ? 0.5 : steps[step - 1][0]
            if let spread { share += dice.normals().0 * (0.25 / spread / 20).squareRoot() }
            let isPaused = pause > 0 && (160..<160 + pause).contains(hour)
            let n = isPaused ? 0 : poisson(volume * (isDaily ? daily(hour) : 1), &dice)
            let first = (0..<n).count { _ in dice.uniform() < share }
            return [first, n - first]
        }
        return StreamWorld(kind: "share", counts: counts, changes)
    }

    /// Log-normal around 80 ms, of which a share is five times as slow. `wander`: the level of one
    /// hour depends on the one before.
    private static func latencies(
        _ dice: inout Dice, volume: Double, isDaily: Bool = false, wander: Double = 0,
        slow: Double = 0.01, to change: (factor: Double, slow: Double, spread: Double)? = nil
    ) -> StreamWorld {
        let changes = changeHours(change == nil ? 0 : 1, &dice)
        var level = 0.0
        let counts = (0..<hours).map { hour -> [Int] in
            level = 0.7 * level + wander * dice.normals().0
            let changed = changes.first.map { hour >= $0 } ?? false ? change : nil
            let median = 80 * (changed?.factor ?? 1) * exp(level)
            var buckets = [Int](repeating: 0, count: 60)
            for _ in 0..<poisson(volume * (isDaily ? daily(hour) : 1), &dice) {
                var value = median * exp((changed?.spread ?? 0.45) * dice.normals().0)
                if dice.uniform() < changed?.slow ?? slow { value *= 5 }
                // Four buckets to each doubling, from 2 ms on.
                buckets[min(59, max(0, Int(4 * log2(value / 2))))] += 1
            }
            return buckets
        }
        return StreamWorld(kind: "latency", histogram: counts, changes)
    }

    private init(
        kind: String, counts: [[Int]]? = nil, histogram: [[Int]]? = nil, _ changes: [Int]
    ) {
        stream = LabelledStream(
            id: kind, kind: kind, counts: counts, histogram: histogram,
            labels: changes.map { LabelledStream.Label(start: $0, end: $0) })
    }

    /// Two days apart at least, and from both ends.
    private static func changeHours(_ count: Int, _ dice: inout Dice) -> [Int] {
        let part = (hours - 96) / max(1, count)
        return (0..<count).map { 48 + $0 * part + Int(dice.uniform() * Double(max(1, part - 47))) }
    }

    private static func daily(_ hour: Int) -> Double {
        1 - 0.8 * cos(2 * Double.pi * Double(hour % 24) / 24)
    }

    /// Poisson by inversion, normal where many are expected.
    private static func poisson(_ mean: Double, _ dice: inout Dice) -> Int {
        guard mean < 200 else {
            return max(0, Int((mean + mean.squareRoot() * dice.normals().0).rounded()))
        }
        var (count, product) = (0, dice.uniform())
        let limit = exp(-mean)
        while product > limit {
            product *= dice.uniform()
            count += 1
        }
        return count
    }
}
