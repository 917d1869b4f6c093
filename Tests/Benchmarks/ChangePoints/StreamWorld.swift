import Foundation

/// A fortnight of hourly counts of which it is known what changed, and when: shares of variations,
/// or latencies in buckets. `StreamKind.all` says of which kinds.
struct StreamWorld {
    /// One stream of each kind.
    static func all(_ dice: inout Dice) -> [LabelledStream] {
        StreamKind.all.map { kind in
            // Else what is looked at every four hours would depend on the hours that kinds name.
            let shift = Int(dice.uniform() * Double(2 * mostShift + 1)) - mostShift
            return kind.stream(shifted: shift, &dice)
        }
    }

    private static let mostShift = 3
}

extension StreamKind {
    static let hours = 336

    /// A stream of this kind, all its hours moved by `shift`.
    fileprivate func stream(shifted shift: Int, _ dice: inout Dice) -> LabelledStream {
        let labels = labels.map {
            LabelledStream.Label(start: $0.lowerBound + shift, end: $0.upperBound + shift)
        }
        switch content {
        case .shares(let shares):
            let counts = (0..<Self.hours).map { hour in
                hourOfShares(shares, volume.draw(hour, hour - shift, &dice), hour - shift, &dice)
            }
            return LabelledStream(
                id: name, kind: "share", counts: counts, histogram: nil, labels: labels)
        case .latencies(let laws, let level):
            var wander = 0.0
            let histogram = (0..<Self.hours).map { hour in
                let common = level.draw(hour, &wander, &dice)
                let n = volume.draw(hour, hour - shift, &dice)
                return hourOfLatencies(laws.at(hour - shift), common, n, &dice)
            }
            return LabelledStream(
                id: name, kind: "latency", counts: nil, histogram: histogram, labels: labels)
        }
    }

    private func hourOfShares(
        _ shares: Course<[Double]>, _ n: Int, _ hour: Int, _ dice: inout Dice
    ) -> [Int] {
        var expected = shares.at(hour)
        if spread > 0 {
            let sd = (spread * expected[0] * expected[1]).squareRoot()
            let first = min(1, max(0, expected[0] + sd * dice.normals().0))
            expected = [first, 1 - first]
        }
        var counts = Array(repeating: 0, count: expected.count)
        for _ in 0..<n {
            var (place, rest) = (0, dice.uniform() - expected[0])
            while rest > 0, place + 1 < counts.count {
                place += 1
                rest -= expected[place]
            }
            counts[place] += 1
        }
        return counts
    }

    private func hourOfLatencies(
        _ law: LatencyLaw, _ level: Double, _ n: Int, _ dice: inout Dice
    ) -> [Int] {
        var buckets = Array(repeating: 0, count: 46)
        for _ in 0..<n {
            let value = law.draw(&dice) * level
            // To 5 ms, then each a fifth wider than the one before.
            let bucket = value <= 5 ? 0 : Int((log(value / 5) / log(1.2)).rounded(.up))
            buckets[min(45, bucket)] += 1
        }
        return buckets
    }
}

extension LatencyLaw {
    fileprivate func draw(_ dice: inout Dice) -> Double {
        let chance = dice.uniform()
        if chance < timeouts { return 3_000 }
        switch shape {
        case .bimodal(let hits):
            return (dice.uniform() < hits ? 20 : 150) * exp(0.3 * dice.normals().0)
        case .pareto(let scale):
            return scale / pow(dice.uniform(), 1 / 1.5)
        case .logNormal:
            let value = 80 * factor * exp(spread * dice.normals().0)
            return dice.uniform() < slow ? 5 * value : value
        }
    }
}

extension Volume {
    fileprivate func draw(_ hour: Int, _ shifted: Int, _ dice: inout Dice) -> Int {
        if pause.contains(shifted) { return 0 }
        let fallen = fall.map { shifted >= $0 } ?? false
        return poisson(mean * (1 + daily * dayWave(hour)) * (fallen ? 0.2 : 1), &dice)
    }
}

extension Level {
    /// The factor of an hour, `wander` being the autoregressive part of the hour before.
    fileprivate func draw(_ hour: Int, _ wander: inout Double, _ dice: inout Dice) -> Double {
        wander = keeps * wander + moves * dice.normals().0
        let spike = dice.uniform() < spikes ? 3.0 : 1
        return (1 + daily * dayWave(hour)) * exp(wander) * spike
    }
}

/// Lowest at 2 o'clock, highest at 14.
private func dayWave(_ hour: Int) -> Double { sin(2 * Double.pi * Double(hour - 8) / 24) }

/// Poisson by inversion, normal where many are expected.
private func poisson(_ mean: Double, _ dice: inout Dice) -> Int {
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
