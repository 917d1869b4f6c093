import Model

/// `srm`: a cohort's split departs from its allocation by more than chance.
func splitMismatches(
    _ evidence: PlanEvidence, _ tests: Int, _ seenAt: Instant
) -> [Finding] {
    splitRows(evidence, tests: tests).filter { $0.verdict == .mismatch }.map { row in
        let worst = row.arms.max { deviation($0) < deviation($1) }
        let meant = worst?.allocation ?? 0
        return Finding(
            id: findingID(.srm, evidence, row.experience, row.audience), kind: .srm,
            target: row.target, plan: row.plan, experience: row.experience,
            audience: row.audience, since: row.since, seenAt: seenAt,
            effect: worst.map {
                Finding.Effect(
                    name: "share of \($0.variation) beyond its allocation",
                    value: ($0.share - meant) * 100, low: ($0.low - meant) * 100,
                    high: ($0.high - meant) * 100, unit: "pp")
            },
            evidence: row.chiSquare.map {
                Finding.Evidence(
                    method: "chi-square p, fixed sample", value: $0.p,
                    alpha: splitAlpha / Double(tests))
            },
            why: "\(row.experience)/\(row.audience ?? "served or not"): "
                + "\(shares(row.arms.map(\.share))) of \(shares(row.arms.map { $0.allocation ?? 0 }))"
                + " over \(row.n) cohort subjects",
            advice:
                "compare the allocation in the campaign with the one stated here; if they agree,"
                + " look at `report distribution --by device` and the other dimensions for the"
                + " segment that is off")
    }
}

private func deviation(_ arm: Arm) -> Double { abs(arm.share - (arm.allocation ?? 0)) }

/// `60.3 / 39.7`: percent with one decimal.
private func shares(_ shares: [Double]) -> String {
    shares.map { share in
        let tenths = Int((share * 1_000).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }.joined(separator: " / ")
}
