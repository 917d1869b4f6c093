import Analysis
import Model
import Storage

/// What the charts of a report need beyond its rows: read for pages only.
extension ReportAssembly {
    func charts(of report: Report) throws -> ReportCharts {
        var charts = ReportCharts()
        switch report.rows {
        case .split(let rows): charts.splits = try histories(of: rows.map(\.row), report)
        case .latency(let rows):
            charts.latencies = try heats(
                of: rows.map { ($0.row.target, $0.row.plan) }, over: report.span,
                watermark: report.watermark)
        case .summary(let rows):
            let off = rows.flatMap(\.row.splits).filter { $0.verdict == .mismatch }
            charts.splits = try histories(of: off, report)
            charts.latencies = try heats(
                of: rows.map { ($0.row.target, $0.row.plan) }, over: report.span,
                watermark: report.watermark)
        case .rollout:
            let plans = try store.configurations().last?.configuration.plans ?? []
            charts.ramps = Dictionary(
                plans.map { ($0.name, $0.ramps) }, uniquingKeysWith: { first, _ in first })
        default: break
        }
        return charts
    }

    /// The paths of splits that are tested: as they were stored, and as they went on since.
    private func histories(of rows: [SplitRow], _ report: Report) throws -> [SplitHistory] {
        let rows = rows.filter { $0.sequential != nil && $0.segment == .everyone }
        guard let since = rows.map(\.since).min() else { return [] }
        let until = report.span.until
        let fresh = try closed(until: until, watermark: report.watermark).points
        let stored = Span(since: since, until: fresh.first?.start ?? until)
        var paths: [[String]: [SplitPoint]] = [:]
        return try rows.compactMap { row in
            let owner = [row.target, row.plan]
            let path =
                try paths[owner]
                ?? store.splitPath(in: stored, plan: row.plan, target: row.target) + fresh
            paths[owner] = path
            return SplitHistory(of: row, along: path, until: until)
        }
    }

    private func heats(
        of owners: [(target: String, plan: String)], over span: Span, watermark: Instant?
    ) throws -> [LatencyHeat] {
        guard let newest = try store.configurations().last?.configuration else { return [] }
        let horizon = try store.horizon()
        let columns = columns(over: span, watermark: watermark, horizon: horizon)
        var heats: [LatencyHeat] = []
        for (target, name) in owners
        where !heats.contains(where: { $0.target == target && $0.plan == name }) {
            guard var plan = newest.plan(named: name) else { continue }
            plan.target = target
            let reader = TallyReader(
                store: store, plan: plan, watermark: watermark, horizon: horizon)
            heats.append(
                LatencyHeat(
                    target: target, plan: name,
                    columns: try columns.map { column in
                        let tally = try reader.tallies(over: column, shapes: [[]])[.everyone]
                        return LatencyHeat.Column(over: column, of: tally ?? Tally())
                    }))
        }
        return heats
    }
}

/// More columns than these are not told apart on a screen.
private let columnLimit: Int64 = 144

/// Equally long columns that a span is cut into: the shortest that are few enough, and that
/// retention has left windows for.
private func columns(over span: Span, watermark: Instant?, horizon: Horizon) -> [Span] {
    let hour = Instant.microsecondsPerHour
    let short = [hour / 12, hour / 6, hour / 4, hour / 2, hour, 2 * hour, 3 * hour, 6 * hour]
    let least = span.since.distance(to: span.until) / columnLimit
    let length = short.first { length in
        let first = cut(span, into: length).first ?? span
        return least <= length
            && Cover(first, watermark: watermark, horizon: horizon).span == first
    }
    let day = Instant.microsecondsPerDay
    return cut(span, into: length ?? (least / day + 1) * day)
}

/// Aligned to their length; the first and the last are what the span has of them.
private func cut(_ span: Span, into length: Int64) -> [Span] {
    var columns: [Span] = []
    var start = span.since
    while start < span.until {
        let next = Instant(
            microseconds: (start.microseconds.flooredDivision(by: length) + 1) * length)
        columns.append(Span(since: start, until: min(next, span.until)))
        start = next
    }
    return columns
}
