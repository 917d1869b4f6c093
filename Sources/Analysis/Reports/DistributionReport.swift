import Model
import Statistics

/// What was served, by segment: for each experience and population a row over its outcomes
/// (audience nil: arms `served` and `unmatched`), and one for each audience over its variations.
///
/// Cohort rows count subjects; panel rows count probes, since the same subjects come again: they are
/// no sample, and their intervals say nothing, 0 to 1.
func distributionRows(
    _ evidence: PlanEvidence, shape: [String]?, experience: String?
) -> [DistributionRow] {
    evidence.segments(shape: shape ?? []).flatMap { segment -> [DistributionRow] in
        let counts = (evidence.tallies[segment] ?? Tally()).counts.filter {
            $0.key.outcome.isResolved && (experience ?? $0.key.experience == $0.key.experience)
        }
        let groups = Dictionary(grouping: counts) {
            Group(experience: $0.key.experience, population: $0.key.population)
        }
        return groups.sorted { $0.key < $1.key }.flatMap { group, counts in
            rows(of: group, counts: counts, in: segment, evidence)
        }
    }
}

private struct Group: Hashable, Comparable {
    let experience: String
    let population: Population

    static func < (a: Group, b: Group) -> Bool {
        (a.experience, a.population.rawValue) < (b.experience, b.population.rawValue)
    }
}

private func rows(
    of group: Group, counts: [(key: CountKey, value: Int)], in segment: Segment,
    _ evidence: PlanEvidence
) -> [DistributionRow] {
    func row(_ audience: String?, _ observed: [String: Int]) -> DistributionRow {
        DistributionRow(
            target: evidence.target, plan: evidence.plan.name, experience: group.experience,
            audience: audience, audienceName: audience.flatMap { evidence.audienceNames[$0] },
            segment: segment, population: group.population,
            unit: group.population == .cohort ? .subject : .probe,
            n: observed.values.reduce(0, +),
            arms: arms(observed, isSample: group.population == .cohort))
    }
    let outcomes = Dictionary(
        counts.map { ($0.key.outcome.rawValue, $0.value) }, uniquingKeysWith: +)
    let served = counts.filter { $0.key.outcome == .served }
    let audiences = Dictionary(grouping: served) { $0.key.audience ?? "" }
    return [row(nil, outcomes)]
        + audiences.sorted { $0.key < $1.key }.map { audience, counts in
            row(
                audience,
                Dictionary(
                    counts.map { ($0.key.variation ?? "", $0.value) }, uniquingKeysWith: +))
        }
}

/// Shares with confidence sequences of 95 %, in the order of the variations.
private func arms(_ observed: [String: Int], isSample: Bool) -> [Arm] {
    let n = observed.values.reduce(0, +)
    return observed.sorted { $0.key < $1.key }.map { variation, count in
        let arm = openArm(variation, observed: count, of: n)
        return isSample ? bounded(by: n)(arm) : arm
    }
}
