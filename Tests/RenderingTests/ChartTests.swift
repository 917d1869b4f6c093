import Foundation
import Model
import TestKit
import Testing

@testable import Rendering

private let hostile = "\"><script>alert('x')</script>\u{1B}[31m"

private func svg(_ chart: (any Chart)?) throws -> String { figure(try #require(chart)) }

/// The number that an attribute of the first element with a class has.
private func elements(_ text: String, _ kind: String) -> [Substring] {
    text.split(separator: "\n").filter { $0.contains(#"class="\#(kind)""#) }
}

@Suite("Charts")
struct ChartTests {
    private let skewed = ChartCases.split(
        meant: [0.5, 0.5], then: [0.58, 0.42], turn: 40, hours: 96)

    @Test("begin the tint at the moment when the band first excludes what is meant")
    func tint() throws {
        let chart = try #require(
            ShareChart(skewed.row, skewed.history, time: ChartCases.india))
        let run = try #require(skewed.history.off[0].last)
        let width = 960.0
        let axis = TimeAxis(chart.span, time: ChartCases.india, from: 46, to: width - 110)
        let start = try #require(coordinate(axis(run.since)))
        let drawn = elements(chart.drawn(width: width).svg.text, "tint")
        #expect(drawn.count == 1 && drawn[0].contains("d=\"M\(start),"))
        #expect(chart.drawn(width: width).svg.text.contains("off since "))
    }

    @Test("begin where their history does, though it counts since before that")
    func since() throws {
        var (row, history) = skewed
        history.points.removeFirst(70)
        let reached = try #require(history.reachedAt)
        let off = try #require(history.off[0].first)
        #expect(reached < history.points[0].at && off.since < history.points[0].at)
        row.n = 1
        row.arms[0].share = 0.9
        let chart = try #require(ShareChart(row, history, time: .utc))
        #expect(chart.span == Span(since: history.points[0].at, until: ChartCases.at(96)))
        #expect(chart.note.contains("since 2026-11-24 00:00;"))
        #expect(chart.table?.rows.first?.cells.first == "2026-11-26 23:00")
        let text = chart.drawn(width: 960).svg.text
        // What was before has no line and no point, but its words.
        #expect(elements(text, "moment").isEmpty && elements(text, "mark").isEmpty)
        #expect(text.contains("off since ") && text.contains("limit reached "))
        #expect(elements(text, "tint").first?.contains("d=\"M46,") == true)
        #expect(!text.contains("90.0 %"))
    }

    @Test("tint nothing where the split is what is meant")
    func calm() throws {
        let calm = ChartCases.split(meant: [0.5, 0.5], then: [0.5, 0.5], turn: 0, hours: 48)
        let text = try svg(ShareChart(calm.row, calm.history, time: .utc))
        #expect(elements(text, "tint").isEmpty && elements(text, "moment").isEmpty)
        #expect(text.contains("has not reached its limit"))
    }

    @Test("draw a panel for each arm where there are more than two")
    func multiples() throws {
        let many = ChartCases.split(
            meant: [0.5, 0.3, 0.2], then: [0.5, 0.3, 0.2], turn: 0, hours: 48)
        let chart = try #require(ShareChart(many.row, many.history, time: .utc))
        #expect(elements(chart.drawn(width: 960).svg.text, "meant").count == 3)
        let two = try #require(ShareChart(skewed.row, skewed.history, time: .utc))
        #expect(elements(two.drawn(width: 960).svg.text, "meant").count == 1)
    }

    @Test("are not made of nothing")
    func empty() {
        var (row, history) = skewed
        #expect(ShareChart(row, nil, time: .utc) == nil)
        history.points = []
        #expect(ShareChart(row, history, time: .utc) == nil)
        row.segments = []
        #expect(SegmentForest(row) == nil && SegmentForest([]) == nil)
        #expect(LatencyChart(nil, time: .utc) == nil)
        let unanswered = LatencyHeat.Column(
            span: Span(since: ChartCases.since, until: ChartCases.at(1)), counts: [:], n: 0,
            failed: 0, p50Us: nil, p95Us: nil, p99Us: nil)
        let heat = LatencyHeat(target: "t", plan: "p", bounds: [1, 2], columns: [unanswered])
        #expect(LatencyChart(heat, time: .utc) == nil)
        #expect(RampChart(ChartCases.rollout(), nil, until: ChartCases.at(1), time: .utc) == nil)
        #expect(
            RampChart(
                ChartCases.rollout(days: 0), ChartCases.ramp, until: ChartCases.at(1), time: .utc)
                == nil)
    }

    @Test("leave out what has no place, and never write what is no number")
    func notNumbers() throws {
        var (row, history) = skewed
        for (place, lnE) in [Double.nan, .infinity, -.infinity].enumerated() {
            history.points[place + 3].lnE = lnE
        }
        history.points[9].arms[0].share = .nan
        history.points[10].arms[0].high = .infinity
        row.sequential?.lnLimit = .infinity
        row.sequential?.alpha = 0
        row.segments = ChartCases.segments([("a", 100, 0.5)])
        row.segments[0].arms[0].low = .nan
        let charts: [(any Chart)?] = [
            ShareChart(row, history, time: .utc), SegmentForest(row),
        ]
        for chart in charts {
            let text = try svg(chart).lowercased()
            #expect(!text.contains("nan\"") && !text.contains("nan,") && !text.contains("inf"))
            #expect(!text.contains(",nan") && !text.contains(" nan"))
        }
    }

    @Test("show hostile names as text")
    func escaping() throws {
        let split = ChartCases.split(
            meant: [0.5, 0.3, 0.2], then: [0.5, 0.3, 0.2], turn: 0, hours: 12,
            names: [hostile, "2", hostile])
        var row = split.row
        row.experience = hostile
        row.segments = ChartCases.segments([(hostile, 900, 0.5)])
        row.segments[0].variation = hostile
        row.segments[0].arms[0].variation = hostile
        var heat = ChartCases.heat(columns: 3, turn: 9)
        heat.target = hostile
        heat.marks = [
            ChartMark(at: ChartCases.at(0), kind: .targetingChange, words: hostile)
        ]
        var rollout = ChartCases.rollout()
        rollout.experience = hostile
        rollout.variation = hostile
        let charts: [(any Chart)?] = [
            ShareChart(row, split.history, time: .utc), SegmentForest(row),
            LatencyChart(heat, time: .utc),
            RampChart(rollout, ChartCases.ramp, until: ChartCases.at(240), time: .utc),
        ]
        for chart in charts {
            let text = try svg(chart)
            #expect(!text.contains("<script"))
            let picture = text.components(separatedBy: "<details")[0]
            #expect(!picture.contains("\u{1B}"))
            #expect(text.contains("&quot;&gt;&lt;script&gt;"))
        }
    }

    @Test("say in words what they show, and stand beside the same in numbers")
    func words() throws {
        let text = try svg(ShareChart(skewed.row, skewed.history, time: .utc))
        #expect(text.contains(#"role="img" aria-label="hero/7W"#))
        #expect(
            text.contains("<desc>Arm 1 got ")
                && text.contains(", 50.0 % is meant. shown off since "))
        #expect(text.contains("<summary>the numbers</summary>"))
    }

    @Test("never draw evidence below a hundredth")
    func evidence() throws {
        var (row, history) = skewed
        for place in history.points.indices { history.points[place].lnE = -20 }
        row.sequential = SequentialTest(lnE: -20, lnEMax: 0, alpha: 0.0005, lnLimit: 7.6)
        let chart = try #require(ShareChart(row, history, time: .utc))
        let path = try #require(elements(chart.drawn(width: 960).svg.text, "line evidence").first)
        let heights = Set(path.split(separator: " ").compactMap { $0.split(separator: ",").last })
        #expect(heights.filter { $0.first?.isNumber == true }.count <= 2)
    }
}

@Suite("Reports with charts")
struct ChartReportTests {
    private func report(_ kind: ReportKind) -> Report {
        let split = ChartCases.split(
            meant: [0.5, 0.5], then: [0.58, 0.42], turn: 20, hours: 48)
        switch kind {
        case .split:
            var row = split.row
            row.segments = ChartCases.segments([
                ("android-phone", 4_100, 0.61), ("iphone", 5_000, 0.5), ("tv", 60, 0.55),
                ("<b>", 8, 0.5),
            ])
            var history = split.history
            history.marks = [
                ChartMark(
                    at: ChartCases.at(19), kind: .targetingChange,
                    words: "hero, android-phone: 4 of 69 panel subjects 1 → 2 (4)"),
                ChartMark(
                    at: ChartCases.at(20), kind: .splitChange,
                    words: "hero/7W: 58.0 / 42.0 of 50.0 / 50.0 over 11200 new subjects"),
            ]
            return ChartCases.report(
                .split([Compared(row)]), ReportCharts(splits: [history]), kind: kind, hours: 48)
        case .latency:
            var heat = ChartCases.heat(columns: 18, turn: 12)
            heat.marks = [
                ChartMark(
                    at: ChartCases.at(2), kind: .latencyRegression,
                    words: "everyone: p95 is 182 ms, where 91 ms is usual")
            ]
            return ChartCases.report(
                .latency([Compared(ChartCases.latencyRow())]), ReportCharts(latencies: [heat]),
                kind: kind, hours: 3)
        default:
            var ramp = ChartCases.ramp
            ramp.marks = [
                ChartMark(
                    at: ChartCases.at(100), kind: .configuration,
                    words: "shop: the plan was edited")
            ]
            return ChartCases.report(
                .rollout([Compared(ChartCases.rollout())]), ReportCharts(ramps: [ramp]),
                kind: .rollout, hours: 240)
        }
    }

    @Test("are pages of one file", arguments: [ReportKind.split, .latency, .rollout])
    func golden(kind: ReportKind) throws {
        let page = render(report(kind), as: .html, time: ChartCases.india)
        try expectGolden(page, "charts-\(kind.rawValue).html")
        #expect(!page.contains("<script") && !page.contains("://"))
        #expect(!page.lowercased().contains("nan") && !page.contains("inf,"))
    }

    @Test(
        "say the same without them in every other format",
        arguments: [ReportKind.split, .latency, .rollout])
    func others(kind: ReportKind) {
        let drawn = report(kind)
        var plain = drawn
        plain.charts = nil
        for format in [ReportFormat.text, .markdown, .json] {
            #expect(
                render(drawn, as: format, time: .utc) == render(plain, as: format, time: .utc))
        }
        #expect(!page([plain], time: .utc).contains("<svg"))
    }
}
