import Model

func splitBlocks(
    _ rows: [Compared<SplitRow>], _ charts: ReportCharts?, time: TimeFormat
) -> [Block] {
    guard !rows.isEmpty else { return [.paragraph("no plan has a cohort or an allocation")] }
    return grouping(rows) { "\($0.row.target)/\($0.row.plan)" }.flatMap { name, rows -> [Block] in
        var blocks = charts == nil ? [] : forestBlocks(rows.map(\.row))
        blocks.append(.table(splitTable(name, rows, time: time)))
        if let mixes = segmentMixTable(name, rows) { blocks.append(.table(mixes)) }
        for compared in rows {
            let row = compared.row
            blocks += chartBlocks(of: row, charts, time: time) + segmentBlocks(row)
            if charts != nil, let forest = SegmentForest(row) { blocks.append(.chart(forest)) }
        }
        blocks.append(
            .paragraph(
                rows.contains { $0.row.segment != .everyone }
                    ? howSegmentsAreTold : howSplitsAreTold))
        return blocks
    }
}

/// The way that a split came.
func chartBlocks(of row: SplitRow, _ charts: ReportCharts?, time: TimeFormat) -> [Block] {
    ShareChart(row, charts?.history(of: row), time: time).map { [.chart($0)] } ?? []
}

/// A forest for each split whose rows are about segments.
private func forestBlocks(_ rows: [SplitRow]) -> [Block] {
    grouping(rows.filter { $0.segment != .everyone }, by: splitName(of:)).compactMap { _, rows in
        SegmentForest(rows).map { .chart($0) }
    }
}

private let howSegmentsAreTold = """
    cohort subjects in one segment and elsewhere, each counted once, over the time of this report; one \
    look at all rows. Mismatch: ln e (evidence against what is meant) reached the limit of e-BH, at \
    which at most 5 % of the rows that are told are false, and a share is off by the plan's threshold. \
    Intervals are 95 % for each row by itself. Would show: a departure that this many subjects show \
    with probability 0.8
    """

private let howSplitsAreTold = """
    cohort subjects, each counted once, since the time in the last column; shares with 95 % confidence sequences, safe \
    to look at any time. Mismatch: ln e reached its limit at some look (level 0.001 over all splits \
    and epochs), and a share is off by the plan's threshold. p is the fixed-sample chi-square's: \
    right for one look only. Would show: a departure that this many subjects show with probability \
    0.8. Missing: subjects that never got an answer
    """

private func splitTable(
    _ name: String, _ rows: [Compared<SplitRow>], time: TimeFormat
) -> Table {
    let hasBefore = rows.contains { $0.before != nil }
    let hasElsewhere = rows.contains { !$0.row.elsewhere.isEmpty }
    var table = Table(
        name,
        [
            "verdict", "experience", "audience", "arm", "meant %#", "share %#", "95 % interval",
            "observed#", "expected#", "n#", "missing#", "ln e#", "limit#", "p, one look#",
            "would show", "since",
        ] + (hasBefore ? ["before %#", "95 % interval"] : [])
            + (hasElsewhere ? ["elsewhere %#", "95 % interval"] : []))
    for compared in rows {
        let row = compared.row
        let arms = row.arms.map(Optional.some)
        for (index, arm) in (arms.isEmpty ? [nil] : arms).enumerated() {
            let isFirst = index == 0
            let before = compared.before?.arms.first { $0.variation == arm?.variation }
            let elsewhere = row.elsewhere.first { $0.variation == arm?.variation }
            table.add(
                [
                    isFirst ? verdictText(row) : "", row.experience,
                    splitName(row),
                ] + armCells(arm, isEmpty: row.n == 0) + [
                    isFirst ? grouped(row.n) : "", isFirst ? grouped(row.missing) : "",
                    isFirst ? row.sequential.map { evidence($0.lnE) } ?? "–" : "",
                    isFirst ? row.sequential.map { fixed($0.lnLimit, 1) } ?? "–" : "",
                    isFirst ? pText(row) : "",
                    isFirst ? row.detectableDeviation.map { "\(percent($0)) pp" } ?? "–" : "",
                    isFirst ? time.minute(row.since) : "",
                ] + (hasBefore ? beside(before) : []) + (hasElsewhere ? beside(elsewhere) : []),
                tone: tone(of: row.verdict))
        }
    }
    return table
}

/// The segment that explains a mismatch, and the worst ten beside it; where everyone is off, segments
/// are no news.
private func segmentBlocks(_ row: SplitRow) -> [Block] {
    guard row.verdict == .mismatch, !row.segments.isEmpty else { return [] }
    let name = "\(row.experience)/\(audienceText(row.audience, row.audienceName))"
    guard let culprit = row.culprit else {
        let text = "no segment stands out of \(grouped(row.segments.count)): everyone is off alike"
        return [.line(word: "where", tone: .plain, text: "\(name): \(text)")]
    }
    var table = Table(
        "\(name): segments, corrected for \(row.segments.count)",
        ["segment", "arm", "share %#", "interval", "apart pp#", "z#", "ln e#", "n#"])
    for share in row.segments.prefix(10) {
        let arm = share.arms.first { $0.variation == share.variation }
        table.add(
            [
                share.segment.words, share.variation, arm.map { percent($0.share) } ?? "–",
                arm.map { "\(percent($0.low)) … \(percent($0.high))" } ?? "–",
                percent(share.contrast), fixed(share.z, 1), evidence(share.lnE), grouped(share.n),
            ], tone: share.isOff ? .bad : .plain)
    }
    let rest = culprit.explains ? ", which is fine" : ", which is off as well"
    return [
        .line(word: "where", tone: .bad, text: "\(name): \(culprit.words)\(rest)"),
        .table(table),
        .paragraph(
            "apart: the segment's share less that of all others, z: that in standard errors; the"
                + " arm is the one that is apart most; intervals hold for all segments at once"),
    ]
}

/// A share that stands beside another one, and its interval.
private func beside(_ arm: Arm?) -> [String] {
    [arm.map { percent($0.share) } ?? "–", arm.map(interval) ?? "–"]
}

/// Evidence beyond every number is proof.
func evidence(_ lnE: Double) -> String { lnE.isFinite ? fixed(lnE, 1) : "proof" }

private func splitName(_ row: SplitRow) -> String {
    audienceName(of: row) + (row.segment == .everyone ? "" : ": \(row.segment.words)")
}

private func audienceName(of row: SplitRow) -> String {
    (row.audience == nil ? "served or not" : audienceText(row.audience, row.audienceName))
        + (row.ramp == nil ? "" : ", ramp")
}

/// `hero/7W "Phone visitors"`: whatever the segment.
func splitName(of row: SplitRow) -> String { "\(row.experience)/\(audienceName(of: row))" }

private func armCells(_ arm: Arm?, isEmpty: Bool) -> [String] {
    guard let arm else { return ["–", "–", "–", "–", "–", "–"] }
    return [
        arm.variation, arm.allocation.map { percent($0) } ?? "–",
        isEmpty ? "–" : percent(arm.share), isEmpty ? "–" : interval(arm), grouped(arm.observed),
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
