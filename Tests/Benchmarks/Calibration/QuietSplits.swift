import Foundation
import Statistics

/// Nothing is wrong, and everybody looks after each subject: who ever alarms?
struct QuietSplits: CalibrationGame {
    let title =
        "G1  splits as they should be, looked at after each subject: share of runs that alarm"

    private struct Null {
        let name: String
        let probabilities: [Double]
        var subjects = 20_000
        var share = 1.0
    }

    private static let nulls = [
        Null(name: "50/50", probabilities: [0.5, 0.5]),
        Null(name: "90/10", probabilities: [0.9, 0.1]),
        Null(name: "25 x 4", probabilities: [0.25, 0.25, 0.25, 0.25]),
        Null(name: "98/1/1", probabilities: [0.98, 0.01, 0.01]),
        Null(name: "50/50 to 200,000", probabilities: [0.5, 0.5], subjects: 200_000, share: 0.2),
    ]

    private struct Peaks {
        let lnE: Double
        let single: Double
        let chiSquare: Double
        let isTwoPointsOff: Bool
    }

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        try Self.nulls.flatMap { try figures(of: $0, setting) }
    }

    private func figures(of null: Null, _ setting: CalibrationSetting) throws -> [GameFigure] {
        let start = try SplitEvidence(probabilities: null.probabilities)
        let truth = TrueSplit(null.probabilities)
        let peaks = setting.play("quiet " + null.name, share: null.share) { dice in
            var evidence = start
            var single = SingleConcentration(null.probabilities)
            var rules = PeekingRules(null.probabilities)
            for _ in 0..<null.subjects {
                let category = truth.draw(&dice)
                evidence.add(category)
                single.add(category)
                rules.add(category)
            }
            return Peaks(
                lnE: evidence.lnEMax, single: single.peak, chiSquare: rules.chiSquare,
                isTwoPointsOff: rules.isTwoPointsOff)
        }
        let ours = [0.05, 0.001].map { alpha in
            GameFigure(
                game: "G1", figure: "\(null.name), alpha \(alpha): split evidence",
                value: peaks.share { $0.lnE >= -log(alpha) },
                goal: .atMost(largestShare(of: alpha, runs: peaks.count)))
        }
        let singles = [0.05, 0.001].map { alpha in
            GameFigure(
                game: "G1", figure: "\(null.name), alpha \(alpha): ssrm, c = 10000",
                value: peaks.share { $0.single >= 1 / alpha })
        }
        let squares = [0.05, 0.01, 0.001].map { alpha in
            let limit = chiSquareLimit(
                alpha: alpha, degreesOfFreedom: null.probabilities.count - 1)
            return GameFigure(
                game: "G1", figure: "\(null.name), p < \(alpha): chi-square at each look",
                value: peaks.share { $0.chiSquare > limit })
        }
        let fixed = GameFigure(
            game: "G1", figure: "\(null.name): a share 2 points off after 1,000 subjects",
            value: peaks.share(where: \.isTwoPointsOff))
        return ours + singles + squares + [fixed]
    }
}
