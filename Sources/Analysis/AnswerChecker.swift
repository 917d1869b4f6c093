package import Model

/// Checks what is served, answer by answer, against what is known of its variation: the ids that
/// stand in the campaign id, the payload's keys and data types, a constant payload's content.
///
/// A payload may be filled in per subject or context, so content is checked only where it was the
/// same `settling` times in a row; it changed when another one was, from the first of those on.
package struct AnswerChecker: Sendable {
    /// How often in a row something must be seen to count as what is usual.
    package static let settling = 20
    /// Keys that are remembered; answers under further ones are not checked.
    private static let limit = 10_000

    private var entries: [AnswerKey: Entry]
    /// Observations that are what is usual in every way, while nothing else is seen: nearly all
    /// are, and cost one look-up.
    private var usual: [PlanTarget: Set<Observation>] = [:]

    private struct PlanTarget: Hashable {
        let plan: String
        let target: String
    }

    private struct Entry {
        var profile: AnswerProfile
        /// Another shape or hash than the usual one, how often in a row, and since when.
        var shape = Streak()
        var fingerprint = Streak()
        /// The campaign id that was checked last, and what was wrong with it.
        var campaign: String?
        var fault: String?
    }

    private struct Streak {
        var value: String?
        var count = 0
        var firstAt = Instant(microseconds: 0)

        /// True once the value was seen often enough in a row.
        mutating func see(_ seen: String?, at instant: Instant) -> Bool {
            if seen != value || count == 0 {
                self = Streak(value: seen, count: 0, firstAt: instant)
            }
            count += 1
            return count == AnswerChecker.settling
        }
    }

    package init(profiles: [AnswerKey: AnswerProfile] = [:]) {
        entries = profiles.mapValues { Entry(profile: $0) }
    }

    /// Checks the served observations of some results, in their order.
    package mutating func check(_ results: [ProbeResult]) -> AnswerNotes {
        var notes = AnswerNotes()
        for result in results where result.failure == nil && !result.isMaintenance {
            let identity = result.probe.identity
            let place = PlanTarget(plan: identity.plan, target: identity.target)
            for observation in result.observations where observation.outcome == .served {
                if usual[place]?.contains(observation) ?? false { continue }
                if check(observation, of: result, &notes) {
                    usual[place, default: []].insert(observation.withoutPayload)
                } else {
                    // What is usual ends a streak of what is not: it must be seen again.
                    usual[place] = nil
                }
            }
        }
        return notes
    }

    /// True: it is what is usual under its key in every way.
    private mutating func check(
        _ observation: Observation, of result: ProbeResult, _ notes: inout AnswerNotes
    ) -> Bool {
        let key = AnswerKey(
            target: result.probe.identity.target, plan: result.probe.identity.plan,
            experience: observation.experience, audience: observation.audience,
            variation: observation.variation)
        guard let index = entries.index(forKey: key) else {
            guard entries.count < Self.limit else { return false }
            let profile = AnswerProfile(shape: observation.shape ?? "", fingerprint: nil)
            var entry = Entry(profile: profile)
            _ = entry.fingerprint.see(observation.fingerprint, at: result.dueAt)
            entries[key] = entry
            notes.profiles[key] = profile
            guard let index = entries.index(forKey: key) else { return false }
            checkIdentity(of: observation, key, index, at: result.dueAt, &notes)
            return false
        }
        checkIdentity(of: observation, key, index, at: result.dueAt, &notes)
        checkShape(of: observation, key, index, at: result.dueAt, &notes)
        checkContent(of: observation, key, index, at: result.dueAt, &notes)
        let entry = entries.values[index]
        return entry.fault == nil && entry.shape.count == 0 && entry.fingerprint.count == 0
    }
}

/// The single checks.
extension AnswerChecker {
    /// `…_AB_`variation`_…_AU_`audience: the campaign id repeats what the answer says by itself.
    private mutating func checkIdentity(
        of observation: Observation, _ key: AnswerKey,
        _ index: Dictionary<AnswerKey, Entry>.Index, at instant: Instant,
        _ notes: inout AnswerNotes
    ) {
        if entries.values[index].campaign != observation.campaign {
            entries.values[index].campaign = observation.campaign
            entries.values[index].fault = identityFault(of: observation)
        }
        if let fault = entries.values[index].fault {
            notes.add(.identity, key, first: instant, last: instant, detail: fault)
        }
    }

    private mutating func checkShape(
        of observation: Observation, _ key: AnswerKey,
        _ index: Dictionary<AnswerKey, Entry>.Index, at instant: Instant,
        _ notes: inout AnswerNotes
    ) {
        let usual = entries.values[index].profile.shape
        guard let shape = observation.shape, shape != usual else {
            entries.values[index].shape.count = 0
            return
        }
        let settled = entries.values[index].shape.see(shape, at: instant)
        notes.add(
            .shape, key, first: instant, last: instant, detail: difference(from: usual, to: shape))
        if settled {
            entries.values[index].profile.shape = shape
            notes.profiles[key] = entries.values[index].profile
        }
    }

    private mutating func checkContent(
        of observation: Observation, _ key: AnswerKey,
        _ index: Dictionary<AnswerKey, Entry>.Index, at instant: Instant,
        _ notes: inout AnswerNotes
    ) {
        let usual = entries.values[index].profile.fingerprint
        if usual != nil, usual == observation.fingerprint {
            entries.values[index].fingerprint.count = 0
            return
        }
        guard entries.values[index].fingerprint.see(observation.fingerprint, at: instant) else {
            return
        }
        entries.values[index].profile.fingerprint = observation.fingerprint
        notes.profiles[key] = entries.values[index].profile
        guard let usual else { return }
        notes.add(
            .content, key, first: entries.values[index].fingerprint.firstAt, last: instant,
            detail: "payload \(usual) became \(observation.fingerprint ?? "none")")
    }
}

/// What a campaign id says otherwise than the answer's own members; nil: nothing, or it is not of
/// the known form.
private func identityFault(of observation: Observation) -> String? {
    guard let campaign = observation.campaign else { return nil }
    let parts = campaign.split(separator: "_", omittingEmptySubsequences: false)
    func part(after mark: String) -> Substring? {
        guard let place = parts.lastIndex(of: Substring(mark)), place + 1 < parts.count else {
            return nil
        }
        return parts[place + 1]
    }
    guard let variation = part(after: "AB"), let audience = part(after: "AU") else { return nil }
    if let own = observation.variation, variation != own {
        return "cid names variation \(variation), moe_variation_id is \(own)"
    }
    if let own = observation.audience, audience != own {
        return "cid names audience \(audience), audience_id is \(own)"
    }
    return nil
}

private func difference(from usual: String, to shape: String) -> String {
    let before = Set(usual.split(separator: ","))
    let now = Set(shape.split(separator: ","))
    let gone = before.subtracting(now).sorted().joined(separator: ", ")
    let new = now.subtracting(before).sorted().joined(separator: ", ")
    let parts = [gone.isEmpty ? nil : "without \(gone)", new.isEmpty ? nil : "with \(new)"]
    return "payload " + parts.compactMap { $0 }.joined(separator: ", ")
}

extension AnswerNotes {
    /// Counts one more of a kind under a key.
    fileprivate mutating func add(
        _ kind: AnswerNotice.Kind, _ key: AnswerKey, first: Instant, last: Instant, detail: String
    ) {
        let place = notices.firstIndex { $0.kind == kind && $0.key == key }
        guard let place else {
            return notices.append(
                AnswerNotice(key: key, kind: kind, firstAt: first, lastAt: last, detail: detail))
        }
        notices[place].lastAt = max(notices[place].lastAt, last)
        notices[place].count += 1
        notices[place].detail = detail
    }
}
