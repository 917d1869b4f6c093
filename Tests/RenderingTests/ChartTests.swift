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
        let run = try #require(chart.runs(of: 0).last)
        let outside = skewed.history.points.first { $0.arms[0].low > 0.5 }
        #expect(run.since == outside?.at)
        #expect(run.until == skewed.history.points.last?.at)
        let width = 960.0
        let axis = TimeAxis(
            Span(since: skewed.history.since, until: run.until), time: ChartCases.india, from: 46,
            to: width - 110)
        let start = try #require(coordinate(axis(run.since)))
        let drawn = elements(chart.drawn(width: width).svg.text, "tint")
        #expect(drawn.count == 1 && drawn[0].contains("d=\"M\(start),"))
        #expect(chart.drawn(width: width).svg.text.contains("off since "))
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
            over: Span(since: ChartCases.since, until: ChartCases.at(1)), of: Tally())
        let heat = LatencyHeat(target: "t", plan: "p", columns: [unanswered])
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
        #expect(text.contains("<desc>Arm 1 got ") && text.contains(" of 50.0 % meant. off since "))
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

@Suite("Scales")
struct ScaleTests {
    @Test(
        "have round ticks",
        arguments: [
            (0.0...1.0, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0.47...0.53, 3, [0.48, 0.5, 0.52]),
            (-2.0...3.4, 4, [-2, 0, 2]), (0.0...0.0, 4, []), (0.0...Double.infinity, 4, []),
        ] as [(ClosedRange<Double>, Int, [Double])])
    func linear(numbers: ClosedRange<Double>, limit: Int, ticks: [Double]) {
        let found = Scale(numbers, from: 0, to: 100).ticks(limit)
        #expect(found.count == ticks.count)
        for (a, b) in zip(found, ticks) { #expect(abs(a - b) < 1e-9) }
    }

    @Test(
        "have 1, 2 and 5 of each decade, or as many as there is room for",
        arguments: [
            (900.0...60_000.0, 8, [1_000, 2_000, 5_000, 10_000, 20_000, 50_000]),
            (900.0...60_000.0, 4, [1_000, 3_000, 10_000, 30_000]),
            (900.0...60_000.0, 2, [1_000, 10_000]), (0.0...10.0, 4, []),
        ] as [(ClosedRange<Double>, Int, [Double])])
    func logarithmic(numbers: ClosedRange<Double>, limit: Int, ticks: [Double]) {
        let scale = Scale(numbers, .logarithmic, from: 0, to: 100)
        #expect(scale.ticks(limit).map { $0.rounded() } == ticks)
    }

    @Test("put equal factors equally far apart")
    func factors() {
        let scale = Scale(1...1_024, .logarithmic, from: 0, to: 100)
        for power in 0...10 {
            #expect(abs(scale(Double(1 << power)) - Double(power) * 10) < 1e-6)
        }
        #expect(!scale(0).isFinite && !scale(-1).isFinite && !scale(.infinity).isFinite)
    }

    @Test("write coordinates to a tenth, and nothing for what is no number")
    func coordinates() {
        #expect(
            [0.04, -0.04, 1.25, -3.96, 12].map { coordinate($0) } == ["0", "0", "1.3", "-4", "12"])
        #expect([Double.nan, .infinity, 1e300].allSatisfy { coordinate($0) == nil })
    }

    @Test("tell time by the clocks of the zone, and the day at midnight")
    func times() {
        let span = Span(since: ChartCases.since, until: ChartCases.at(24))
        let ticks = TimeAxis(span, time: ChartCases.india, from: 0, to: 100).ticks(6)
        #expect(ticks.map(\.label) == ["06:00", "12:00", "18:00", "25 Nov"])
        #expect(ticks.map(\.at.rfc3339)[0].prefix(19) == "2026-11-24T00:30:00")
        let month = Span(since: ChartCases.since, until: ChartCases.at(24 * 30))
        let weeks = TimeAxis(month, time: .utc, from: 0, to: 100).ticks(5)
        #expect(weeks.map(\.label) == ["30 Nov", "7 Dec", "14 Dec", "21 Dec"])
        #expect(weeks.allSatisfy { $0.at.weekday == .monday })
    }

    @Test("keep to midnight when clocks are changed")
    func summerTime() {
        let change = Instant(microseconds: 1_792_890_000_000_000)
        let zone = TimeFormat(zone: "Europe/Berlin") { at in
            at < change ? (7_200, "CEST") : (3_600, "CET")
        }
        let span = Span(
            since: change.advanced(by: -2 * Instant.microsecondsPerDay),
            until: change.advanced(by: 2 * Instant.microsecondsPerDay))
        let ticks = TimeAxis(span, time: zone, from: 0, to: 100).ticks(5)
        #expect(ticks.map(\.label) == ["24 Oct", "25 Oct", "26 Oct", "27 Oct"])
        #expect(ticks.allSatisfy { zone.clock($0.at) == "00:00" })
    }
}

@Suite("What charts draw")
struct ChartSourceTests {
    @Test("has three latency buckets to an octave")
    func buckets() {
        #expect(LatencyHeat.upperBound(of: 30) == 1_024)
        #expect(LatencyHeat.upperBound(of: -3) == 0.5)
        #expect(abs(LatencyHeat.upperBound(of: 31) / 1_024 - 1.259_921) < 1e-6)
    }

    @Test("is the path of the row's split, thinned, and the row at its end")
    func history() throws {
        let (row, _) = ChartCases.split(meant: [0.5, 0.5], then: [0.5, 0.5], turn: 0, hours: 2)
        let path = (1...1_000).flatMap { index in
            [row.since, ChartCases.at(-99)].map { since in
                SplitPoint(
                    start: ChartCases.since.advanced(by: Int64(index) * 300_000_000),
                    target: "production", plan: "shop", experience: "hero", audience: "7W",
                    since: since, epoch: 1, arms: ["1": index, "2": index], lnE: 0,
                    lnEMax: index < 700 ? 0 : 8)
            }
        }
        let until = ChartCases.at(100)
        let history = try #require(SplitHistory(of: row, along: path, until: until))
        #expect(history.points.count <= 241)
        #expect(history.points.first?.n == 2 && history.points.last?.n == row.n)
        #expect(zip(history.points, history.points.dropFirst()).allSatisfy { $0.at < $1.at })
        #expect(history.points.last?.at == until && history.points.last?.arms == row.arms)
        #expect(history.reachedAt == ChartCases.since.advanced(by: 701 * 300_000_000))
        #expect(
            history.points.dropLast().allSatisfy { $0.arms[0].low < 0.5 && $0.arms[0].high > 0.5 })
        #expect(SplitHistory(of: row, along: [], until: until) == nil)
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
            return ChartCases.report(
                .split([Compared(row)]), ReportCharts(splits: [split.history]), kind: kind,
                hours: 48)
        case .latency:
            let heat = ChartCases.heat(columns: 18, turn: 12)
            return ChartCases.report(
                .latency([Compared(ChartCases.latencyRow())]), ReportCharts(latencies: [heat]),
                kind: kind, hours: 3)
        default:
            return ChartCases.report(
                .rollout([Compared(ChartCases.rollout())]),
                ReportCharts(ramps: ["shop": [ChartCases.ramp]]), kind: .rollout, hours: 240)
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
