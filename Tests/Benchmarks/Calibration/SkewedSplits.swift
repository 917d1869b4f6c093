import Foundation
import Statistics

/// A split is wrong from the start: how many subjects until the alarm, in the median?
struct SkewedSplits: CalibrationGame {
    let title = "G2  splits skewed from the start: median subjects until the alarm (90 % quantile)"

    private struct Skew {
        let name: String
        let null: [Double]
        let truth: [Double]
        /// The medians of the reference mixture at alpha 0.001 and, where it has one, 0.05.
        let strict: Double
        var lax: Double?
        /// One concentration of 10,000 is tuned for just such a skew.
        var isPeersBest = false
    }

    private static let third = 1 / 3.0

    private static let skews = [
        Skew(
            name: "50/50 -> 52/48", null: [0.5, 0.5], truth: [0.52, 0.48], strict: 11_066,
            lax: 5_614),
        Skew(
            name: "50/50 -> 51/49", null: [0.5, 0.5], truth: [0.51, 0.49], strict: 44_507,
            isPeersBest: true),
        Skew(name: "50/50 -> 55/45", null: [0.5, 0.5], truth: [0.55, 0.45], strict: 1_796),
        Skew(
            name: "90/10 -> 88/12", null: [0.9, 0.1], truth: [0.88, 0.12], strict: 4_256,
            lax: 2_223),
        Skew(name: "90/10 -> 92/8", null: [0.9, 0.1], truth: [0.92, 0.08], strict: 3_764),
        Skew(
            name: "25 x 4 -> 27/25/25/23", null: [0.25, 0.25, 0.25, 0.25],
            truth: [0.27, 0.25, 0.25, 0.23], strict: 6_902),
        Skew(
            name: "3 equal, one loses 30 %", null: [third, third, third],
            truth: [1 / 2.7, 1 / 2.7, 0.7 / 2.7], strict: 788),
    ]

    private struct Delays {
        var lax = Double.infinity
        var strict = Double.infinity
        var single = Double.infinity
    }

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        try Self.skews.flatMap { skew in
            figures(of: skew, try delays(of: skew, setting))
        }
    }

    private func delays(of skew: Skew, _ setting: CalibrationSetting) throws -> [Delays] {
        let start = try SplitEvidence(probabilities: skew.null)
        let truth = TrueSplit(skew.truth)
        return setting.play("skew " + skew.name) { dice in
            var evidence = start
            var single = SingleConcentration(skew.null)
            var delays = Delays()
            for subject in 1...1_000_000 {
                let category = truth.draw(&dice)
                if delays.strict == .infinity {
                    evidence.add(category)
                    if evidence.lnEMax >= lnLax { delays.lax = min(delays.lax, Double(subject)) }
                    if evidence.lnEMax >= lnStrict { delays.strict = Double(subject) }
                }
                if delays.single == .infinity {
                    single.add(category)
                    if single.peak >= 1_000 { delays.single = Double(subject) }
                }
                if max(delays.strict, delays.single) < .infinity { break }
            }
            return delays
        }
    }

    private func figures(of skew: Skew, _ delays: [Delays]) -> [GameFigure] {
        func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
            GameFigure(game: "G2", figure: skew.name + ", " + words, value: value, goal: goal)
        }
        let strict = delays.map(\.strict)
        let single = delays.map(\.single)
        var figures = [
            figure("alpha 0.001: split evidence", strict.middle, .atMost(1.05 * skew.strict)),
            figure("alpha 0.001: split evidence, 90 %", strict.quantile(0.9)),
            figure("alpha 0.001: ssrm, c = 10000", single.middle),
            figure(
                "alpha 0.001: ratio to ssrm", strict.middle / single.middle,
                skew.isPeersBest ? nil : .atMost(1)),
        ]
        if let lax = skew.lax {
            let middle = delays.map(\.lax).middle
            figures.append(figure("alpha 0.05: split evidence", middle, .atMost(1.05 * lax)))
        }
        return figures
    }
}

private let lnLax = log(20.0)
private let lnStrict = log(1_000.0)
