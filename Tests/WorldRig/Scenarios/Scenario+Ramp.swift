package import Model
import Simulator

/// Two ramps of 5, 25 and 100 %, a step a day at 9:00: the hero's variation 2 under audience `1A`,
/// and who is served the promotion strip at all. Somebody clicks each step seven minutes late.
extension Scenario {
    package enum RampCourse: String, CaseIterable, Sendable {
        /// As planned, but for the seven minutes.
        case planned
        /// The second step is never made.
        case forgotten
        /// The second step is 40 % instead of 25.
        case overshot
        /// At the second step the places of users are drawn anew: who was in may be out.
        case leaving
    }

    /// `stating`: the configuration has `ramps`. `steps`: when its three steps are planned, on the
    /// scenario's days.
    package static func ramp(
        _ course: RampCourse, stating: Bool = true, steps: [Instant] = rampSteps
    ) -> Scenario {
        let clicks = zip(steps, [5, 25, 100] as [Double]).enumerated().compactMap {
            index, step -> RampStep? in
            let (at, percent) = (step.0.advanced(by: 7 * minute), step.1)
            guard index == 1 else { return RampStep(at: at, percent: percent) }
            return switch course {
            case .planned: RampStep(at: at, percent: percent)
            case .forgotten: nil
            case .overshot: RampStep(at: at, percent: 40)
            case .leaving: RampStep(at: at, percent: percent, reshuffles: true)
            }
        }
        var world = Scenario.week().world
        world.experiences[1].audiences[0].ramp = clicks
        world.experiences[0].audiences[0].allocation = [Share("1", 100), Share("2", 0)]
        world.changes = clicks.map { click in
            Change(
                at: click.at, experience: "hero", audience: "1A",
                allocation: [Share("1", 100 - click.percent), Share("2", click.percent)],
                reshuffles: click.reshuffles)
        }
        return Scenario(
            name: "ramp-\(course.rawValue)",
            configuration: file(withPlan: weeklyPlan + (stating ? "\n" + ramps(steps) : "")),
            world: world, start: at("2026-11-16T00:00:00Z"), end: at("2026-11-20T00:00:00Z"))
    }

    /// When each step is planned.
    package static let rampSteps = [
        at("2026-11-17T09:00:00Z"), at("2026-11-18T09:00:00Z"), at("2026-11-19T09:00:00Z"),
    ]

    private static func ramps(_ steps: [Instant]) -> String {
        let listed = zip(steps, [5, 25, 100]).map { "{ at: \($0.rfc3339), share: \($1) }" }
        return rampTemplate.replacing("*steps", with: "[\(listed.joined(separator: ", "))]")
    }

    private static let rampTemplate = """
        ramps:
          hero:
            "1A":
              variation: "2"
              rest: "1"
              within: 30m
              steps: *steps
          promo-strip:
            all:
              served: true
              within: 30m
              steps: *steps
        """
}
