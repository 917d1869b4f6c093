import Model
import Testing

@testable import Rendering

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
