import Model

/// How well the panel's variations stick, by experience and audience. A subject counts once a
/// round; flips that a planned ramp explains are left out. Subjects are those of the map's cells as
/// they were at the end of the span; none where nobody was asked within it.
func stabilityRows(_ evidence: PlanEvidence, experience: String?) -> [StabilityRow] {
    guard evidence.everyone.asked > 0 else { return [] }
    let cells = evidence.map.filter {
        $0.outcome == .served && experience ?? $0.experience == $0.experience
    }
    let asked = Dictionary(grouping: cells) {
        ExperienceAudience(experience: $0.experience, audience: $0.audience ?? "")
    }
    let flips = Dictionary(
        grouping: evidence.flips.filter { $0.isWithinAudience && !evidence.isOfRamp($0) }
    ) { ExperienceAudience(experience: $0.experience, audience: $0.before.audience ?? "") }
    let flapping = Dictionary(grouping: flappingSubjects(evidence)) {
        ExperienceAudience(experience: $0.experience, audience: $0.audience)
    }
    return Set(asked.keys).union(flips.keys)
        .filter { experience ?? $0.experience == $0.experience }
        .sorted { ($0.experience, $0.audience) < ($1.experience, $1.audience) }
        .map { key in
            row(
                key, asked: asked[key] ?? [], flips: flips[key] ?? [],
                flapping: flapping[key] ?? [], evidence)
        }
}

private func row(
    _ key: ExperienceAudience, asked: [TargetingCell], flips: [CellChange],
    flapping: [FlappingSubject], _ evidence: PlanEvidence
) -> StabilityRow {
    struct Turn: Hashable {
        let subject: String
        let round: Int64
    }
    let crossed = Set(flips.map(\.subject))
    let subjects = Set(asked.compactMap(\.subject)).union(crossed).count
    let turns = Set(
        flips.map {
            Turn(
                subject: $0.subject,
                round: $0.at.microseconds.flooredDivision(by: evidence.roundUs))
        })
    return StabilityRow(
        target: evidence.target, plan: evidence.plan.name, experience: key.experience,
        audience: key.audience, audienceName: evidence.audienceNames[key.audience],
        subjects: subjects, flips: turns.count,
        crossed: bounded(by: subjects)(
            openArm("crossed", observed: crossed.count, of: subjects)),
        explained: crossed.count - flapping.count,
        flapping: flapping.map {
            StabilityRow.Flapping(
                subject: $0.subject, flips: $0.flips, firstAt: $0.firstAt, lastAt: $0.lastAt)
        })
}
