import Foundation
import Model
import Storage
import TestKit
import Testing

@Suite("The targeting map's history")
struct TargetingHistoryTests {
    private static let hour = Instant.microsecondsPerHour

    @Test("tells what a cell answered at any instant, and since when")
    func history() throws {
        let fixture = try Fixture()
        let store = fixture.store
        let context = Context(day: .sunday, hour: 19, device: "iphone", geo: "IN")
        for (number, variation) in ["1", "1", "2", nil, "1"].enumerated() {
            let result = probeResult(
                index: number, at: noon.advanced(by: Int64(number) * Self.hour),
                variation: variation, context: context)
            try store.record([result], rounds: [], boot: "boot")
        }
        let segment = Segment([
            Coordinate(dimension: "geo", value: "IN"),
            Coordinate(dimension: "day", value: "Sunday"),
            Coordinate(dimension: "hour", value: "19"),
        ])
        func answer(after hours: Double) throws -> [String] {
            try store.targeting(
                plan: "shop", target: "production",
                at: noon.advanced(by: Int64(hours * Double(Self.hour))), in: segment
            ).map { "\($0.outcome) \($0.variation ?? "–")" }
        }
        #expect(try answer(after: -0.1) == [])
        #expect(try answer(after: 1.9) == ["served 1"])
        #expect(try answer(after: 2) == ["served 2"])
        #expect(try answer(after: 3.5) == ["unmatched –"])
        #expect(try answer(after: 99) == ["served 1"])
        let all = try store.targetingHistory(
            plan: "shop", target: "production", in: segment, experience: "hero")
        #expect(all.map(\.variation) == ["1", "2", nil, "1"])
        #expect(
            all.dropLast().map(\.until) == all.dropFirst().map(\.since) && all.last?.until == nil)
        let elsewhere = Segment([Coordinate(dimension: "geo", value: "US")])
        #expect(
            try store.targeting(plan: "shop", target: "production", at: noon, in: elsewhere) == [])
        #expect(try store.check() == [])
    }

    @Test("keeps its order when the clock is set back")
    func clockSetBack() throws {
        let fixture = try Fixture()
        let store = fixture.store
        for (number, hours) in [0, 5, 2].enumerated() {
            let result = probeResult(
                index: number, at: noon.advanced(by: Int64(hours) * Self.hour),
                variation: String(number))
            try store.record([result], rounds: [], boot: "boot")
        }
        let all = try store.targetingHistory(
            plan: "shop", target: "production", in: .everyone)
        #expect(all.allSatisfy { cell in cell.until.map { cell.since <= $0 } ?? true })
        #expect(
            try store.targeting(plan: "shop", target: "production", at: always.until)
                .map(\.variation) == ["2"])
    }
}

@Suite("Bodies of answers")
struct BodyTests {
    private static func body(_ text: String) -> AnswerBody? { AnswerBody(Array(text.utf8)) }

    @Test("are kept once for each content, and given back with the one before")
    func once() throws {
        let fixture = try Fixture()
        let texts = ["{\"a\":1}", "{\"a\":1}", "{\"a\":2}"]
        for (number, text) in texts.enumerated() {
            var result = probeResult(
                round: number + 1, at: noon.advanced(by: Int64(number)),
                experiences: ["hero", "promo"])
            result.body = Self.body(text)
            try fixture.store.record([result], rounds: [], boot: "boot")
        }
        #expect(try fixture.rows("SELECT count(*) FROM body") == ["2"])
        let last = try #require(try fixture.store.answerBody(of: 6))
        #expect(last.bytes == Array(texts[2].utf8) && last.resultID == 5)
        #expect(last.subject == "panel-0001" && last.experiences == ["hero", "promo"])
        let before = try #require(try fixture.store.answerBody(before: 6))
        #expect(before.bytes == Array(texts[1].utf8) && before.resultID == 3)
        #expect(try fixture.store.answerBody(before: 1) == nil)
        #expect(try fixture.store.answerBody(of: 7) == nil)
        // A store that was opened again finds the content by its hash.
        try fixture.store.close()
        let store = try Store(writing: fixture.store.path)
        try store.begin(boot: "b2", agent: "eu-1", configuration: settings, at: noon)
        var again = probeResult(round: 9)
        again.body = Self.body(texts[0])
        try store.record([again], rounds: [], boot: "b2")
        #expect(try fixture.rows("SELECT count(*) FROM body") == ["2"])
        #expect(try store.check() == [])
    }

    @Test("that are all different are bounded in each commit; the rest is told as not kept")
    func bounded() throws {
        let fixture = try Fixture()
        let results = (0..<300).map { number in
            var result = probeResult(index: number)
            result.body = Self.body("answer \(number)")
            return result
        }
        try fixture.store.record(results, rounds: [], boot: "boot")
        #expect(try fixture.rows("SELECT count(*) FROM body") == ["200"])
        #expect(try fixture.store.answerBody(of: 200)?.bytes != nil)
        #expect(try fixture.store.answerBody(of: 201)?.bytes == nil)
        #expect(AnswerBody([]) == nil && AnswerBody(.init(repeating: 1, count: 65_537)) == nil)
        #expect(try fixture.store.check() == [])
    }
}
