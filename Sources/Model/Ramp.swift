/// A rollout that is planned in steps: the share that one variation is meant to get of an
/// audience, or the share of subjects that are meant to be served at all.
package struct Ramp: Hashable, Sendable, Codable {
    package var experience: String
    /// An audience's id or its name, as the user wrote it; or `Ramp.everyone`.
    package var audience: String
    package var serves: Served
    /// The variation that gets what is left; nil: nothing is said of it (`served` alone).
    package var rest: String?
    /// Microseconds of grace after each step, in which nothing is tested.
    package var within: Int64
    /// Ascending in time; at least one.
    package var steps: [Step]

    /// The audience that every subject is of.
    package static let everyone = "all"

    /// What the share of a step is a share of.
    package enum Served: Hashable, Sendable, Codable {
        /// Of the audience's served subjects, those that get this variation.
        case variation(String)
        /// Of the cohort's subjects, those that are served at all. Only for `everyone`.
        case served
    }

    package struct Step: Hashable, Sendable, Codable {
        package var at: Instant
        /// 0…100.
        package var percent: Double

        package init(at: Instant, percent: Double) {
            self.at = at
            self.percent = percent
        }
    }

    package init(
        experience: String, audience: String, serves: Served, rest: String? = nil,
        within: Int64 = 0, steps: [Step]
    ) {
        precondition(!steps.isEmpty, "a ramp has a step")
        precondition(
            zip(steps, steps.dropFirst()).allSatisfy { $0.at < $1.at },
            "the steps of a ramp ascend in time")
        self.experience = experience
        self.audience = audience
        self.serves = serves
        self.rest = rest
        self.within = within
        self.steps = steps
    }
}

extension Ramp {
    /// The step that holds at an instant; nil: before the first.
    package func step(at instant: Instant) -> Step? { steps.last { $0.at <= instant } }

    /// The first step after an instant; nil: the last one is taken.
    package func nextStep(after instant: Instant) -> Step? { steps.first { $0.at > instant } }

    /// Percent that are meant at an instant; nil: before the first step.
    package func planned(at instant: Instant) -> Double? { step(at: instant)?.percent }

    /// True: a step was taken so lately that answers may lag behind it.
    package func isGrace(at instant: Instant) -> Bool {
        step(at: instant).map { $0.at.distance(to: instant) < within } ?? false
    }

    /// The split that is meant at an instant; nil: before the first step, or the ramp is one of
    /// subjects that are served at all.
    package func allocation(at instant: Instant) -> Allocation? {
        guard case .variation(let variation) = serves, let percent = planned(at: instant) else {
            return nil
        }
        var shares = [VariationShare(variation: variation, percent: percent)]
        if let rest { shares.append(VariationShare(variation: rest, percent: 100 - percent)) }
        return Allocation(experience: experience, audience: audience, shares: shares)
    }
}
