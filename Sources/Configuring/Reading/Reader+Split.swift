import Model

/// What a plan says about the split that is meant.
struct MeantSplit {
    var allocations: [Allocation] = []
    var untested: [ExperienceAudience] = []
    var controls: [String: Double] = [:]
    var epoch = Epoch()
}

extension Reader {
    /// The split of a plan that watches `watched`; nil: which it watches is at fault.
    mutating func split(
        of source: Members<PlanKey>, watched: ExperienceSelection?, zone: Zone
    ) -> MeantSplit {
        var meant = MeantSplit()
        for member in source[.allocations].flatMap({ members(of: $0) }) ?? [] {
            checkWatched(member.key, at: member.place, path: member.value.path, watched)
            meant.allocations += allocations(member)
        }
        for item in source[.untested].flatMap({ items(of: $0) }) ?? [] {
            if let audience = untested(item, watched: watched) { meant.untested.append(audience) }
        }
        for member in source[.controls].flatMap({ members(of: $0) }) ?? [] {
            checkWatched(member.key, at: member.place, path: member.value.path, watched)
            meant.controls[member.name] = percent(member.value)
        }
        meant.epoch = source[.epoch].map { epoch($0, watched: watched, zone: zone) } ?? Epoch()
        return meant
    }

    /// The allocations of one experience.
    private mutating func allocations(_ experience: Member) -> [Allocation] {
        (members(of: experience.value) ?? []).compactMap { audience in
            guard !audience.name.isEmpty else {
                faults.add(
                    "an audience has no name", at: audience.place, path: experience.value.path)
                return nil
            }
            return shares(audience.value).map {
                Allocation(experience: experience.name, audience: audience.name, shares: $0)
            }
        }
    }

    /// Percents by variation, which sum to 100.
    private mutating func shares(_ value: Value) -> [VariationShare]? {
        guard let variations = members(of: value) else { return nil }
        let shares = variations.compactMap { variation in
            percent(variation.value).map {
                VariationShare(variation: variation.name, percent: $0)
            }
        }
        guard shares.count == variations.count else { return nil }
        let sum = shares.reduce(0) { $0 + $1.percent }
        guard abs(sum - 100) <= 1e-6 else {
            fault("sums to \(decimal(sum)), not to 100", at: value)
            return nil
        }
        return shares
    }

    private mutating func untested(
        _ value: Value, watched: ExperienceSelection?
    ) -> ExperienceAudience? {
        guard let source = members(of: value, UntestedKey.self) else { return nil }
        let experience = required(
            .experience, of: source, hint: "{ experience: hero, audience: \"9Z\" }"
        ).flatMap { text(of: $0) }
        let audience = required(
            .audience, of: source, hint: "{ experience: hero, audience: \"9Z\" }"
        ).flatMap { text(of: $0) }
        if let experience, let place = source[.experience] {
            checkWatched(experience, at: place.place, path: place.path, watched)
        }
        guard let experience, let audience else { return nil }
        return ExperienceAudience(experience: experience.text, audience: audience.text)
    }

    /// One instant for all experiences, or one for each that is named.
    private mutating func epoch(
        _ value: Value, watched: ExperienceSelection?, zone: Zone
    ) -> Epoch {
        guard case .mapping(let members) = value.content else {
            return Epoch(common: instant(value, zone: zone))
        }
        var epoch = Epoch()
        for member in members {
            checkWatched(member.key, at: member.place, path: member.value.path, watched)
            epoch.byExperience[member.name] = instant(member.value, zone: zone)
        }
        return epoch
    }

    mutating func instant(_ value: Value, zone: Zone) -> Instant? {
        parsed(value, as: "an instant", hint: "for example 2026-11-01T00:00:00Z") {
            Instant(rfc3339: $0, offset: zone.offset)
        }
    }

    mutating func checkWatched(
        _ experience: Scalar, at place: Place, path: String, _ watched: ExperienceSelection?
    ) {
        guard case .keys(let keys)? = watched, !keys.contains(experience.text) else { return }
        faults.add(
            "\(quoted(experience.written)) is not an experience of this plan", at: place,
            path: path, hint: ownSuggestion(for: experience.written, among: keys))
    }
}

/// A number as people write it: at most six decimals, none for a whole one.
func decimal(_ number: Double) -> String {
    let rounded = (number * 1e6).rounded() / 1e6
    if let whole = Int(exactly: rounded) { return String(whole) }
    return "\(rounded)"
}
