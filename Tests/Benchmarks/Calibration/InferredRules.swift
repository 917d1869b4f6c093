import Analysis
import Model
import WorldRig

/// Worlds of one to three audiences, part of whose contexts were asked: is the rule that is read
/// off the map exact there, and as short as the truth?
struct InferredRules: CalibrationGame {
    let title = "rule   targeting inferred from the map of random worlds"

    private struct Outcome {
        let isExact: Bool
        let isShort: Bool
        let isSimple: Bool
    }

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let outcomes = setting.play("rule", share: 0.02) { dice in world(&dice) }
        let simple = outcomes.filter(\.isSimple)
        return [
            figure("exact on all observed cells", outcomes.share(where: \.isExact), .atLeast(0.95)),
            figure(
                "at most 8 conditions where the truth has at most 4",
                simple.share(where: \.isShort), .atLeast(1)),
        ]
    }

    private func world(_ dice: inout Dice) -> Outcome {
        let truth = RandomTargeting(using: &dice)
        let share = Double.random(in: 0.3...1, using: &dice)
        let start = Instant(microseconds: 0)
        let plan = Plan(
            name: "p", target: "t", experiences: .keys(["e"]), cadence: .continuous,
            rate: Rate(perSecond: 1), subjects: SubjectPlan(), matrix: MatrixDefinition())
        var evidence = PlanEvidence(target: "t", plan: plan, tallies: [:])
        evidence.map = truth.cells(share: share, using: &dice).map { context, label in
            TargetingCell(
                experience: "e", context: context,
                outcome: label == "nothing" ? .unmatched : .served,
                audience: label == "nothing" ? nil : label,
                variation: label == "nothing" ? nil : "1", since: start)
        }
        let told = report(
            .targeting, over: Span(since: start, until: start.advanced(by: 1)),
            evidence: [evidence], watermark: nil)
        guard case .targeting(let rows) = told.rows, let rule = rows.first?.row else {
            return Outcome(isExact: false, isShort: false, isSimple: truth.conditions <= 4)
        }
        return Outcome(
            isExact: rule.errors == 0, isShort: rule.conditions <= 8,
            isSimple: truth.conditions <= 4)
    }

    private func figure(_ words: String, _ value: Double, _ goal: Bound) -> GameFigure {
        GameFigure(game: "rule", figure: words, value: value, goal: goal)
    }
}
