package import Model

/// How many probes the index space of a round has, and of what.
package struct RoundSize: Hashable, Sendable {
    package let contexts: Int
    /// Fetches in which the experiences travel.
    package let packs: Int
    package let cohortSubjects: Int
    package let panelProbes: Int
    package var cohortProbes: Int { cohortSubjects * packs }
    package var probes: Int { panelProbes + cohortProbes }

    package init(plan: Plan, contexts: Int, experienceCount: Int, cohortSubjects: Int) {
        self.contexts = contexts
        // No key at all asks for every experience, in one fetch.
        packs = max(1, (experienceCount + Pack.limit - 1) / Pack.limit)
        self.cohortSubjects = cohortSubjects
        panelProbes = plan.asksPanel ? contexts * packs : 0
    }
}

extension Plan {
    /// True if rounds have panel probes: there is a panel, and the cohort is not everything.
    var asksPanel: Bool {
        subjects.panel != nil && (subjects.cohort?.share ?? 0) < 1
    }
}

/// The cohort subjects of a full round: c = ⌈contexts · share / (1 − share)⌉, one for each context
/// where there is no panel or the share is 1.
package func cohortSubjects(of plan: Plan, contexts: Int) -> Int {
    guard let cohort = plan.subjects.cohort, cohort.share > 0 else { return 0 }
    guard plan.asksPanel else { return contexts }
    // A quotient that is whole but for its last bits must not be rounded up.
    let exact = Double(contexts) * cohort.share / (1 - cohort.share)
    return Int((exact * (1 - 1e-12)).rounded(.up))
}

/// The cohort subjects of the next round under the day's limit and what a file has left.
///
/// The limit is spread over the rounds that are left of the UTC day. `leftOut` are those of the
/// full round that are not asked.
package func cohortSubjects(
    of plan: Plan, contexts: Int, usedToday: Int, roundsLeftToday: Int, left: Int? = nil
) -> (asked: Int, leftOut: Int) {
    let full = cohortSubjects(of: plan, contexts: contexts)
    var asked = full
    if let limit = plan.subjects.cohort?.perDay {
        asked = min(asked, max(0, limit - usedToday) / max(1, roundsLeftToday))
    }
    if let left { asked = min(asked, max(0, left)) }
    return (asked, full - asked)
}
