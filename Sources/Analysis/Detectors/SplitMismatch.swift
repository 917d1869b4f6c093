import Model
import RealModule

/// `srm`: a cohort's split departs from its allocation by more than chance, by enough to wake
/// someone; of a whole audience, or of one segment that was never as it is meant.
func splitMismatches(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    let rows = splitRows(evidence, look)
    return rows.filter { $0.verdict == .mismatch && $0.ramp == nil }.map {
        mismatch($0, evidence, look)
    }
        + rows.filter { $0.verdict == .ok }.compactMap { row in
            changedSegment(of: row, evidence, look).flatMap {
                $0.isFromTheStart && $0.segment != .everyone
                    ? segmentMismatch($0, row, evidence, look) : nil
            }
        }
}

private func mismatch(_ row: SplitRow, _ evidence: PlanEvidence, _ look: Look) -> Finding {
    let culprit = culprit(of: row, evidence, look)
    let worst = worstArm(culprit?.arms ?? row.arms)
    let all =
        "\(row.experience)/\(row.audience ?? "served or not"): "
        + "\(shares(of: row.arms)) of \(percents(row.arms.map { $0.allocation ?? 0 }))"
        + " over \(row.n) cohort subjects"
    let robust = row.missingBound.map {
        $0.isRobust
            ? "; robust to the \(row.missing) missing"
            : "; could be explained by the \(row.missing) missing"
    }
    return Finding(
        id: findingID(.srm, evidence, row.experience, row.audience), kind: .srm,
        target: row.target, plan: row.plan, experience: row.experience,
        audience: row.audience, segment: culprit?.segment ?? .everyone, since: row.since,
        seenAt: look.at, effect: worst.map { effect(of: $0, among: culprit?.n ?? row.n) },
        evidence: row.sequential.map {
            Finding.Evidence(method: sequentialMethod, value: $0.lnEMax, alpha: $0.alpha)
        },
        why: all + (culprit.map { "; \($0.words)" } ?? "") + (robust ?? ""),
        advice:
            "compare the allocation in the campaign with the one stated here; if they agree, look at "
            + (culprit.map { "what is special for \($0.segment.words)" }
                ?? "the bucketing, or at a redirect or crash of one variation: no segment stands"
                + " out"))
}

private func segmentMismatch(
    _ change: SegmentChange, _ row: SplitRow, _ evidence: PlanEvidence, _ look: Look
) -> Finding {
    Finding(
        id: findingID(.srm, evidence, row.experience, row.audience, change.segment), kind: .srm,
        target: row.target, plan: row.plan, experience: row.experience, audience: row.audience,
        segment: change.segment, since: row.since, seenAt: look.at,
        effect: worstArm(change.arms).map { effect(of: $0, among: change.n) },
        evidence: Finding.Evidence(
            method: changeMethod, value: change.lnR, alpha: .exp(-change.lnLimit)),
        why: "\(row.experience)/\(row.audience ?? "served or not"), \(change.segment.words):"
            + " \(shares(of: change.arms)) of \(percents(change.arms.map { $0.allocation ?? 0 }))"
            + " over \(change.n) cohort subjects; the whole audience is"
            + " \(shares(of: row.arms)) over \(row.n)",
        advice: "look at what is special for \(change.segment.words) in the campaign")
}

let sequentialMethod = "ln e, multinomial e-process since the epoch"
let changeMethod = "ln R, Shiryaev–Roberts e-detector, hourly steps"

func worstArm(_ arms: [Arm]) -> Arm? {
    // Of two that mirror each other, the one that has too many.
    arms.max { a, b in
        let (one, other) = (a.share - (a.allocation ?? 0), b.share - (b.allocation ?? 0))
        return abs(abs(one) - abs(other)) > 1e-9 ? abs(one) < abs(other) : one < other
    }
}

/// How far an arm of n subjects is from what is meant, in percentage points.
func effect(of open: Arm, among n: Int) -> Finding.Effect {
    let arm = bounded(by: n)(open)
    let meant = arm.allocation ?? 0
    return Finding.Effect(
        name: "share of \(arm.variation) beyond its allocation", value: (arm.share - meant) * 100,
        low: (arm.low - meant) * 100, high: (arm.high - meant) * 100, unit: "pp")
}
