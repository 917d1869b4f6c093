import Foundation
import Statistics

/// Two points of traffic move to another variation: how soon does re-probing known subjects show
/// it, and what do fixed thresholds on distances see?
struct PanelMoves: CalibrationGame {
    let title = "panel  50/50 -> 52/48 seen by the panel: median re-probes until the alarm"

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        try moves(setting) + quiet(setting) + distances(setting)
    }

    /// With consistent hashing two subjects in a hundred move.
    private func moves(_ setting: CalibrationSetting) throws -> [GameFigure] {
        func delays(tolerated: Double) throws -> [Double] {
            let start = try RateEvidence(tolerated: tolerated)
            return setting.play("panel \(tolerated)") { dice in
                var evidence = start
                repeat {
                    let isMoved = dice.uniform() < 0.02 || dice.uniform() < tolerated
                    evidence.count(isMoved)
                } while evidence.lnEMax < lnLimit
                return Double(evidence.trials)
            }
        }
        let strict = try delays(tolerated: 0)
        let tolerant = try delays(tolerated: 0.001)
        return [
            figure("none may move, alpha 0.001: panel", strict.middle, .atMost(40)),
            figure("none may move, alpha 0.001: panel, 90 %", strict.quantile(0.9)),
            figure("one in 1,000 flips by itself, alpha 0.001: panel", tolerant.middle),
        ]
    }

    /// Flips as often as is tolerated, and no more.
    private func quiet(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let start = try RateEvidence(tolerated: 0.001)
        let peaks = setting.play("quiet panel", share: 0.1) { dice in
            var evidence = start
            for _ in 0..<20_000 { evidence.count(dice.uniform() < 0.001) }
            return evidence.lnEMax
        }
        return [
            figure(
                "flips as tolerated, 20,000 re-probes, alpha 0.05: false alarms",
                peaks.share { $0 >= log(20) },
                .atMost(largestShare(of: 0.05, runs: peaks.count)))
        ]
    }

    /// The population stability index against 0.2, as dashboards have it: ten audiences of which
    /// nothing changed, a hundred subjects a window; and 50/50 that became 60/40, ten thousand.
    private func distances(_ setting: CalibrationSetting) -> [GameFigure] {
        let even = [Double](repeating: 0.1, count: 10)
        let unchanged = setting.play("distance of nothing") { dice in
            psi(even, even, size: 100, &dice)
        }
        let changed = setting.play("distance of 60/40", share: 0.1) { dice in
            psi([0.5, 0.5], [0.6, 0.4], size: 10_000, &dice)
        }
        return [
            figure("nothing changed, 10 audiences of 100: PSI > 0.2", unchanged.share { $0 > 0.2 }),
            figure("50/50 -> 60/40, 10,000 each: PSI > 0.2", changed.share { $0 > 0.2 }),
        ]
    }

    /// The index of a window against a reference, both drawn.
    private func psi(
        _ before: [Double], _ after: [Double], size: Int, _ dice: inout Dice
    ) -> Double {
        let reference = shares(before, size: size, &dice)
        return zip(reference, shares(after, size: size, &dice)).reduce(0) {
            $0 + ($1.1 - $1.0) * log($1.1 / $1.0)
        }
    }

    /// Observed shares with half a subject added to each category (Jeffreys).
    private func shares(_ truth: [Double], size: Int, _ dice: inout Dice) -> [Double] {
        let split = TrueSplit(truth)
        var counts = [Double](repeating: 0.5, count: truth.count)
        for _ in 0..<size { counts[split.draw(&dice)] += 1 }
        return counts.map { $0 / (Double(size) + 0.5 * Double(truth.count)) }
    }

    private func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
        GameFigure(game: "panel", figure: words, value: value, goal: goal)
    }
}

private let lnLimit = log(1_000.0)

extension RateEvidence {
    /// One more trial; a count of one cannot be refused.
    fileprivate mutating func count(_ isEvent: Bool) {
        do {
            try add(events: isEvent ? 1 : 0, trials: 1)
        } catch {
            preconditionFailure("one trial holds one event at most")
        }
    }
}
