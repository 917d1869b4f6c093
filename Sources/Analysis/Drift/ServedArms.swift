import Model

/// What subjects are told apart by: an audience, one variation of it, or nothing that was served.
package struct ServedArm: Hashable, Sendable, Comparable {
    /// Nil: nothing was served.
    package var audience: String?
    package var variation: String?

    package init(audience: String? = nil, variation: String? = nil) {
        self.audience = audience
        self.variation = variation
    }

    package static func < (a: ServedArm, b: ServedArm) -> Bool {
        (a.audience ?? "\u{10FFFF}", a.variation ?? "") < (
            b.audience ?? "\u{10FFFF}", b.variation ?? ""
        )
    }

    /// `3C`, `3C/1`, `nothing`.
    package var words: String {
        guard let audience else { return "nothing" }
        let name = audience.isEmpty ? "no audience" : audience
        return variation.map { "\(name)/\($0)" } ?? name
    }
}

/// Subjects of one experience by arm.
struct ArmCounts: Equatable {
    private(set) var counts: [ServedArm: Int] = [:]
    private(set) var n = 0
    private(set) var served = 0

    mutating func add(_ count: Int, _ arm: ServedArm) {
        counts[arm, default: 0] += count
        n += count
        if arm.audience != nil { served += count }
    }

    mutating func add(_ other: ArmCounts) {
        for (arm, count) in other.counts { add(count, arm) }
    }

    subscript(arm: ServedArm) -> Int { counts[arm] ?? 0 }
}

extension PlanEvidence {
    /// Where an answer stands in a mix: in that of audiences, or of the variations of an audience
    /// whose split nothing else tests. Nil: it is of another mix.
    func arm(in mix: Mix, _ experience: String, _ answer: CellAnswer) -> ServedArm? {
        guard experience == mix.experience else { return nil }
        let isServed = answer.outcome == .served
        let audience = answer.audience ?? ""
        guard let wanted = mix.audience else {
            return isServed ? ServedArm(audience: audience) : ServedArm()
        }
        guard isServed, audience == wanted else { return nil }
        return ServedArm(audience: audience, variation: answer.variation ?? "")
    }

    /// True: the split of an audience is stated, moved on purpose, or widened by a ramp; `srm`,
    /// `split_change` and `ramp` are about these.
    private func isTold(_ experience: String, _ audience: String) -> Bool {
        allocation(of: experience, audience: audience) != nil
            || ramp(of: experience, audience: audience) != nil
            || plan.untested.contains {
                $0.experience == experience && names($0.audience, audience)
            }
    }

    /// True: how many are served is what a ramp widens.
    private func isServedByRamp(_ experience: String) -> Bool {
        plan.ramps.contains { ramp in
            guard ramp.experience == experience, case .served = ramp.serves else { return false }
            return true
        }
    }

    /// Subjects of each hour by arm, of every mix that is watched.
    func armCounts(_ hours: [Int64: [CountKey: Int]]) -> [Mix: [Int64: ArmCounts]] {
        var places: [CountKey: [(Mix, ServedArm)]] = [:]
        var mixes: [Mix: [Int64: ArmCounts]] = [:]
        for (hour, counts) in hours {
            for (key, count) in counts {
                let own = places[key] ?? self.places(of: key)
                places[key] = own
                for (mix, arm) in own {
                    mixes[mix, default: [:]][hour, default: ArmCounts()].add(count, arm)
                }
            }
        }
        return mixes
    }

    private func places(of key: CountKey) -> [(Mix, ServedArm)] {
        guard !isServedByRamp(key.experience) else { return [] }
        let answer = CellAnswer(
            outcome: key.outcome, audience: key.audience, variation: key.variation)
        var mixes = [Mix(experience: key.experience, audience: nil)]
        let audience = key.audience ?? ""
        if key.outcome == .served, !isTold(key.experience, audience) {
            mixes.append(Mix(experience: key.experience, audience: audience))
        }
        return mixes.compactMap { mix in
            arm(in: mix, key.experience, answer).map { (mix, $0) }
        }
    }
}
