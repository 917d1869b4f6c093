import Model

func rolloutBlocks(
    _ rows: [Compared<RolloutRow>], _ charts: ReportCharts?, until: Instant, time: TimeFormat
) -> [Block] {
    guard !rows.isEmpty else { return [.paragraph("no plan has a ramp")] }
    return rows.map(\.row).flatMap { row -> [Block] in
        let chart = RampChart(row, charts?.ramp(of: row), until: until, time: time)
        return [
            .line(
                word: word(for: row.state), tone: tone(of: row.state), text: text(row, time: time))
        ]
            + (chart.map { [.chart($0)] } ?? [])
            + (row.days.isEmpty ? [] : [.table(dayTable(row, time: time))])
    }
}

private func text(_ row: RolloutRow, time: TimeFormat) -> String {
    var text = "\(row.experience)/\(row.audience)"
    text += row.variation.map { " variation \($0)" } ?? " served at all"
    if let planned = row.planned, let stepAt = row.stepAt {
        text += ": \(percent(planned)) % planned since \(time.minute(stepAt))"
    }
    if let arm = row.arm, row.n > 0 {
        text += ", \(percent(arm.share)) % seen (\(percent(arm.low)) … \(percent(arm.high)))"
        text += " of \(grouped(row.n)) cohort subjects"
    }
    if let next = row.next, let nextAt = row.nextAt {
        text += "; next \(percent(next)) % at \(time.minute(nextAt))"
    }
    return text
}

private func dayTable(_ row: RolloutRow, time: TimeFormat) -> Table {
    var table = Table(
        "\(row.experience)/\(row.audience) by day (UTC)",
        ["day", "planned %#", "seen %#", "95 % interval", "n#", "came#", "dropped#"])
    for day in row.days {
        table.add(
            [
                time.minute(day.start), day.planned.map { percent($0) } ?? "–",
                day.n > 0 ? percent(day.arm.share) : "–",
                "\(percent(day.arm.low)) … \(percent(day.arm.high))", grouped(day.n),
                grouped(day.came), grouped(day.dropped),
            ], tone: day.dropped > 0 ? .bad : .plain)
    }
    return table
}

private func word(for state: RolloutRow.State) -> String {
    state.rawValue.split(separator: "_").joined(separator: " ")
}

private func tone(of state: RolloutRow.State) -> Tone {
    switch state {
    case .onPlan: .good
    case .overshoot, .leavers, .stuck, .off: .bad
    case .pending, .grace, .open: .open
    }
}
