package import Model

/// What a plan costs at its own pace.
package struct PlanCost: Sendable {
    package let size: RoundSize
    /// Observations a fetch brings, on average.
    package let observationsPerFetch: Double
    /// How long a round takes at the plan's rate.
    package let roundSeconds: Double
    package let roundsPerDay: Double
    /// The period of its rounds, in seconds; nil: one follows the other.
    package let periodSeconds: Double?
    package let fetchesPerDay: Double
    package let newSubjectsPerDay: Double
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
        let rounds = Self.roundsPerDay(plan.cadence, roundSeconds: fullSeconds)
        let asked = cohortSubjects(
            of: plan, contexts: contexts, usedToday: 0,
            roundsLeftToday: Int(min(rounds, 1e9).rounded(.up)), left: cohortFileCount
        ).asked
        size = RoundSize(
            plan: plan, contexts: contexts, experienceCount: experienceCount, cohortSubjects: asked)
        roundSeconds = Double(size.probes) / plan.rate.perSecond
        roundsPerDay = Self.roundsPerDay(plan.cadence, roundSeconds: roundSeconds)
        periodSeconds =
            if case .every(let period) = plan.cadence { Double(period) / 1e6 } else { nil }
        fetchesPerDay = roundsPerDay * Double(size.probes)
        let newSubjects = roundsPerDay * Double(size.cohortSubjects)
        newSubjectsPerDay = newSubjects
        observationsPerFetch = Double(max(1, experienceCount)) / Double(size.packs)
        observationsPerDay = fetchesPerDay * observationsPerFetch
        cohortFileDays = cohortFileCount.flatMap {
            newSubjects > 0 ? Double($0) / newSubjects : nil
        }
    }

    /// False: a round takes longer than its period.
    package var fitsPeriod: Bool { periodSeconds.map { roundSeconds <= $0 } ?? true }

    /// Probes a second at which a round would fit its period; nil: there is no period.
    package var fittingRate: Double? { periodSeconds.map { Double(size.probes) / $0 } }

    /// Rounds a day: one each period, at most as many as fit.
    private static func roundsPerDay(_ cadence: Cadence, roundSeconds: Double) -> Double {
        guard roundSeconds > 0 else { return 0 }
        switch cadence {
        case .continuous: return 86_400 / roundSeconds
        case .every(let period):
            let seconds = Double(period) / 1e6
            // A round that overruns its period makes the next one wait for a later period.
            return 86_400 / (seconds * max(1, (roundSeconds / seconds).rounded(.up)))
        }
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
