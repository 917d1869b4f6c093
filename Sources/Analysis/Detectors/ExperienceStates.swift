import Model

/// What is served against what metadata says: `dark` for an experience that was served and no
/// longer is, `contract` for one that is served though it is not active, `configuration` for an
/// active one that never is, or that no plan watches.
func experienceStates(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    let watch = evidence.watch
    let listed = Dictionary(
        watch.listed.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let seen = watch.sightings.compactMap { sighting in
        state(of: sighting, listed[sighting.experience], evidence, look.at)
    }
    return seen + (watch.isLead ? unwatched(evidence, look.at) : [])
}

private func state(
    of sighting: ExperienceSighting, _ listed: ExperienceStatus?, _ evidence: PlanEvidence,
    _ seenAt: Instant
) -> Finding? {
    let status =
        listed.map { "metadata says \($0.status ?? "it is gone")" } ?? "metadata is unknown"
    func finding(_ kind: FindingKind, since: Instant?, _ why: String, _ advice: String) -> Finding {
        Finding(
            id: findingID(kind, evidence, sighting.experience, nil), kind: kind,
            target: evidence.target, plan: evidence.plan.name, experience: sighting.experience,
            since: since, seenAt: seenAt, why: "\(sighting.experience) \(why)", advice: advice)
    }
    guard let servedAt = sighting.servedAt else {
        guard listed?.status == "Active", evidence.wholeRound != nil else { return nil }
        return finding(
            .configuration, since: nil, "is active and was never served in a whole round",
            "no context and no subject of this plan meets any of its audiences")
    }
    if let listed, listed.status != "Active", servedAt > listed.since.advanced(by: grace) {
        return finding(
            .contract, since: listed.since, "is served, though \(status)",
            "the API serves what it lists as not active: tell its operator")
    }
    // A round that failed throughout is whole, too, and says nothing of what would be served.
    if let round = evidence.wholeRound, servedAt < round.startedAt,
        sighting.answeredAt >= round.startedAt,
        evidence.plan.matrix.darkness <= servedAt.distance(to: sighting.answeredAt)
    {
        return finding(
            .dark, since: servedAt,
            "was served until \(servedAt.rfc3339) and no longer is; \(status)",
            "paused, expired or retargeted; if that was meant, nothing is wrong")
    }
    return nil
}

/// Metadata is asked seldom, and what is served lags behind what was switched.
private let grace = 10 * 60 * Instant.microsecondsPerSecond

extension MatrixDefinition {
    /// How long nothing must be served before an experience counts as dark: a matrix that asks
    /// the present hour or day must first have come round.
    fileprivate var darkness: Int64 {
        if case .now? = days { return 8 * Instant.microsecondsPerDay }
        if case .now? = hours { return 25 * Instant.microsecondsPerHour }
        return 0
    }
}

private func unwatched(_ evidence: PlanEvidence, _ seenAt: Instant) -> [Finding] {
    guard let watched = evidence.watch.watchedKeys else { return [] }
    return evidence.watch.listed.filter { $0.status == "Active" && !watched.contains($0.key) }.map {
        listed in
        Finding(
            id: findingID(.configuration, evidence, listed.key, "unwatched"),
            kind: .configuration, target: evidence.target, plan: evidence.plan.name,
            experience: listed.key, since: listed.since, seenAt: seenAt,
            why: "\(listed.key) is active and no plan watches it",
            advice: "name it under `experiences` of a plan, or watch `all`")
    }
}
