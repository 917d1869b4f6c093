import Foundation
import Statistics

/// Neither side is slower, and everybody looks after each pair.
struct QuietLatency: CalibrationGame {
    let title = "G7  latencies of equals in pairs, 5,000 of them: share of runs that alarm"

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        [(false, "a level that stays"), (true, "a level that moves")].flatMap { isMoving, words in
            let peaks = setting.play("quiet pairs \(words)") { dice in
                var world = LatencyWorld(.none, isMoving: isMoving)
                var test = PairedLatencyTest()
                for _ in 0..<5_000 {
                    let pair = world.draw(&dice)
                    test.add(control: pair.control, candidate: pair.candidate)
                }
                return test.lnEMax
            }
            let peeked = setting.play("quiet ranks \(words)", share: 0.05) { dice in
                var world = LatencyWorld(.none, isMoving: isMoving)
                var ranks = RankSum()
                var isAlarmed = false
                for number in 1...5_000 {
                    ranks.add(world.draw(&dice))
                    if number % 50 == 0, abs(ranks.z) > 1.959_964 { isAlarmed = true }
                }
                return isAlarmed
            }
            return [
                GameFigure(
                    game: "G7", figure: "\(words), alpha 0.05: paired test",
                    value: peaks.share { $0 >= log(20) }, goal: .atMost(0.05)),
                GameFigure(
                    game: "G7", figure: "\(words), alpha 0.001: paired test",
                    value: peaks.share { $0 >= log(1_000) },
                    goal: .atMost(largestShare(of: 0.001, runs: peaks.count))),
                GameFigure(
                    game: "G7", figure: "\(words), p < 0.05: Mann-Whitney each 50 pairs",
                    value: peeked.share { $0 }),
            ]
        }
    }
}

/// The candidate is slower: how many pairs until the alarm, in the median?
struct SlowerLatency: CalibrationGame {
    let title = "G8  a candidate that is slower: median pairs until the alarm at alpha 0.05"

    private struct Shift {
        let name: String
        let change: LatencyWorld.Change
        var isMoving = false
        /// The reference's median, where it is a goal.
        var reference: Double?
    }

    private static let shifts = [
        Shift(name: "all x 1.10", change: .all(1.1), reference: 525),
        Shift(name: "5 % of calls x 4", change: .some(0.05, factor: 4), reference: 516),
        Shift(name: "all x 1.20", change: .all(1.2), reference: 152),
        Shift(name: "all x 1.50", change: .all(1.5), reference: 45),
        Shift(name: "all x 1.10, moving level", change: .all(1.1), isMoving: true),
        Shift(
            name: "5 % of calls x 4, moving level", change: .some(0.05, factor: 4),
            isMoving: true),
    ]

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        Self.shifts.map { shift in
            let delays = setting.play("slower " + shift.name) { dice in
                var world = LatencyWorld(shift.change, isMoving: shift.isMoving)
                var test = PairedLatencyTest()
                while test.lnEMax < lnLimit, test.pairs < 20_000 {
                    let pair = world.draw(&dice)
                    test.add(control: pair.control, candidate: pair.candidate)
                }
                return Double(test.pairs)
            }
            return GameFigure(
                game: "G8", figure: shift.name + ": paired test", value: delays.middle,
                goal: shift.reference.map { .atMost(1.05 * $0) })
        }
    }
}

private let lnLimit = log(20.0)

/// The test of Mann and Whitney, kept up to date pair by pair.
private struct RankSum {
    private var controls: [Double] = []
    private var candidates: [Double] = []
    /// How often a candidate exceeds a control.
    private var wins = 0.0

    mutating func add(_ pair: (control: Double, candidate: Double)) {
        let rank = place(of: pair.control, in: candidates)
        wins += Double(candidates.count - rank)
        controls.insert(pair.control, at: place(of: pair.control, in: controls))
        wins += Double(place(of: pair.candidate, in: controls))
        candidates.insert(pair.candidate, at: place(of: pair.candidate, in: candidates))
    }

    /// Standardised under the null of independent calls.
    var z: Double {
        let n = Double(controls.count)
        return (wins - n * n / 2) / (n * n * (2 * n + 1) / 12).squareRoot()
    }

    private func place(of value: Double, in sorted: [Double]) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
