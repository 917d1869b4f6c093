import Model

/// What the charts of a report need beyond its rows: read for pages only.
extension ReportAssembly {
    func charts(of report: Report) throws -> ReportCharts {
        switch report.rows {
        case .split(let rows):
            return try ChartReading(self, of: report).charts(splits: rows.map(\.row))
        case .latency(let rows):
            return try ChartReading(self, of: report).charts(
                heats: rows.map { ($0.row.target, $0.row.plan) })
        case .summary(let rows):
            return try ChartReading(self, of: report).charts(
                splits: rows.flatMap(\.row.splits).filter { $0.verdict == .mismatch },
                heats: rows.map { ($0.row.target, $0.row.plan) })
        case .rollout(let rows):
            // Days are told from the first step on, whatever the span.
            let days = rows.compactMap { $0.row.days.first?.start }
            return try ChartReading(self, of: report, since: days.min()).charts(
                ramps: rows.map(\.row))
        default: return ReportCharts()
        }
    }
}
