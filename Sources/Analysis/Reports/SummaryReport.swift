import Model

/// One plan at a glance, worst first.
func summaryRow(_ evidence: PlanEvidence, _ look: Look) -> SummaryRow {
    let splits = detailedSplitRows(evidence, look)
    let latency = latencyRows(evidence, shape: nil)
    let everyone =
        latency.first { $0.segment == .everyone && $0.phase == .latency }
        ?? latencyRow(evidence, .everyone, phase: .latency)
    return SummaryRow(
        target: evidence.target, plan: evidence.plan.name, round: evidence.round,
        coverage: CoverageRow(
            target: evidence.target, plan: evidence.plan.name, segment: .everyone,
            contexts: evidence.contexts[.everyone], asked: evidence.everyone.asked,
            answered: evidence.everyone.answered, lastAt: evidence.everyone.lastAt,
            maintenance: evidence.everyone.maintenance),
        splits: splits, unplanned: unplannedAudiences(evidence), latency: everyone,
        slow: latency.filter(\.isSlow), sending: latencyRow(evidence, .everyone, phase: .jitter),
        silentHours: silentHours(evidence.everyone, at: look.at))
}

private func silentHours(_ everyone: Tally, at instant: Instant) -> Int64? {
    guard let last = everyone.lastAt else { return nil }
    let hours = last.distance(to: instant) / Instant.microsecondsPerHour
    return hours >= hoursPerDay ? hours : nil
}

/// Audiences that were served though the plan states allocations for their experience and none
/// for them.
func unplannedAudiences(_ evidence: PlanEvidence) -> [UnplannedAudience] {
    let planned = Set(evidence.plan.allocations.map(\.experience))
    var served: [ExperienceAudience: Int] = [:]
    for (key, count) in evidence.everyone.counts where key.outcome == .served {
        guard let audience = key.audience, planned.contains(key.experience),
            evidence.allocation(of: key.experience, audience: audience) == nil,
            !evidence.plan.untested.contains(where: {
                $0.experience == key.experience && evidence.names($0.audience, audience)
            })
        else { continue }
        served[ExperienceAudience(experience: key.experience, audience: audience), default: 0] +=
            count
    }
    return served.map { key, count in
        UnplannedAudience(
            experience: key.experience, audience: key.audience,
            audienceName: evidence.audienceNames[key.audience], n: count)
    }.sorted { ($0.experience, $0.audience) < ($1.experience, $1.audience) }
}
