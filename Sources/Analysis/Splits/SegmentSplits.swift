import Model
import RealModule
import Statistics

/// The split of every audience in every segment of a shape, over the report's span, and outside the
/// segment: one look. A segment is a mismatch where e-BH rejects it among all rows (false discovery
/// rate 5 percent) and a share is off by the plan's threshold.
func segmentSplitRows(
    _ evidence: PlanEvidence, shape: [String], _ look: Look, over span: Span
) -> [SplitRow] {
    let stated = openRows(evidence).filter { $0.ramp == nil }
    let segments = evidence.segments(shape: shape)
    var rows = stated.flatMap { row in
        segments.compactMap { segmentRow(row, $0, evidence, since: span.since) }
    }
    let tested = rows.indices.filter { rows[$0].chiSquare != nil }
    let evidences = tested.map { splitEvidence(rows[$0].arms) ?? 0 }
    let rejected = Set(eBenjaminiHochberg(lnE: evidences, q: segmentRate))
    // e-BH's own cut: of k that are rejected among N each has at least N/(k q).
    let level = segmentRate * Double(max(1, rejected.count)) / Double(max(1, tested.count))
    for (place, index) in tested.enumerated() {
        rows[index].tellDetectable(alpha: level)
        rows[index].sequential = SequentialTest(
            lnE: evidences[place], lnEMax: evidences[place], alpha: level, lnLimit: -.log(level))
        let isOff =
            rejected.contains(place) && isWorthTelling(rows[index], evidence.plan.thresholds)
        if isOff {
            rows[index].verdict = .mismatch
            rows[index].reason = nil
        } else if rows[index].reason == nil, rows[index].verdict != .untested {
            rows[index].verdict = .ok
        }
    }
    for index in rows.indices {
        rows[index].arms = rows[index].arms.map(bounded(by: rows[index].n))
        let others = rows[index].elsewhere.reduce(0) { $0 + $1.observed }
        rows[index].elsewhere = rows[index].elsewhere.map(bounded(by: others))
    }
    return rows.sorted {
        ($1.sequential?.lnE ?? -1, $0.experience, $0.segment.description)
            < ($0.sequential?.lnE ?? -1, $1.experience, $1.segment.description)
    }
}

/// False discovery rate among the segments of one report.
private let segmentRate = 0.05

/// Nil: nobody of the audience was asked there.
private func segmentRow(
    _ row: SplitRow, _ segment: Segment, _ evidence: PlanEvidence, since: Instant
) -> SplitRow? {
    let own = counts(of: row, in: evidence.tallies[segment] ?? Tally())
    let all = counts(of: row, in: evidence.everyone)
    let n = own.reduce(0) { $0 + $1.count }
    guard n > 0 else { return nil }
    let others = all.reduce(0) { $0 + $1.count } - n
    var result = row
    result.segment = segment
    result.since = since
    result.n = n
    result.missing = evidence.tallies[segment]?.missing[row.experience] ?? 0
    result.chiSquare = nil
    result.reason = row.reason == .noAllocation ? .noAllocation : nil
    result.arms = zip(row.arms, own).map {
        openArm($0.variation, observed: $1.count, of: n, allocation: $0.allocation)
    }
    result.elsewhere = zip(row.arms, zip(all, own)).map {
        openArm(
            $0.variation, observed: $1.0.count - $1.1.count, of: others, allocation: $0.allocation)
    }
    if row.verdict != .untested, row.reason != .noAllocation { test(&result) }
    return result
}
