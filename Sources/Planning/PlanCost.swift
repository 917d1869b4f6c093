package import Model

/// What a plan costs at its own pace.
package struct PlanCost: Sendable {
    package let size: RoundSize
    /// Observations a fetch brings, on average.
    package let observationsPerFetch: Double
    /// How long a round takes at the plan's rate, while the plan is active.
    package let roundSeconds: Double
    /// The share of the week in which the plan probes.
    package let activeShare: Double
    /// Rounds a day, on average of the week, as all that is counted by the day.
    package let roundsPerDay: Double
    /// The period of its rounds, in seconds; nil: one follows the other.
    package let periodSeconds: Double?
    /// How many rounds run side by side at most.
    package let roundsAtOnce: Int
    /// At each of the plan's targets.
    package let fetchesPerDay: Double
    /// The same at all of its targets.
    package let newSubjectsPerDay: Double
    /// Of all of its targets together.
    package let observationsPerDay: Double
    /// Days until every user of the cohort file was used; nil: there is no file.
    package let cohortFileDays: Double?

    /// `experienceCount` is how many keys are watched, `cohortFileCount` how many users the
    /// cohort file has.
    package init(plan: Plan, experienceCount: Int, cohortFileCount: Int? = nil) {
        let contexts = Matrix.contextCount(of: plan.matrix) ?? 0
        let full = cohortSubjects(of: plan, contexts: contexts)
        let whole = RoundSize(
            plan: plan, contexts: contexts, experienceCount: experienceCount, cohortSubjects: full)
        let fullSeconds = Double(whole.probes) / plan.rate.perSecond
        // Of a day that is active throughout, over whose rounds a day's limit is spread.
        let rounds = Self.roundsPerDay(of: plan, roundSeconds: fullSeconds)
        let asked = cohortSubjects(
            of: plan, contexts: contexts, usedToday: 0,
            roundsLeftToday: Int(min(rounds, 1e9).rounded(.up)), left: cohortFileCount
        ).asked
        size = RoundSize(
            plan: plan, contexts: contexts, experienceCount: experienceCount, cohortSubjects: asked)
        roundSeconds = Double(size.probes) / plan.rate.perSecond
        activeShare = plan.active.map { Double($0.days.count * $0.hours.count) / 168 } ?? 1
        roundsPerDay = Self.roundsPerDay(of: plan, roundSeconds: roundSeconds) * activeShare
        periodSeconds = Self.periodSeconds(of: plan)
        roundsAtOnce =
            plan.overlong == .overlap
            ? Self.periodsPerRound(of: plan, roundSeconds: roundSeconds) : 1
        fetchesPerDay = roundsPerDay * Double(size.probes)
        let newSubjects = roundsPerDay * Double(size.cohortSubjects)
        newSubjectsPerDay = newSubjects
        observationsPerFetch = Double(max(1, experienceCount)) / Double(size.packs)
        observationsPerDay = fetchesPerDay * observationsPerFetch * Double(plan.targets.count)
        cohortFileDays = cohortFileCount.flatMap {
            newSubjects > 0 ? Double($0) / newSubjects : nil
        }
    }

    /// False: a round takes longer than its period.
    package var fitsPeriod: Bool { periodSeconds.map { roundSeconds <= $0 } ?? true }

    /// Probes a second at which a round would fit its period; nil: there is no period.
    package var fittingRate: Double? { periodSeconds.map { Double(size.probes) / $0 } }

    private static func periodSeconds(of plan: Plan) -> Double? {
        if case .every(let period) = plan.cadence { Double(period) / 1e6 } else { nil }
    }

    /// Periods that a round reaches into, its own among them.
    private static func periodsPerRound(of plan: Plan, roundSeconds: Double) -> Int {
        let periods = periodSeconds(of: plan).map { roundSeconds / $0 } ?? 1
        return max(1, Int(min(periods, 1e9).rounded(.up)))
    }

    /// Rounds a day: one each period, at most as many as fit where they do not overlap.
    private static func roundsPerDay(of plan: Plan, roundSeconds: Double) -> Double {
        guard roundSeconds > 0 else { return 0 }
        guard let period = periodSeconds(of: plan) else { return 86_400 / roundSeconds }
        let skipping =
            plan.overlong == .overlap
            ? 1 : periodsPerRound(of: plan, roundSeconds: roundSeconds)
        return 86_400 / (period * Double(skipping))
    }
}

/// Names what a round is planned from: a restart may resume it only where this is the same.
package func roundFingerprint(
    plan: Plan, experiences: [String], agent: String, seed: UInt64
) -> String {
    KeyedHash(seed: seed).hex(
        [
            "fingerprint", agent, plan.name, plan.target, "\(plan.subjects)", "\(plan.matrix)",
            experiences.joined(separator: "\u{0}"),
        ], bytes: 16)
}
