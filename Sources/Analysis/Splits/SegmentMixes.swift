import Model
import RealModule

/// The mix of audiences of each row's segment, before and since, beside its split.
func withMixes(
    _ rows: [Compared<SplitRow>], _ evidence: [PlanEvidence], before: [PlanEvidence]
) -> [Compared<SplitRow>] {
    var mixes: [MixPlace: SegmentMix] = [:]
    let places = Set(rows.map { MixPlace($0.row) })
    for place in places {
        func own(_ all: [PlanEvidence]) -> [String: Int] {
            let plan = all.first { $0.target == place.target && $0.plan.name == place.plan }
            let counts = plan?.tallies[place.segment]?.counts ?? [:]
            return Mix.all(counts)[Mix(experience: place.experience, audience: nil)] ?? [:]
        }
        mixes[place] = SegmentMix(own(evidence), before: own(before), tests: places.count)
    }
    return rows.map { compared in
        var compared = compared
        compared.row.mix = mixes[MixPlace(compared.row)]
        return compared
    }
}

private struct MixPlace: Hashable {
    let target: String
    let plan: String
    let experience: String
    let segment: Segment

    init(_ row: SplitRow) {
        target = row.target
        plan = row.plan
        experience = row.experience
        segment = row.segment
    }
}

extension SegmentMix {
    fileprivate init(_ now: [String: Int], before then: [String: Int], tests: Int) {
        let names = Set(now.keys).union(then.keys).sorted()
        let counts = (now: names.map { now[$0] ?? 0 }, then: names.map { then[$0] ?? 0 })
        let (n, before) = (counts.now.reduce(0, +), counts.then.reduce(0, +))
        func arms(_ counts: [Int], of n: Int) -> [Arm] {
            zip(names, counts).map { bounded(by: n)(openArm($0, observed: $1, of: n)) }
        }
        let lnE = n > 0 && before > 0 ? evidenceOfDrift(counts.now, counts.then, tests: tests) : nil
        self.init(
            since: arms(counts.now, of: n), before: arms(counts.then, of: before), n: n,
            nBefore: before, lnE: lnE,
            isMoved: (lnE ?? 0) >= driftLimit(tests: tests, arms: names.count))
    }
}
