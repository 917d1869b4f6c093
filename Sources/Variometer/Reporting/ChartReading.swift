import Analysis
import Foundation
import Model
import Storage

/// Reads for the charts of one report.
struct ChartReading {
    private let assembly: ReportAssembly
    private let span: Span
    private let watermark: Instant?
    private let configurations: [StoredConfiguration]
    /// Windows that nobody has closed yet; nil: there are none.
    private let fresh: ClosedWindows?
    private let changes: DatedChanges

    private var store: Store { assembly.store }

    /// `since`: from here on changes are read; nil: over the report's span.
    init(_ assembly: ReportAssembly, of report: Report, since: Instant? = nil) throws {
        self.assembly = assembly
        span = report.span
        watermark = report.watermark
        configurations = try assembly.store.configurations()
        fresh = try assembly.closed(until: span.until, watermark: watermark).fresh
        let told = Span(since: min(since ?? span.since, span.since), until: span.until)
        changes = DatedChanges(
            findings: try assembly.store.changes(in: told)
                + (fresh?.findings ?? []).flatMap(\.findings).compactMap(changeFinding)
                + report.findings,
            configurations: configurations, audienceNames: try assembly.store.audienceNames())
    }

    func charts(
        splits: [SplitRow] = [], heats owners: [(target: String, plan: String)] = [],
        ramps: [RolloutRow] = []
    ) throws -> ReportCharts {
        ReportCharts(
            splits: try histories(of: splits), latencies: try heats(of: owners),
            ramps: courses(of: ramps))
    }

    /// The paths of splits that are tested: as they were stored, and as they went on since.
    private func histories(of rows: [SplitRow]) throws -> [SplitHistory] {
        var paths: [[String?]: [SplitPoint]] = [:]
        return try rows.compactMap { row in
            guard row.sequential != nil, row.segment == .everyone, let epoch = epoch(of: row)
            else { return nil }
            let owner = [row.target, row.plan, row.experience, row.ramp]
            let path = try paths[owner] ?? path(of: row, since: epoch)
            paths[owner] = path
            guard
                var history = SplitHistory(of: row, along: path, epoch: epoch, over: span)
            else { return nil }
            history.marks = changes.marks(of: history)
            return history
        }
    }

    /// Nil: no configuration has the plan.
    private func epoch(of row: SplitRow) -> Instant? {
        guard row.ramp == nil else { return row.since }
        return allocationEpoch(of: row.experience, plan: row.plan, in: configurations)
    }

    /// Whatever was stored of a row's experience, and what came since.
    private func path(of row: SplitRow, since epoch: Instant) throws -> [SplitPoint] {
        let points = fresh?.points ?? []
        let stored = Span(since: epoch, until: points.first?.start ?? span.until)
        return try store.splitPath(
            in: stored, plan: row.plan, target: row.target, experience: row.experience) + points
    }

    private func heats(of owners: [(target: String, plan: String)]) throws -> [LatencyHeat] {
        guard let newest = configurations.last?.configuration else { return [] }
        let horizon = try store.horizon()
        let columns = heatColumns(over: span, watermark: watermark, horizon: horizon)
        var heats: [LatencyHeat] = []
        for (target, name) in owners
        where !heats.contains(where: { $0.target == target && $0.plan == name }) {
            guard var plan = newest.plan(named: name) else { continue }
            plan.target = target
            let reader = TallyReader(
                store: store, plan: plan, watermark: watermark, horizon: horizon)
            var heat = LatencyHeat(
                target: target, plan: name,
                columns: try columns.map { column in
                    let tallies = try reader.tallies(over: column, shapes: [[]])
                    return (column, tallies[.everyone] ?? Tally())
                })
            heat.marks = changes.marks(of: heat)
            heats.append(heat)
        }
        return heats
    }

    private func courses(of rows: [RolloutRow]) -> [RampHistory] {
        let plans = configurations.last?.configuration.plans ?? []
        return rows.compactMap { row in
            let ramps = plans.first { $0.name == row.plan }?.ramps ?? []
            guard
                let ramp = ramps.first(where: {
                    $0.experience == row.experience && $0.audience == row.audience
                })
            else { return nil }
            var history = RampHistory(target: row.target, plan: row.plan, ramp: ramp)
            let told = Span(since: row.days.first?.start ?? span.since, until: span.until)
            history.marks = changes.marks(of: history, over: told)
            return history
        }
    }
}

extension Store {
    /// Findings of a span's windows that tell of a change, as often as they were told.
    fileprivate func changes(in span: Span) throws -> [Finding] {
        try windowFindings(in: span).flatMap(\.findings).compactMap(changeFinding)
    }
}

/// Nil: the finding tells of no change, or another version wrote it.
private func changeFinding(_ json: String) -> Finding? {
    // Most do not, and looking costs much less than decoding.
    guard DatedChanges.kinds.contains(where: { json.contains("\"\($0.rawValue)\"") }) else {
        return nil
    }
    return try? JSONDecoder().decode(Finding.self, from: Data(json.utf8))
}
