import Model

func driftBlocks(_ rows: [Compared<DriftRow>], time: TimeFormat) -> [Block] {
    guard !rows.isEmpty else { return [.paragraph("no cohort subject was answered")] }
    return grouping(rows) { "\($0.row.target)/\($0.row.plan)" }.flatMap { name, rows -> [Block] in
        [.table(driftTable(name, rows.map(\.row)))]
            + rows.flatMap { driftLines($0.row, time: time) }
            + [.paragraph(howDriftIsTold + comparedWords(rows.map(\.row)))]
    }
}

private let howDriftIsTold = """
    shares of cohort subjects with 95 % confidence sequences; moved: the evidence of one arm against \
    its frozen baseline reaches its limit (level 0.001 over all rows), or panel subjects moved; same: \
    no change is shown, which says little where n or n before is small. TV (total variation), JS \
    (Jensen-Shannon distance), PSI (population stability index) and V (Cramér) are sizes: no limit is \
    set on them
    """

private func comparedWords(_ rows: [DriftRow]) -> String {
    switch rows.first(where: { $0.nBefore > 0 })?.compared {
    case nil: ""
    case .ofWeek?: ". Held against the same hours of the week"
    case .ofDay?: ". Held against the same hours of the day: a rhythm of the week looks like drift"
    case .all?: ". Held against all hours of the baseline: a rhythm of the day looks like drift"
    }
}

private func driftTable(_ name: String, _ rows: [DriftRow]) -> Table {
    var table = Table(
        name,
        [
            "verdict", "experience", "audience", "segment", "arm", "before %#", "now %#",
            "95 % interval", "n#", "n before#", "TV pp#", "JS#", "PSI#", "V#", "ln e#",
            "panel moved#",
        ])
    for row in rows {
        let arms = row.arms.isEmpty ? [nil] : row.arms.map(Optional.some)
        for (index, arm) in arms.enumerated() {
            let isFirst = index == 0
            func once(_ text: String?) -> String { isFirst ? text ?? "–" : "" }
            let before = row.armsBefore.indices.contains(index) ? row.armsBefore[index] : nil
            table.add(
                [
                    once(driftVerdict(row)), once(row.experience),
                    once(row.audience ?? "which audience"), once(row.segment.words),
                    arm?.variation ?? "–",
                    before.map { row.nBefore > 0 ? percent($0.share) : "–" } ?? "–",
                    arm.map { row.n > 0 ? percent($0.share) : "–" } ?? "–",
                    arm.map { "\(percent($0.low)) … \(percent($0.high))" } ?? "–",
                    once(grouped(row.n)), once(grouped(row.nBefore)),
                    once(row.sizes.map { percent($0.totalVariation) }),
                    once(row.sizes.map { fixed($0.jensenShannon, 3) }),
                    once(row.sizes.map { fixed($0.psi, 4) }),
                    once(row.sizes?.cramersV.map { fixed($0, 3) }),
                    once(row.lnE.map { fixed($0, 1) }),
                    once("\(row.panelMoved) of \(row.panelSubjects)"),
                ], tone: tone(of: row.verdict))
        }
    }
    return table
}

private func driftVerdict(_ row: DriftRow) -> String {
    row.reason.map { "\(row.verdict.rawValue)(\($0))" } ?? row.verdict.rawValue
}

private func tone(of verdict: DriftRow.Verdict) -> Tone {
    switch verdict {
    case .moved: .bad
    case .same: .good
    case .inconclusive: .open
    }
}
