import Foundation
import Model
import TestKit
import Testing

@testable import Rendering

@Suite("Marks on a time axis")
struct MarkFlagTests {
    private func axis(_ width: Double = 960) -> TimeAxis {
        TimeAxis(
            Span(since: ChartCases.since, until: ChartCases.at(100)), time: .utc, from: 46,
            to: width - 110)
    }

    private func marks(_ hours: [Int], _ kind: ChartMark.Kind = .splitChange) -> [ChartMark] {
        hours.map { ChartMark(at: ChartCases.at($0), kind: kind, words: "at \($0)") }
    }

    @Test("have a number and a word each where there is room")
    func words() {
        let flags = MarkFlags(
            marks([10, 50]) + marks([90], .configuration), axis(), hasWords: true)
        #expect(flags.flags.map(\.text) == ["1 split", "2 split", "3 configuration"])
        #expect(flags.flags.map(\.row) == [0, 0, 0] && flags.height == 14)
        #expect(flags.flags[1].x == axis()(ChartCases.at(50)))
        #expect(MarkFlags([], axis(), hasWords: true).height == 0)
    }

    @Test("are staggered where they stand close together")
    func staggered() {
        let flags = MarkFlags(marks([10, 12, 14, 30]), axis(), hasWords: true)
        #expect(flags.flags.map(\.text) == ["1 split", "2 split", "3 split", "4 split"])
        #expect(flags.flags.map(\.row) == [0, 1, 2, 0])
    }

    @Test("share a flag where even that leaves no room")
    func taken() {
        let flags = MarkFlags(marks([10, 10, 10, 10, 10]), axis(), hasWords: false)
        #expect(flags.flags.map(\.text) == ["1", "2", "3–5"])
        #expect(flags.flags.map(\.places) == [0...0, 1...1, 2...4])
    }

    @Test("never cover each other, whenever changes were", arguments: 0..<200 as Range<UInt64>)
    func apart(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let count = Int.random(in: 1...20, using: &dice)
        let reach = Int.random(in: 1...100, using: &dice)
        let hours = (0..<count).map { _ in Int.random(in: 0..<reach, using: &dice) }.sorted()
        let isWide = Bool.random(using: &dice)
        let flags = MarkFlags(marks(hours), axis(isWide ? 960 : 360), hasWords: isWide).flags
        for (place, flag) in flags.enumerated() {
            for other in flags[..<place] where other.row == flag.row {
                #expect(other.end < flag.x, "seed \(seed)")
            }
        }
        // Each change that is listed has its number on a flag, in order.
        let places = flags.flatMap { Array($0.places) }
        #expect(places == Array(0..<min(count, 12)), "seed \(seed)")
    }

    @Test("are the latest where there are too many")
    func latest() {
        let lines = changeLines(marks(Array(1...20)), .utc)
        #expect(lines.count == 12)
        #expect(lines.first == "2026-11-24 09:00 UTC, split change: at 9")
    }

    @Test("say what they are to whoever points at them, and in a list")
    func told() throws {
        var heat = ChartCases.heat(columns: 18, turn: 12)
        heat.marks = marks([1, 2], .latencyRegression)
        let chart = try #require(LatencyChart(heat, time: .utc))
        let text = figure(chart)
        let told = "2026-11-24 02:00 UTC, latency regression: at 2"
        #expect(text.components(separatedBy: "<title>\(told)</title>").count == 3)
        #expect(text.contains("<li>\(told)</li>\n</ol>"))
        #expect(text.contains(" Changes are marked, and listed.</desc>"))
        heat.marks = []
        let bare = try #require(LatencyChart(heat, time: .utc))
        #expect(!figure(bare).contains("<ol") && !figure(bare).contains("are marked"))
        #expect(chart.drawn(width: 960).height == bare.drawn(width: 960).height + 14)
    }

    @Test("cross every panel of a chart")
    func lines() throws {
        let (row, history) = ChartCases.split(
            meant: [0.5, 0.3, 0.2], then: [0.5, 0.3, 0.2], turn: 0, hours: 48)
        var marked = history
        marked.marks = marks([20])
        let chart = try #require(ShareChart(row, marked, time: .utc))
        let picture = chart.drawn(width: 960)
        let line = picture.svg.text.split(separator: "\n").first {
            $0.contains(#"<path class="change""#)
        }
        let bottom = try #require(coordinate(picture.height - 26))
        #expect(line?.hasSuffix(",\(bottom)\"/>") == true)
    }
}
