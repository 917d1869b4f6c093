import Model

/// `instability`: subjects get one variation of an audience, then another, then the first again, in
/// the same epoch. Assignment is a hash of the subject: it does not stick.
func instabilities(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    guard evidence.flips.contains(where: evidence.isFresh) else { return [] }
    let flapping = flappingSubjects(evidence)
    let groups = Dictionary(grouping: flapping) {
        ExperienceAudience(experience: $0.experience, audience: $0.audience)
    }
    let order = groups.keys.sorted { ($0.experience, $0.audience) < ($1.experience, $1.audience) }
    return order.compactMap { key -> Finding? in
        guard let subjects = groups[key] else { return nil }
        let asked = Set(
            evidence.map.filter { $0.experience == key.experience && $0.audience == key.audience }
                .compactMap(\.subject)
        ).union(subjects.map(\.subject)).count
        let arm = bounded(by: asked)(openArm("flap", observed: subjects.count, of: asked))
        let worst = subjects.max { ($0.flips, $1.subject) < ($1.flips, $0.subject) }
        return Finding(
            id: findingID(.instability, evidence, key.experience, key.audience),
            kind: .instability, target: evidence.target, plan: evidence.plan.name,
            experience: key.experience, audience: key.audience,
            since: subjects.map(\.firstAt).min(), seenAt: look.at,
            effect: Finding.Effect(
                name: "panel subjects that flap", value: arm.share * 100, low: arm.low * 100,
                high: arm.high * 100, unit: "%"),
            evidence: Finding.Evidence(
                method: "paired panel: subjects that came back to a former variation",
                value: Double(subjects.count), alpha: nil),
            why: "\(key.experience)/\(key.audience): \(subjects.count) of \(asked) panel subjects"
                + " do not keep their variation"
                + (worst.map { "; \($0.subject) changed \($0.flips) times" } ?? ""),
            advice: "an answer must be a function of the user: look for a cache, an edge or a"
                + " device that decides, and compare the raw answers with `store answer`")
    }
}

/// A subject whose variation within an audience does not stick.
struct FlappingSubject {
    let experience: String
    let audience: String
    let subject: String
    /// Distinct instants at which its variation changed: one edit moves all its cells at once.
    let flips: Int
    let firstAt: Instant
    let lastAt: Instant
}

struct FlappingKey: Hashable {
    let experience: String
    let subject: String

    init(_ subject: FlappingSubject) {
        experience = subject.experience
        self.subject = subject.subject
    }

    init(_ change: CellChange) {
        experience = change.experience
        subject = change.subject
    }
}

/// Subjects that changed their variation within an audience at least three times over the flips at
/// hand, counted once a round: twice is an edit that was taken back.
func flappingSubjects(_ evidence: PlanEvidence) -> [FlappingSubject] {
    struct Key: Hashable {
        let experience: String
        let audience: String
        let subject: String
    }
    var groups: [Key: [CellChange]] = [:]
    for flip in evidence.flips where flip.isWithinAudience && !evidence.isOfRamp(flip) {
        guard let audience = flip.before.audience else { continue }
        groups[
            Key(experience: flip.experience, audience: audience, subject: flip.subject), default: []
        ].append(flip)
    }
    return groups.compactMap { key, flips -> FlappingSubject? in
        let rounds = Set(flips.map { $0.at.microseconds.flooredDivision(by: evidence.roundUs) })
        guard rounds.count >= 3, let first = flips.map(\.at).min(), let last = flips.map(\.at).max()
        else { return nil }
        return FlappingSubject(
            experience: key.experience, audience: key.audience, subject: key.subject,
            flips: rounds.count, firstAt: first, lastAt: last)
    }.sorted {
        ($0.experience, $0.audience, $1.flips, $0.subject)
            < ($1.experience, $1.audience, $0.flips, $1.subject)
    }
}

extension Plan {
    /// Microseconds of a round: what a subject does within one counts once.
    var roundUs: Int64 {
        if case .every(let period) = cadence { return max(1, period) }
        return Instant.microsecondsPerHour
    }
}

extension PlanEvidence {
    var roundUs: Int64 { plan.roundUs }
}
