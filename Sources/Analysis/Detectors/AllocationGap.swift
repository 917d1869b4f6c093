import Model

/// `configuration`: an audience is served without an allocation, or an allocation's audience never
/// appeared in a whole round.
func allocationGaps(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    unstated(evidence, look.at) + unseen(evidence, look.at)
}

private func unstated(_ evidence: PlanEvidence, _ seenAt: Instant) -> [Finding] {
    unplannedAudiences(evidence).map { audience in
        let name = audience.audienceName.map { " \"\($0)\"" } ?? ""
        return Finding(
            id: findingID(.configuration, evidence, audience.experience, audience.audience),
            kind: .configuration, target: evidence.target, plan: evidence.plan.name,
            experience: audience.experience, audience: audience.audience, seenAt: seenAt,
            why:
                "\(audience.experience)/\(audience.audience)\(name) is served and has no allocation",
            advice: "state its split under `allocations`, or name it under `untested`")
    }
}

private func unseen(_ evidence: PlanEvidence, _ seenAt: Instant) -> [Finding] {
    let served = Set(
        evidence.epochs.values.flatMap { $0.tally.counts.keys }
            .filter { $0.outcome == .served }
            .compactMap { key in
                key.audience.map { ExperienceAudience(experience: key.experience, audience: $0) }
            })
    let missing = evidence.plan.allocations.filter { allocation in
        evidence.hasWholeRound(of: allocation.experience)
            && !served.contains {
                $0.experience == allocation.experience
                    && evidence.names(allocation.audience, $0.audience)
            }
    }
    return missing.map { allocation in
        Finding(
            id: findingID(.configuration, evidence, allocation.experience, allocation.audience),
            kind: .configuration, target: evidence.target, plan: evidence.plan.name,
            experience: allocation.experience, audience: allocation.audience, seenAt: seenAt,
            why: "\(allocation.experience)/\(allocation.audience) has an allocation and never"
                + " appeared in a whole round",
            advice: "check the audience's id or name; if it needs a profile, ask it with a file of"
                + " users")
    }
}

extension PlanEvidence {
    /// True once a round has asked every context, of which what was counted has a part.
    fileprivate func hasWholeRound(of experience: String) -> Bool {
        guard let round, round.number > 1 || round.state == .complete,
            let epoch = epochs[experience], let lastAt = epoch.tally.lastAt
        else { return false }
        return wholeRound.map { epoch.since <= $0.startedAt && $0.startedAt <= lastAt } ?? true
    }
}
