import Model

/// One plan after the other: what is wrong first.
func summaryBlocks(
    _ rows: [Compared<SummaryRow>], _ charts: ReportCharts?, time: TimeFormat
) -> [Block] {
    rows.flatMap { compared -> [Block] in
        let row = compared.row
        return [.heading(headline(row, time: time))]
            + row.splits.filter { $0.verdict == .mismatch }.map { splitLine($0) }
            + row.unplanned.map(unplannedLine)
            + row.slow.map(slowLine)
            + row.splits.filter { $0.verdict == .ok || $0.verdict == .untested }.map {
                splitLine($0)
            }
            + [
                latencyLine(row.latency, before: compared.before?.latency),
                sendingLine(row.sending),
                coverageLine(row.coverage),
            ]
            + row.splits.filter { $0.verdict == .inconclusive && !isUnplanned($0, in: row) }
            .map { splitLine($0) }
            + row.splits.flatMap { chartBlocks(of: $0, charts, time: time) }
            + heatBlocks(of: row.latency, charts, time: time)
    }
}

/// True for an audience that has a line of its own as unplanned.
private func isUnplanned(_ split: SplitRow, in row: SummaryRow) -> Bool {
    row.unplanned.contains { $0.experience == split.experience && $0.audience == split.audience }
}

/// `production/storefront   data until 19:08 IST   round 412 complete   0.2 % failed`
private func headline(_ row: SummaryRow, time: TimeFormat) -> String {
    var parts = ["\(row.target)/\(row.plan)"]
    parts.append(
        row.coverage.lastAt.map { "data until \(time.minute($0)) \(time.name(at: $0))" }
            ?? "no data in this time")
    if let silent = row.silentHours {
        parts.append("no probe for \(silent / 24) d \(silent % 24) h")
    }
    if let round = row.round {
        let progress =
            round.state == .running
            ? ", \(grouped(round.position)) of \(grouped(round.probes))" : ""
        parts.append("round \(round.number) \(round.state.rawValue)\(progress)")
        let dropped = round.dropped.values.reduce(0, +)
        if dropped > 0 { parts.append("\(grouped(dropped)) left out or dropped") }
    }
    let failed = row.coverage.asked - row.coverage.answered
    if row.coverage.asked > 0 {
        parts.append("\(percent(Double(failed) / Double(row.coverage.asked))) % failed")
    }
    return parts.joined(separator: "   ")
}

private func splitLine(_ row: SplitRow) -> Block {
    let name = "\(row.experience)/\(audienceText(row.audience, row.audienceName))"
    let shares = row.arms.map { percent($0.share) }.joined(separator: " / ")
    let meant = row.arms.map { $0.allocation.map { percent($0, 0) } ?? "–" }.joined(
        separator: " / ")
    switch row.verdict {
    case .mismatch:
        return .line(
            word: "split", tone: .bad,
            text: "\(name): \(shares) of \(meant), n \(grouped(row.n)), mismatch"
                + (row.culprit.map { "; \($0.words)" } ?? ""))
    case .ok:
        return .line(
            word: "split", tone: .good,
            text: "\(name): \(shares) of \(meant), n \(grouped(row.n)), ok"
                + (row.detectableDeviation.map { ", would show \(percent($0)) pp" } ?? "")
                + worstSegment(of: row))
    case .untested:
        return .line(
            word: "split", tone: .plain,
            text: "\(name): \(shares), n \(grouped(row.n)), untested as configured")
    case .inconclusive:
        return .line(word: "cannot tell", tone: .open, text: "\(name): \(reasonText(row))")
    }
}

/// `; worst android-phone · IN 56.0 / 44.0, n 2,016`: where segments are compared.
private func worstSegment(of row: SplitRow) -> String {
    guard let worst = row.segments.first else { return "" }
    let shares = worst.arms.map { percent($0.share) }.joined(separator: " / ")
    let count = row.segments.count > 1 ? " of \(grouped(row.segments.count)) segments" : ""
    return "; worst\(count) \(worst.segment.words) \(shares), n \(grouped(worst.n))"
}

func pText(_ row: SplitRow) -> String { row.chiSquare.map { probability($0.p) } ?? "–" }

/// Why a verdict is open, in words.
func reasonText(_ row: SplitRow) -> String {
    switch row.reason {
    case .noAllocation: "no allocation stated, n \(grouped(row.n))"
    case .noCohort: "no cohort reaches it"
    case .tooFew:
        row.n == 0 ? "nobody was asked in this time" : "too few subjects, n \(grouped(row.n))"
    case nil: "n \(grouped(row.n))"
    }
}

private func unplannedLine(_ audience: UnplannedAudience) -> Block {
    .line(
        word: "unplanned", tone: .open,
        text: "\(audience.experience)/\(audienceText(audience.audience, audience.audienceName)):"
            + " served \(grouped(audience.n)) times, no allocation stated")
}

private func slowLine(_ row: LatencyRow) -> Block {
    .line(
        word: "slow", tone: .bad,
        text: "\(words(row.segment)): p50 \(duration(row.p50Us)), p95 \(duration(row.p95Us)),"
            + " n \(grouped(row.n)); the rest \(duration(row.restP50Us)), \(duration(row.restP95Us))"
    )
}

private func latencyLine(_ row: LatencyRow, before: LatencyRow?) -> Block {
    let usual = row.usualP95 == nil ? "" : " (usual at this hour \(usualRange(row)))"
    let was = before.map { ", before \(duration($0.p50Us)), \(duration($0.p95Us))" } ?? ""
    return .line(
        word: "latency", tone: .plain,
        text: "p50 \(duration(row.p50Us)), p95 \(duration(row.p95Us))\(usual),"
            + " p99 \(duration(row.p99Us)), n \(grouped(row.n))" + was)
}

/// How exactly probes were sent: lateness that is ours blurs what is measured of them.
private func sendingLine(_ row: LatencyRow) -> Block {
    .line(
        word: "sending", tone: .plain,
        text: "p50 \(duration(row.p50Us)), p99 \(duration(row.p99Us)),"
            + " at most \(duration(row.maxUs)) late by ourselves")
}

private func coverageLine(_ row: CoverageRow) -> Block {
    let contexts = row.contexts.map { "\(grouped($0)) contexts, " } ?? ""
    return .line(
        word: "coverage", tone: .plain,
        text: "\(contexts)\(grouped(row.asked)) asked, \(grouped(row.answered)) answered"
            + (row.maintenance > 0 ? ", \(grouped(row.maintenance)) during maintenance" : ""))
}
