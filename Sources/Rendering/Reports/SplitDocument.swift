import Model

func splitBlocks(_ rows: [Compared<SplitRow>], time: TimeFormat) -> [Block] {
    guard !rows.isEmpty else { return [.paragraph("no plan has a cohort or an allocation")] }
    return grouping(rows) { "\($0.row.target)/\($0.row.plan)" }.flatMap { name, rows -> [Block] in
        [
            .table(splitTable(name, rows, time: time)),
            .paragraph(
                "cohort subjects, each counted once; chi-square over a fixed sample, looked at once:"
                    + " mismatch where p < 0.001 divided by the number of tests"),
        ]
    }
}

private func splitTable(
    _ name: String, _ rows: [Compared<SplitRow>], time: TimeFormat
) -> Table {
    let hasBefore = rows.contains { $0.before != nil }
    var table = Table(
        name,
        [
            "verdict", "experience", "audience", "arm", "meant %#", "share %#", "95 % interval",
            "observed#", "expected#", "n#", "missing#", "p#", "would show", "since",
        ] + (hasBefore ? ["before %#"] : []))
    for compared in rows {
        let row = compared.row
        let arms = row.arms.map(Optional.some)
        for (index, arm) in (arms.isEmpty ? [nil] : arms).enumerated() {
            let isFirst = index == 0
            let before = compared.before?.arms.first { $0.variation == arm?.variation }
            table.add(
                [
                    isFirst ? verdictText(row) : "", row.experience,
                    row.audience == nil
                        ? "served or not" : audienceText(row.audience, row.audienceName),
                ] + armCells(arm) + [
                    isFirst ? grouped(row.n) : "", isFirst ? grouped(row.missing) : "",
                    isFirst ? pText(row) : "",
                    isFirst ? row.detectableDeviation.map { "\(percent($0)) pp" } ?? "–" : "",
                    isFirst ? time.minute(row.since) : "",
                ] + (hasBefore ? [before.map { percent($0.share) } ?? "–"] : []),
                tone: tone(of: row.verdict))
        }
    }
    return table
}

private func armCells(_ arm: Arm?) -> [String] {
    guard let arm else { return ["–", "–", "–", "–", "–", "–"] }
    return [
        arm.variation, arm.allocation.map { percent($0) } ?? "–", percent(arm.share),
        "\(percent(arm.low)) … \(percent(arm.high))", grouped(arm.observed),
        arm.expected.map { fixed($0, 1) } ?? "–",
    ]
}

private func verdictText(_ row: SplitRow) -> String {
    guard let reason = row.reason else { return row.verdict.rawValue }
    return "\(row.verdict.rawValue)(\(reason.rawValue))"
}

private func tone(of verdict: SplitVerdict) -> Tone {
    switch verdict {
    case .mismatch: .bad
    case .ok: .good
    case .inconclusive: .open
    case .untested: .plain
    }
}
