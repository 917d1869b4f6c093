import Model
import TestKit
import Testing
import WorldRig

@testable import Analysis

@Suite("The inferred targeting rule")
struct TargetingRuleTests {
    private static func cells(
        _ truth: RandomTargeting, share: Double, using generator: inout SplitMix64
    ) -> [(coordinates: [Coordinate], label: String)] {
        truth.cells(share: share, using: &generator).map { ($0.context.coordinates, $0.label) }
    }

    @Test("is exact on what was observed in 95 of 100 random worlds, and short where the truth is")
    func worlds() throws {
        var generator = SplitMix64(seed: 11)
        var (exact, short, simple) = (0, 0, 0)
        for _ in 0..<60 {
            let truth = RandomTargeting(using: &generator)
            let cells = Self.cells(
                truth, share: Double.random(in: 0.3...1, using: &generator), using: &generator)
            let rule = try #require(targetingRule(of: TargetingTable(cells)))
            if rule.errors == 0 { exact += 1 }
            if truth.conditions <= 4 {
                simple += 1
                if rule.conditions <= 8 { short += 1 }
            }
        }
        #expect(exact >= 57)
        #expect(short == simple)
    }

    @Test("tells its errors where users differ, and stays small")
    func noise() throws {
        var generator = SplitMix64(seed: 4)
        let truth = RandomTargeting(clauses: [("A", [3: [0]])], otherwise: "nothing")
        let cells = Self.cells(truth, share: 1, using: &generator).map { cell in
            // A tenth of the users of geo 0 are not in the audience.
            let isOut = cell.label == "A" && Int.random(in: 0..<10, using: &generator) == 0
            return (cell.coordinates, isOut ? "nothing" : cell.label)
        }
        let wrong = cells.count { cell in
            cell.1 == "nothing" && cell.0.contains { $0.dimension == "geo" && $0.value == "0" }
        }
        let rule = try #require(targetingRule(of: TargetingTable(cells)))
        #expect(rule.errors == wrong && wrong > 10)
        #expect(rule.conditions == 1)
    }

    @Test("is said as people say it")
    func words() throws {
        var generator = SplitMix64(seed: 1)
        let truth = RandomTargeting(
            clauses: [
                ("9E", [0: [5, 6], 1: [3, 4, 5]]), ("7W", [3: [1, 2, 3, 4], 2: [0]]),
            ], otherwise: "nothing")
        let cells = Self.cells(truth, share: 1, using: &generator)
        let rows = try #require(targetingRule(of: TargetingTable(cells))).rows
        #expect(
            rows == [
                TargetingRow.Clause(answer: "9E", when: "day Sat–Sun and hour 3–5"),
                TargetingRow.Clause(answer: "7W", when: "device 0 and geo not 0"),
                TargetingRow.Clause(answer: "nothing", when: ""),
            ])
    }

    @Test("tells what moved between two maps, and where")
    func moves() {
        func map(_ isLater: Bool) -> [TargetingCell] {
            ["IN", "US", "DE"].flatMap { geo in
                ["android-phone", "iphone"].map { device in
                    let isMoved = isLater && geo == "IN" && device == "android-phone"
                    return TargetingCell(
                        experience: "hero", context: Context(device: device, geo: geo),
                        outcome: .served, audience: isMoved ? "3C" : "1A", variation: "1",
                        since: start)
                }
            }
        }
        #expect(
            targetingMoves(from: map(false), to: map(true))
                == ["1A → 3C where device android-phone and geo IN (1 cells)"])
        #expect(targetingMoves(from: map(true), to: map(true)) == [])
    }
}

@Suite("What covers flips")
struct FlipCoverTests {
    private static let cells: [(segment: [Coordinate], subject: Int)] = (0..<1_260).map { number in
        let device = ["iphone", "android", "desktop", "kiosk"][number % 4]
        let geo = ["IN", "US", "DE"][number / 4 % 3]
        return (
            [
                Coordinate(dimension: "device", value: device),
                Coordinate(dimension: "geo", value: geo),
                Coordinate(dimension: "hour", value: String(number / 12 % 5)),
            ], Int((UInt32(number) &* 2_654_435_761) >> 8) % 200
        )
    }

    private static func cover(_ flips: (Int) -> Bool) -> FlipCover? {
        FlipCover(
            cells.enumerated().map { place, cell in
                FlipCover.Cell(
                    coordinates: cell.segment, subject: "panel-\(cell.subject)",
                    isFlipped: flips(place))
            })
    }

    private static func isIn(_ place: Int, _ values: [String: String]) -> Bool {
        values.allSatisfy { dimension, value in
            cells[place].segment.contains(Coordinate(dimension: dimension, value: value))
        }
    }

    @Test("is the pair in which few subjects moved, and nobody elsewhere")
    func pair() throws {
        let cover = try #require(
            Self.cover { place in
                Self.isIn(place, ["device": "android", "geo": "IN"])
                    && Self.cells[place].subject % 25 < 2
            })
        #expect(cover.segment.words == "android · IN")
        #expect(cover.flipped > 2 && cover.flipped < cover.subjects)
        #expect(cover.flippedElsewhere == 0 && cover.subjectsElsewhere > 150)
    }

    @Test("is everyone where flips are everywhere")
    func everywhere() throws {
        let cover = try #require(Self.cover { Self.cells[$0].subject % 25 == 0 })
        #expect(cover.segment == .everyone)
        #expect(cover.flipped == 8 && cover.subjects == Set(Self.cells.map(\.subject)).count)
    }

    @Test("is one value where all of it moved")
    func value() throws {
        let cover = try #require(Self.cover { Self.isIn($0, ["geo": "US"]) })
        #expect(cover.segment.words == "US")
        #expect(cover.flipped == cover.subjects)
    }

    @Test("is nothing where nothing flipped")
    func nothing() {
        #expect(Self.cover { _ in false } == nil)
    }
}
