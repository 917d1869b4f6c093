import Model
import RealModule

/// Finds the arms of one experience whose shares shifted by more than chance and by enough to tell.
struct ShiftSearch {
    /// Arms that are looked at together, over all plans.
    let tests: Int
    let thresholds: Thresholds
    let likeness: Likeness

    struct Found {
        /// The largest first; not empty.
        let moves: [DistributionShift.Move]
        /// That of the largest move.
        let like: LikeDay
        /// How many there were.
        let likes: Int
        let lnLimit: Double
    }

    private var level: Double { 1 / (2 * hoursInTenYears * Double(tests)) }

    /// Nil: there is no baseline, or nothing shifted. Hours before `first` are none to compare with.
    func search(_ mix: [Int64: ArmCounts], until end: Int64, since first: Int64) -> Found? {
        let present = LikeDays(likeness, until: end, mix, since: first)
        let former = LikeDays(likeness, until: end - 1, mix, since: first)
        guard !present.days.isEmpty, !former.days.isEmpty else { return nil }
        let arms = Set(mix.values.flatMap(\.counts.keys)).sorted()
        let found = arms.compactMap { arm -> (move: DistributionShift.Move, like: LikeDay)? in
            guard shifted(arm, former) != nil else { return nil }
            return shifted(arm, present)
        }.sorted { isLarger($0.move, than: $1.move) }
        guard let worst = found.first else { return nil }
        return Found(
            moves: found.map(\.move), like: worst.like, likes: present.days.count,
            lnLimit: -.log(level))
    }

    /// Of two that mirror each other, the one that grew.
    private func isLarger(
        _ move: DistributionShift.Move, than other: DistributionShift.Move
    ) -> Bool {
        let (own, others) = (move.now - move.before, other.now - other.before)
        return abs(abs(own) - abs(others)) > 1e-9 ? abs(own) > abs(others) : own > others
    }

    private func shifted(
        _ arm: ServedArm, _ days: LikeDays
    ) -> (move: DistributionShift.Move, like: LikeDay)? {
        guard let (like, lnE) = days.least(arm, alpha: level), lnE >= -.log(level) else {
            return nil
        }
        let (now, before) = (like.share(arm, like.now), like.share(arm, like.then))
        guard abs(now - before) >= thresholds.limit(of: max(now, before)) else { return nil }
        let move = DistributionShift.Move(
            arm: arm, before: before, now: now, observed: like.now[arm], lnE: lnE)
        return (move, like)
    }
}
