import Model

func latencyBlocks(
    _ rows: [Compared<LatencyRow>], _ charts: ReportCharts?, time: TimeFormat
) -> [Block] {
    grouping(rows) { "\($0.row.target)/\($0.row.plan)" }.flatMap { name, rows -> [Block] in
        let slow = rows.filter(\.row.isSlow).map { slowSentence($0.row) }
        return (slow.isEmpty ? [.paragraph("no segment stands out as slower than the rest")] : slow)
            + (rows.first.map { heatBlocks(of: $0.row, charts, time: time) } ?? [])
            + [.table(latencyTable(name, rows))] + failureBlocks(name, rows.first?.row)
            + [.paragraph(howPhasesAreTold)]
    }
}

private let howPhasesAreTold = """
    latency: from the request to the last byte of the answer; response: from when the probe was due; \
    lag: from due to sent, jitter: that part of it that is ours, without the wait for a former probe of \
    the same subject. Quantiles are of all answers, within 1 % of their value
    """

/// Everyone's latency over time, of the row's plan.
func heatBlocks(of row: LatencyRow, _ charts: ReportCharts?, time: TimeFormat) -> [Block] {
    LatencyChart(charts?.heat(target: row.target, plan: row.plan), time: time)
        .map { [.chart($0)] } ?? []
}

private func slowSentence(_ row: LatencyRow) -> Block {
    .line(
        word: "slow", tone: .bad,
        text: "\(words(row.segment)): p50 \(duration(row.p50Us)) against \(duration(row.restP50Us))"
            + " elsewhere, p95 \(duration(row.p95Us)) against \(duration(row.restP95Us)),"
            + " n \(grouped(row.n))")
}

private func latencyTable(_ name: String, _ rows: [Compared<LatencyRow>]) -> Table {
    let hasUsual = rows.contains { $0.row.usualP95 != nil }
    let hasBefore = rows.contains { $0.before != nil }
    var table = Table(
        name + ", answered probes",
        ["segment", "phase", "n#", "p50#", "p90#", "p95#", "p99#", "max#", "failed#"]
            + (hasUsual ? ["usual p95#", "of this hour of the"] : [])
            + (hasBefore ? ["p50 before#", "p95 before#"] : []))
    for compared in rows {
        let row = compared.row
        table.add(
            [
                words(row.segment) + (row.isSlow ? " (slow)" : ""), row.phase.rawValue,
                grouped(row.n), duration(row.p50Us), duration(row.p90Us), duration(row.p95Us),
                duration(row.p99Us), duration(row.maxUs),
                grouped(row.failures.values.reduce(0, +)),
            ]
                + (hasUsual
                    ? [
                        usualRange(row),
                        row.usualP95.map { $0.knowsTheWeek ? "week" : "day" } ?? "",
                    ]
                    : [])
                + (hasBefore
                    ? [duration(compared.before?.p50Us), duration(compared.before?.p95Us)] : []),
            tone: row.isSlow ? .bad : .plain)
    }
    return table
}

/// `171.0–196.0 ms`: the least and the greatest p95 of the hours that are compared.
func usualRange(_ row: LatencyRow) -> String {
    row.usualP95.map { "\(duration($0.lowUs))–\(duration($0.highUs))" } ?? "–"
}

/// Everyone's failures by reason, the most frequent first.
private func failureBlocks(_ name: String, _ row: LatencyRow?) -> [Block] {
    guard let row, !row.failures.isEmpty else { return [] }
    var table = Table(name + ", failures", ["reason", "results#"])
    let order = row.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for (reason, count) in order { table.add([reason, grouped(count)]) }
    return [.table(table)]
}
