import Model
import RealModule
import Statistics

/// What is served now beside what was served over the baseline: for each experience the mix of its
/// audiences, then the variations of each audience. Cohort subjects, each counted once; the panel's
/// moves beside them, which need no statistics.
func driftRows(
    _ evidence: PlanEvidence, before: PlanEvidence?, over span: Span, shape: [String]?,
    experience: String?
) -> [DriftRow] {
    let segments = shape == nil ? [.everyone] : evidence.segments(shape: shape)
    let hours = shape == nil ? evidence.hours.mapValues(Mix.all) : [:]
    return segments.flatMap { segment -> [DriftRow] in
        let now = Mix.all(evidence.tallies[segment]?.counts ?? [:])
        let then = Mix.all(before?.tallies[segment]?.counts ?? [:])
        let keys = Set(now.keys).union(then.keys).filter {
            experience ?? $0.experience == $0.experience
        }
        return keys.sorted().map { key in
            var row = driftRow(
                key, now[key] ?? [:], then[key] ?? [:], segment, evidence, tests: keys.count)
            if before != nil { row.compared = before?.compared }
            row.transition =
                Transition(
                    panelFlips(key, segment, evidence), in: segment, evidence.map)?.kind
            guard segment == .everyone else { return row }
            row.changes =
                MixChanges(
                    hours.compactMapValues { $0[key] }, of: row.arms.map(\.variation), over: span
                ).all
            row.contents = contents(of: key, evidence, before: before)
            row.keys = changedKeys(of: key, evidence)
            return row
        }
    }
}

/// What is mixed: an experience's audiences (audience nil), or an audience's variations.
struct Mix: Hashable, Comparable {
    let experience: String
    let audience: String?

    static func < (a: Mix, b: Mix) -> Bool {
        (a.experience, a.audience ?? "") < (b.experience, b.audience ?? "")
    }

    /// Cohort subjects by arm of everything that is mixed.
    static func all(_ counts: [CountKey: Int]) -> [Mix: [String: Int]] {
        var mixes: [Mix: [String: Int]] = [:]
        for (key, count) in counts
        where key.population == .cohort && key.outcome.isResolved {
            let arm = key.outcome == .served ? key.audience ?? "" : key.outcome.rawValue
            mixes[Mix(experience: key.experience, audience: nil), default: [:]][arm, default: 0] +=
                count
            guard key.outcome == .served else { continue }
            mixes[Mix(experience: key.experience, audience: key.audience ?? ""), default: [:]][
                key.variation ?? "", default: 0] += count
        }
        return mixes
    }
}

/// Level of all drift tests of one report together, one look.
private let driftAlpha = 0.001

/// ln of the evidence that is wanted of one arm.
func driftLimit(tests: Int, arms: Int) -> Double {
    -.log(driftAlpha / Double(2 * max(1, tests) * max(1, arms)))
}

private func driftRow(
    _ mix: Mix, _ now: [String: Int], _ then: [String: Int], _ segment: Segment,
    _ evidence: PlanEvidence, tests: Int
) -> DriftRow {
    let names = Set(now.keys).union(then.keys).sorted()
    let (n, before) = (now.values.reduce(0, +), then.values.reduce(0, +))
    let counts = (now: names.map { now[$0] ?? 0 }, then: names.map { then[$0] ?? 0 })
    func arms(_ counts: [Int], of n: Int) -> [Arm] {
        zip(names, counts).map { bounded(by: n)(openArm($0, observed: $1, of: n)) }
    }
    let lnE = n > 0 && before > 0 ? evidenceOfDrift(counts.now, counts.then, tests: tests) : nil
    let limit = driftLimit(tests: tests, arms: names.count)
    let panel = panelMoves(mix, segment, evidence)
    var row = DriftRow(
        target: evidence.target, plan: evidence.plan.name, experience: mix.experience,
        audience: mix.audience, segment: segment, n: n, arms: arms(counts.now, of: n),
        nBefore: before, armsBefore: arms(counts.then, of: before),
        sizes: n > 0 && before > 0 ? sizes(counts.now, counts.then) : nil, lnE: lnE,
        verdict: .inconclusive,
        appeared: before > 0 ? names.filter { then[$0] == nil } : [],
        vanished: n > 0 ? names.filter { now[$0] == nil } : [], panelMoved: panel.moved,
        panelSubjects: panel.subjects)
    if before == 0 {
        row.reason = "no_baseline"
    } else if n == 0 {
        row.reason = "no_cohort"
    } else {
        let isMoved = (lnE ?? 0) >= limit || panel.moved > 0
        row.verdict = isMoved ? .moved : .same
    }
    return row
}

/// The largest of the arms' evidence against a frozen baseline; each arm spends its part of the
/// level.
func evidenceOfDrift(_ now: [Int], _ then: [Int], tests: Int) -> Double {
    let (n, before) = (now.reduce(0, +), then.reduce(0, +))
    let level = driftAlpha / Double(max(1, tests)) / Double(2 * max(1, now.count))
    return zip(now, then).compactMap { now, then in
        try? baselineShift(
            baselineSuccesses: then, baselineTrials: before, currentSuccesses: now,
            currentTrials: n, baselineAlpha: level, concentration: 1_000
        ).lnE
    }.max() ?? 0
}

private func sizes(_ now: [Int], _ then: [Int]) -> DriftRow.Sizes? {
    guard let variation = try? totalVariation(then, now),
        let distance = try? jensenShannonDistance(then, now),
        let stability = try? populationStabilityIndex(then, now)
    else { return nil }
    return DriftRow.Sizes(
        totalVariation: variation, jensenShannon: distance, psi: stability,
        cramersV: now.count > 1 ? try? homogeneity([then, now]).correctedV : nil)
}

/// Panel subjects that moved over the span within what is mixed, and all that are asked.
private func panelMoves(
    _ mix: Mix, _ segment: Segment, _ evidence: PlanEvidence
) -> (moved: Int, subjects: Int) {
    let cells = evidence.map.filter {
        $0.experience == mix.experience && segment.contains($0.context)
            && (mix.audience == nil || $0.audience == mix.audience)
    }
    let moved = Set(panelFlips(mix, segment, evidence).map(\.subject))
    return (moved.count, Set(cells.compactMap(\.subject)).union(moved).count)
}

/// To another audience, or to another variation of the one.
private func panelFlips(_ mix: Mix, _ segment: Segment, _ evidence: PlanEvidence) -> [CellChange] {
    evidence.flips.filter { flip in
        flip.experience == mix.experience && segment.contains(flip.context)
            && (mix.audience == nil
                ? !flip.isWithinAudience
                : flip.isWithinAudience && flip.before.audience == mix.audience)
    }
}
