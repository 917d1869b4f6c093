package import Model
import RealModule

/// Holds what a plan's cohort got over the last day against its likes before (`Likeness`).
///
/// Looked at each hour. Each look and arm spends its part of one false alarm in ten years, half of
/// it for the baseline's own chance: the limit is ln of 2 × hours in ten years × arms (Bonferroni
/// over looks, experiences and arms). Every like must speak for a shift, so that an odd week is no
/// baseline and a shift that has lasted a week is the usual. What is found must be found without the
/// newest hour as well. Hours before the matrix or the subjects changed are no baseline. A pure
/// function of the rows before the hour.
package struct DriftWatch: Sendable {
    private var hours = CohortHours()
    private var looks: [PlanScope: Look] = [:]
    private var places = ShiftPlaces()

    private struct Look {
        let end: Int64
        let configurations: Int
        let shifts: [DistributionShift]
    }

    package init() {}

    /// Windows that are being closed, from an instant on.
    mutating func take(_ hours: [Rollup], since: Instant) {
        self.hours.take(hours, since: since)
        places.take(hours, since: since)
        looks = looks.filter { $0.value.end <= hour(of: since) }
    }

    /// The shifts that the whole hours before an instant show of a plan, of `plans` that are looked
    /// at. What its panel showed as well is left out: `targeting_change` told it.
    package mutating func shifts(
        of evidence: PlanEvidence, at instant: Instant, plans: Int,
        configurations: [StoredConfiguration], in store: any WindowReading
    ) throws -> [DistributionShift] {
        let scope = PlanScope(target: evidence.target, plan: evidence.plan.name)
        let end = hour(of: instant)
        if let look = looks[scope], look.end == end, look.configurations == configurations.count {
            return look.shifts
        }
        let likeness = Likeness(evidence.plan.matrix)
        let counts = try likeHours(likeness, before: end, of: scope, in: store)
        // The first whole hour of the plan as it is.
        let first =
            steadySince(evidence.plan, in: configurations).map {
                hour(of: $0.advanced(by: Instant.microsecondsPerHour - 1))
            } ?? .min
        var shifts: [DistributionShift] = []
        var moved: Set<String> = []
        let mixes = evidence.armCounts(counts)
        let arms = mixes.values.reduce(0) { sum, hours in
            sum + Set(hours.values.flatMap(\.counts.keys)).count
        }
        let search = ShiftSearch(
            tests: max(1, arms * plans), thresholds: evidence.plan.thresholds, likeness: likeness)
        for (mix, hours) in mixes.sorted(by: { $0.key < $1.key }) {
            // Where users moved to another audience, variations tell nothing more.
            guard mix.audience == nil || !moved.contains(mix.experience),
                let found = search.search(hours, until: end, since: first)
            else { continue }
            moved.insert(mix.experience)
            let shift = try dated(found, mix, evidence, scope, until: end, in: store)
            if try !isToldByPanel(shift, mix, evidence, until: start(ofHour: end), in: store) {
                shifts.append(shift)
            }
        }
        looks[scope] = Look(end: end, configurations: configurations.count, shifts: shifts)
        return shifts
    }

    /// The last day and its likes.
    private mutating func likeHours(
        _ likeness: Likeness, before end: Int64, of scope: PlanScope, in store: any WindowReading
    ) throws -> [Int64: [CountKey: Int]] {
        var counts: [Int64: [CountKey: Int]] = [:]
        for back in [0] + likeness.backs {
            let last = end - back
            // One more, since the look without the newest hour begins with it.
            let read = try hours.counts(
                from: last - hoursPerDay - 1, to: last, of: scope, in: store)
            counts.merge(read, uniquingKeysWith: { $1 })
        }
        return counts
    }

    private mutating func dated(
        _ found: ShiftSearch.Found, _ mix: Mix, _ evidence: PlanEvidence,
        _ scope: PlanScope, until end: Int64, in store: any WindowReading
    ) throws -> DistributionShift {
        let counts = try hours.counts(
            from: end - 2 * hoursPerWeek, to: end, of: scope, in: store)
        let all = evidence.armCounts(counts)[mix] ?? [:]
        let arm = found.moves[0].arm
        let begun = ShiftStart(of: arm, found.like, all, until: end)
        let place = try places.place(
            of: arm, mix, evidence, scope, until: end, back: found.like.back, in: store)
        return DistributionShift(
            experience: mix.experience, audience: mix.audience, moves: found.moves,
            n: found.like.now.n, place: place, likeness: Likeness(evidence.plan.matrix),
            likes: found.likes, lnLimit: found.lnLimit,
            since: start(ofHour: begun?.range.lowerBound ?? end - hoursPerDay),
            sinceBy: start(ofHour: (begun?.range.upperBound ?? end) + 1))
    }

    /// True: since the shift began panel subjects moved into the arm that grew, or out of the one
    /// that shrank.
    private func isToldByPanel(
        _ shift: DistributionShift, _ mix: Mix, _ evidence: PlanEvidence, until end: Instant,
        in store: any WindowReading
    ) throws -> Bool {
        let around = evidence.roundUs + Instant.microsecondsPerHour
        let flips = try store.cellChanges(
            in: Span(since: shift.since.advanced(by: -around), until: end),
            plan: evidence.plan.name, target: evidence.target)
        let move = shift.moves[0]
        let net = flips.reduce(0) { net, flip in
            let into = evidence.arm(in: mix, flip.experience, flip.after) == move.arm ? 1 : 0
            let out = evidence.arm(in: mix, flip.experience, flip.before) == move.arm ? 1 : 0
            return net + into - out
        }
        return move.now > move.before ? net > 0 : net < 0
    }
}

/// Since when a plan asks the same subjects in the same contexts; nil: no configuration has it.
private func steadySince(_ plan: Plan, in configurations: [StoredConfiguration]) -> Instant? {
    configurations.reversed().prefix {
        let former = $0.configuration.plan(named: plan.name)
        return former?.matrix == plan.matrix && former?.subjects == plan.subjects
    }.last?.validFrom
}
