import Model
import RealModule
import Statistics

/// `split_change`: the share among newly seen subjects is another one than it was, since a date; of
/// everyone, or of one segment. The test of the split itself goes on as it was.
func splitChanges(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    openRows(evidence).compactMap { row in
        guard row.verdict != .untested, let change = changedSegment(of: row, evidence, look),
            !change.isFromTheStart
        else { return nil }
        return splitChange(change, row, evidence, look)
    }
}

private func splitChange(
    _ change: SegmentChange, _ row: SplitRow, _ evidence: PlanEvidence, _ look: Look
) -> Finding {
    let place = change.segment == .everyone ? "" : ", \(change.segment.words)"
    return Finding(
        id: findingID(.splitChange, evidence, row.experience, row.audience, change.segment),
        kind: .splitChange, target: row.target, plan: row.plan, experience: row.experience,
        audience: row.audience, segment: change.segment, since: change.since, seenAt: look.at,
        effect: worstArm(change.arms).map { effect(of: $0, among: change.n) },
        evidence: Finding.Evidence(
            method: changeMethod, value: change.lnR, alpha: .exp(-change.lnLimit)),
        why: "\(row.experience)/\(row.audience ?? "served or not")\(place): since about"
            + " \(change.since.rfc3339) \(shares(of: change.arms)) of"
            + " \(percents(change.arms.map { $0.allocation ?? 0 })) over \(change.n) new subjects;"
            + " since the epoch \(shares(of: row.arms)) over \(row.n)",
        advice: "ask who edited the campaign then; if it was meant, state the new allocation here")
}

/// A segment in which a split changed.
struct SegmentChange {
    let segment: Segment
    /// The hour in which it most likely began.
    let since: Instant
    /// True: that is as far back as the epoch's subjects go.
    let isFromTheStart: Bool
    /// Since then.
    let arms: [Arm]
    let n: Int
    let lnR: Double
    let lnLimit: Double
}

/// The segment whose evidence of a change is the largest, if it reached the limit and the change is
/// worth telling: others that reached it hold part of the same subjects. Everyone goes before
/// segments that have no more evidence.
func changedSegment(of row: SplitRow, _ evidence: PlanEvidence, _ look: Look) -> SegmentChange? {
    let stated = row.arms.filter { ($0.allocation ?? 0) > 0 }
    guard let split = evidence.split(of: row), stated.count > 1,
        let alternatives = try? SplitAlternatives(of: normalized(stated))
    else { return nil }
    let limit = changeLimit(streams: look.streams)
    let reached = split.streams.filter { $0.audience == row.audience ?? "" }.compactMap {
        stream -> SegmentChange? in
        guard stream.lnR.count == alternatives.count else { return nil }
        let detector = SplitChangeStream(stream)
        let lnR = detector.lnEvidence(of: alternatives)
        guard lnR >= limit, let change = detector.change,
            let segment = Segment(stream.segment)
        else { return nil }
        let n = change.counts.reduce(0, +)
        let arms = zip(stated, change.counts).map {
            openArm($0.variation, observed: $1, of: n, allocation: $0.allocation)
        }
        let isWorthTelling = arms.contains {
            let meant = $0.allocation ?? 0
            return abs($0.share - meant) >= evidence.plan.thresholds.limit(of: meant)
        }
        guard isWorthTelling else { return nil }
        return SegmentChange(
            segment: segment,
            since: start(ofHour: change.step),
            isFromTheStart: change.step <= stream.firstHour + 1, arms: arms, n: n, lnR: lnR,
            lnLimit: limit)
    }
    return reached.max { order($0) < order($1) }
}

/// Evidence stops at a ceiling: of what reached it, the smaller description is the better one, and
/// the larger departure.
private func order(_ change: SegmentChange) -> (Double, Double, Int, String) {
    let worst = worstArm(change.arms)
    return (
        (change.lnR * 2).rounded() / 2,
        abs((worst?.share ?? 0) - (worst?.allocation ?? 0)), -change.segment.order,
        change.segment.description
    )
}
