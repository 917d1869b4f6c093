import Model
import Simulator
import Storage
import Testing
import WorldRig

@testable import Variometer

private let hour = Instant.microsecondsPerHour

/// A hero whose split moves in Germany, two hours after the beginning; four hours later somebody
/// edits the plan.
private struct EditedWeek {
    static let edit = Scenario.Trouble.split.period.from ?? Instant(microseconds: 0)
    static let start = edit.advanced(by: -2 * hour)

    var rig: WorldRig

    init() throws {
        var scenario = Scenario.week([.split])
        scenario.start = Self.start
        rig = try WorldRig(scenario, seed: 11)
        try rig.run(until: Self.edit.advanced(by: 4 * hour))
        var edited = rig.configuration
        edited.plans[0].rate = Rate(perSecond: 2)
        try rig.store.keep(edited, at: rig.now)
        try rig.run(until: Self.edit.advanced(by: 6 * hour))
    }

    /// Made once for all tests, which only read it.
    static let shared = Result { try EditedWeek() }

    func charts(_ kind: ReportKind, since: Instant? = nil) throws -> (Report, ReportCharts) {
        var question = ReportQuestion(kind: kind)
        question.since = since.map(Moment.at)
        question.isDrawn = true
        let report = try ReportAssembly(store: rig.store, now: rig.now).report(question)
        return (report, try #require(report.charts))
    }
}

private struct OtherRows: Error {}

@Suite("The charts of a report")
struct ReportChartTests {
    @Test("are the path of each split since its epoch, with the changes beside it")
    func splits() throws {
        let week = try EditedWeek.shared.get()
        let (report, charts) = try week.charts(.split)
        #expect(charts.latencies.isEmpty && charts.ramps.isEmpty)
        #expect(
            charts.splits.map(\.experience).sorted() == ["hero", "offers", "promo-strip"])
        let rows = try splitRows(of: report)
        for row in rows {
            let history = try #require(charts.history(of: row))
            #expect(history.since == EditedWeek.start && history.points[0].at > history.since)
            #expect(history.points.last?.at == week.rig.now)
            #expect(history.points.last?.arms == row.arms && history.points.last?.n == row.n)
            #expect(zip(history.points, history.points.dropFirst()).allSatisfy { $0.n <= $1.n })
        }
        let hero = try #require(charts.splits.first { $0.experience == "hero" })
        let moved = try #require(hero.marks.first { $0.kind == .targetingChange })
        #expect(hero.marks.count { $0.kind == .targetingChange } == 1)
        #expect((0...hour).contains(EditedWeek.edit.distance(to: moved.at)))
        let edit = try #require(hero.marks.first { $0.kind == .configuration })
        #expect(edit.at == EditedWeek.edit.advanced(by: 4 * hour))
        let offers = try #require(charts.splits.first { $0.experience == "offers" })
        #expect(offers.marks == [edit])
    }

    @Test("begin with the span of the report, and count since the epoch all the same")
    func since() throws {
        let week = try EditedWeek.shared.get()
        let (_, whole) = try week.charts(.split)
        let since = EditedWeek.edit.advanced(by: 2 * hour)
        let (report, charts) = try week.charts(.split, since: since)
        for row in try splitRows(of: report) {
            #expect(row.since == since)
            let history = try #require(charts.history(of: row))
            let full = try #require(whole.history(of: row))
            #expect(history.since == EditedWeek.start)
            #expect(history.points.first?.at == since && history.points.count > 2)
            #expect(history.points.last?.n == full.points.last?.n)
            #expect((history.points.last?.n ?? 0) > row.n && row.n > 0)
            // The same running bands, of which it is the end.
            let before = try #require(full.points.last { $0.at <= since })
            #expect(history.points.first?.arms == before.arms)
            #expect(history.points.dropFirst().allSatisfy(full.points.contains))
        }
        // Whoever moved did so before.
        #expect(charts.splits.flatMap(\.marks).allSatisfy { $0.kind == .configuration })
    }

    @Test("are a heat map for each plan at its target, over the span")
    func latencies() throws {
        let week = try EditedWeek.shared.get()
        let since = EditedWeek.edit.advanced(by: -hour)
        let (report, charts) = try week.charts(.latency, since: since)
        #expect(charts.splits.isEmpty && charts.latencies.count == 1)
        let heat = try #require(charts.heat(target: "production", plan: "storefront"))
        #expect(heat.columns.first?.span.since == since)
        #expect(heat.columns.last?.span.until == report.span.until)
        guard case .latency(let rows) = report.rows else { throw OtherRows() }
        let everyone = rows.map(\.row).first { $0.segment == .everyone && $0.phase == .latency }
        #expect(heat.columns.reduce(0) { $0 + $1.n } == everyone?.n)
        #expect(heat.marks.map(\.kind) == [.targetingChange, .configuration])
    }

    @Test("of a summary are those of mismatches, and the heat map")
    func summary() throws {
        let (report, charts) = try EditedWeek.shared.get().charts(.summary)
        guard case .summary(let rows) = report.rows else { throw OtherRows() }
        let off = rows.flatMap(\.row.splits).filter { $0.verdict == .mismatch }
        #expect(charts.splits.count == off.count && charts.latencies.count == 1)
    }

    @Test("are the steps of each ramp, with what happened since the first")
    func ramps() throws {
        let step = Scenario.rampSteps[1]
        var scenario = Scenario.ramp(
            .planned, steps: [-2, 0, 24].map { step.advanced(by: $0 * hour) })
        scenario.start = step.advanced(by: -3 * hour)
        var rig = try WorldRig(scenario, seed: 37)
        try rig.run(until: step.advanced(by: hour))
        var question = ReportQuestion(kind: .rollout)
        question.isDrawn = true
        let report = try ReportAssembly(store: rig.store, now: rig.now).report(question)
        guard case .rollout(let rows) = report.rows else { throw OtherRows() }
        let charts = try #require(report.charts)
        #expect(rows.count == 2 && charts.ramps.count == 2 && charts.splits.isEmpty)
        for row in rows.map(\.row) {
            let history = try #require(charts.ramp(of: row))
            #expect(history.ramp.steps.map(\.percent) == [5, 25, 100])
            // A step that is taken as planned is no change beside the plan.
            #expect(history.marks.isEmpty)
        }
    }

    @Test("are none where nobody draws, and none of other kinds")
    func undrawn() throws {
        var scenario = Scenario.week()
        scenario.start = EditedWeek.start
        var rig = try WorldRig(scenario, seed: 3)
        try rig.run(until: scenario.start.advanced(by: hour))
        #expect(try rig.report(.split).charts == nil)
        var question = ReportQuestion(kind: .coverage)
        question.isDrawn = true
        let report = try ReportAssembly(store: rig.store, now: rig.now).report(question)
        #expect(report.charts == ReportCharts())
    }

    private func splitRows(of report: Report) throws -> [SplitRow] {
        guard case .split(let rows) = report.rows else { throw OtherRows() }
        return rows.map(\.row)
    }
}
