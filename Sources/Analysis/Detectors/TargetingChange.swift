import Model

/// `targeting_change`: panel subjects got another answer than before in the same cell. The platform
/// is deterministic, so one flip is proof; flips are grouped into the smallest segment that tells
/// them apart from the rest. Subjects that flap are told as `instability`, what is served to nobody
/// any more as `dark`.
func targetingChanges(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    guard evidence.flips.contains(where: { evidence.isFresh($0) && !evidence.isOfRamp($0) }) else {
        return []
    }
    let flapping = Set(flappingSubjects(evidence).map { FlappingKey($0) })
    let dark = Set(
        experienceStates(evidence, look).filter { $0.kind == .dark }.compactMap(\.experience))
    let steady = evidence.flips.filter {
        evidence.isRecent($0) && !flapping.contains(FlappingKey($0)) && !evidence.isOfRamp($0)
            && !(dark.contains($0.experience) && $0.after.outcome != .served)
    }
    let groups = Dictionary(grouping: steady, by: \.experience)
    let changes = groups.keys.sorted().compactMap { experience in
        groups[experience].flatMap { TargetingMove($0, of: experience, evidence, at: look.at) }
    }
    return changes.map { finding($0, among: changes, evidence, look) }
}

/// The flips of one experience that belong together.
struct TargetingMove {
    let experience: String
    let cover: FlipCover
    let flips: [CellChange]
    /// Distinct subjects by what moved where, most first.
    let moves: [(words: String, subjects: Int)]
    /// Nil: it cannot be told, or not every cell has been asked since.
    let transition: Transition?

    init?(
        _ flips: [CellChange], of experience: String, _ evidence: PlanEvidence, at instant: Instant
    ) {
        let flipped = Set(flips.map(\.context))
        let cells = evidence.map.compactMap { cell -> FlipCover.Cell? in
            guard cell.experience == experience, let subject = cell.subject else { return nil }
            return FlipCover.Cell(
                coordinates: cell.context.coordinates, subject: subject,
                isFlipped: flipped.contains(cell.context))
        }
        guard let cover = FlipCover(cells), let first = flips.first else { return nil }
        self.experience = first.experience
        self.cover = cover
        self.flips = flips
        let grouped = Dictionary(grouping: flips) {
            "\(evidence.words(for: $0.before, beside: $0.after)) → \(evidence.words(for: $0.after, beside: $0.before))"
        }
        moves = grouped.map { ($0.key, Set($0.value.map(\.subject)).count) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let isWhole = first.at.distance(to: instant) >= evidence.roundUs
        transition = isWhole ? Transition(flips, in: cover.segment, evidence.map) : nil
    }

    var since: Instant? { flips.map(\.at).min() }

    /// Between the last former answer and the first new one, where all flips agree on that.
    var when: String {
        guard let since else { return "" }
        guard let seen = flips.compactMap(\.formerSeen).max(), seen < since else {
            return "since \(since.rfc3339)"
        }
        return "between \(seen.rfc3339) and \(since.rfc3339)"
    }
}

private func finding(
    _ move: TargetingMove, among all: [TargetingMove], _ evidence: PlanEvidence, _ look: Look
) -> Finding {
    let cover = move.cover
    let place = cover.segment == .everyone ? "no segment stands out" : cover.segment.words
    let geo = cover.segment[Dimension.geo]
    let alike = all.count { $0.cover.segment[Dimension.geo] == geo && geo != nil }
    let elsewhere =
        cover.segment == .everyone
        ? "" : ", elsewhere \(cover.flippedElsewhere) of \(cover.subjectsElsewhere)"
    let since = move.since ?? look.at
    return Finding(
        id: findingID(.targetingChange, evidence, move.experience, nil),
        kind: .targetingChange, target: evidence.target, plan: evidence.plan.name,
        experience: move.experience, segment: cover.segment, since: since, seenAt: look.at,
        effect: effect(of: cover),
        evidence: Finding.Evidence(
            method: "paired panel: flips of a deterministic answer, subjects",
            value: Double(cover.flipped), alpha: nil),
        why: "\(move.experience), \(place): \(cover.flipped) of \(cover.subjects) panel subjects "
            + move.moves.prefix(3).map { "\($0.words) (\($0.subjects))" }.joined(separator: ", ")
            + " \(move.when)\(elsewhere)" + (move.transition.map { "; \($0.words)" } ?? ""),
        advice: alike > 1
            ? "\(alike) experiences moved in \(geo?.value ?? "one geo") at once: ask whether the"
                + " vendor's geo data changed"
            : "if the edit was meant, nothing is wrong; else ask who changed the campaign then")
}

private func effect(of cover: FlipCover) -> Finding.Effect {
    let arm = bounded(by: cover.subjects)(
        openArm("moved", observed: cover.flipped, of: cover.subjects))
    return Finding.Effect(
        name: "panel subjects that moved", value: arm.share * 100, low: arm.low * 100,
        high: arm.high * 100, unit: "%")
}

extension PlanEvidence {
    /// What was answered, in as few words as tell it from the other: `1`, `7W/1`, `nothing`.
    func words(for answer: CellAnswer, beside other: CellAnswer) -> String {
        guard answer.outcome == .served else { return "nothing" }
        let variation = answer.variation ?? "–"
        if other.outcome == .served, answer.audience == other.audience { return variation }
        guard let audience = answer.audience else { return variation }
        return "\(audience)/\(variation)"
    }
}
