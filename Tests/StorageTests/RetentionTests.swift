import Analysis
import Model
import Storage
import TestKit
import Testing

@Suite("Retention")
struct RetentionTests {
    private static let end = noon.advanced(by: 100 * Instant.microsecondsPerHour)
    private static let day = Instant.microsecondsPerDay
    private static let short = Retention(
        observationsUs: 2 * day, answersUs: day, fiveMinuteUs: day, hourlyUs: 2 * day)

    private static func filled(hours: Int64 = 96) throws -> Fixture {
        let fixture = try Fixture.ofWorld()
        var results = World.results(seed: 4, count: 3_000, hours: hours)
        for index in results.indices {
            results[index].body = AnswerBody(Array("{\"n\":\(index / 500)}".utf8))
        }
        var rest = results[...]
        while !rest.isEmpty {
            try fixture.store.record(Array(rest.prefix(300)), rounds: [], boot: "w")
            rest = rest.dropFirst(300)
        }
        var evaluator = Evaluator(store: fixture.store)
        try evaluator.closeWindows(before: end)
        return fixture
    }

    private static func retain(
        _ store: Store, sinks: [String] = [], now: Instant = end
    ) throws -> Int {
        var steps = 0
        while try !store.retain(short, sinks: sinks, now: now, limit: 40).isDone { steps += 1 }
        return steps
    }

    @Test("deletes what is old, a little at a time, and leaves the store sound")
    func deletes() throws {
        let fixture = try Self.filled()
        let before = try fixture.store.statistics()
        #expect(try Self.retain(fixture.store) > 20)
        let after = try fixture.store.statistics()
        #expect(after.results < before.results && after.results > 500)
        let rows = try #require(try fixture.store.horizon().rows)
        #expect(rows == Window(.day, containing: Self.end.advanced(by: -2 * Self.day)).start)
        #expect(try fixture.store.check() == [])
        #expect(
            try fixture.rows("SELECT count(*) FROM rollup WHERE size = '1d'") != ["0"])
        #expect(try Self.retain(fixture.store) == 0, "once is enough")
        let statistics = try fixture.store.statistics()
        #expect(try statistics.bodies < fixture.rows("SELECT id FROM body").count)
    }

    @Test("leaves what was not exported yet, and what is in no rollup")
    func leaves() throws {
        let fixture = try Self.filled()
        try fixture.store.moveExportCursor("out", to: 10)
        let results = try fixture.store.statistics().results
        _ = try Self.retain(fixture.store, sinks: ["out"])
        #expect(try fixture.store.statistics().results == results)
        _ = try Self.retain(fixture.store, sinks: ["a new one"])
        #expect(try fixture.store.statistics().results == results)
        // Nobody exports there any more.
        _ = try Self.retain(fixture.store)
        #expect(try fixture.store.statistics().results < results)
        let unclosed = try Fixture.ofWorld()
        try unclosed.store.record(
            World.results(seed: 4, count: 1_200, hours: 5), rounds: [], boot: "w")
        _ = try Self.retain(unclosed.store)
        #expect(try unclosed.store.statistics().results == 1_200)
    }

    @Test("tells the same of whole days and hours as before: from what is left")
    func reports() throws {
        let fixture = try Self.filled()
        func everyone(_ since: Instant) throws -> (Instant, Tally) {
            let cover = Cover(
                Span(since: since, until: Self.end), watermark: try fixture.store.watermark(),
                horizon: try fixture.store.horizon())
            var tally = Tally()
            for part in cover.rollups {
                let parts = try fixture.store.tallies(
                    size: part.size, in: part.span, shapes: [[]])
                for value in parts.values { tally.merge(value) }
            }
            #expect(cover.rows.isEmpty)
            return (cover.span.since, tally)
        }
        let day = Window(.day, containing: noon).end
        let before = try everyone(day)
        _ = try Self.retain(fixture.store)
        #expect(try everyone(day) == before)
        // Where only days are left, a day is told whole.
        let within = try everyone(day.advanced(by: 5 * Instant.microsecondsPerHour + 1))
        #expect(within == before)
    }

    @Test("never gives a place away twice, and goes on in an emptied store")
    func places() throws {
        let fixture = try Self.filled()
        let last = try fixture.store.observationLines(
            after: 0, since: nil, until: nil, limit: .max
        ).last?.seq
        let later = Self.end.advanced(by: 40 * Self.day)
        var evaluator = Evaluator(store: fixture.store)
        try evaluator.closeWindows(before: later)
        _ = try Self.retain(fixture.store, now: later)
        #expect(try fixture.store.statistics().results == 0)
        #expect(try fixture.rows("SELECT count(*) FROM stretch") == ["0"])
        #expect(try fixture.store.check() == [])
        let result = probeResult(at: later)
        let seqs = try fixture.store.record([result], rounds: [], boot: "w")
        #expect(try seqs == [#require(last) + 1])
        let reopened = fixture.store.path
        try fixture.store.close()
        let store = try Store(writing: reopened)
        try store.begin(boot: "x", agent: "eu-1", configuration: World.settings, at: later)
        #expect(try store.record([result], rounds: [], boot: "x") == [seqs[0] + 1])
        #expect(try store.check().count == 1, "the same probe in two lives is told")
    }

    @Test("keeps the last round of a plan, and the last whole one")
    func rounds() throws {
        let fixture = try Self.filled()
        for number in 1...4 {
            var round = roundStatus(number)
            round.state = number == 2 ? .complete : .incomplete
            try fixture.store.finishRound(round)
        }
        _ = try Self.retain(fixture.store)
        #expect(try fixture.rows("SELECT number FROM round ORDER BY 1") == ["2", "4"])
    }
}
