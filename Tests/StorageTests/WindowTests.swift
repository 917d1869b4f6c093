import Analysis
import Model
import Storage
import TestKit
import Testing

@Suite("Closed windows")
struct WindowTests {
    private static let end = noon.advanced(by: 61 * Instant.microsecondsPerHour)

    /// Records in chunks, and closes what can be closed in between.
    private static func filled(
        _ results: [ProbeResult], chunks: ClosedRange<Int>, seed: UInt64
    ) throws -> Fixture {
        let fixture = try Fixture.ofWorld()
        var generator = SplitMix64(seed: seed)
        var evaluator = Evaluator(store: fixture.store)
        var rest = results[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Int.random(in: chunks, using: &generator))
            rest = rest.dropFirst(chunk.count)
            try fixture.store.record(Array(chunk), rounds: [], boot: "w")
            if let next = rest.first { try evaluator.closeWindows(before: next.dueAt) }
        }
        try evaluator.closeWindows(before: end)
        return fixture
    }

    /// What a span comes to, read along its cover.
    private static func tallies(
        _ store: Store, _ span: Span, shapes: [[String]]
    ) throws -> [Segment: Tally] {
        let cover = Cover(span, watermark: try store.watermark(), horizon: try store.horizon())
        var tallies: [Segment: Tally] = [:]
        for part in cover.rollups {
            for (scope, tally) in try store.tallies(
                size: part.size, in: part.span, plan: "shop", shapes: shapes)
            {
                tallies[scope.segment, default: Tally()].merge(tally)
            }
        }
        for rows in cover.rows {
            for (segment, tally) in try rolled(store, rows, shapes: shapes) {
                tallies[segment, default: Tally()].merge(tally)
            }
        }
        return tallies
    }

    /// What the rows of a span come to.
    private static func rolled(
        _ store: Store, _ span: Span, shapes: [[String]]
    ) throws -> [Segment: Tally] {
        var roller = Roller(size: .day, shapes: ["shop": shapes])
        try store.digests(in: span) { roller.add($0) }
        return roller.take().reduce(into: [:]) {
            $0[$1.key.segment, default: Tally()].merge($1.tally)
        }
    }

    /// What closed windows say, whatever the ids of the texts are.
    private struct Closed: Equatable {
        let rollups: Set<Rollup>
        let findings: [WindowFindings]
        let snapshot: StateSnapshot?
    }

    private static func closed(_ fixture: Fixture) throws -> Closed {
        let store = fixture.store
        return Closed(
            rollups: Set(
                try WindowSize.allCases.flatMap { try store.rollups(size: $0, in: always) }),
            findings: try store.windowFindings(in: always), snapshot: try store.snapshot(at: end))
    }

    @Test("are what their rows are, over any span", arguments: 1...6 as ClosedRange<UInt64>)
    func rollupsAreRows(seed: UInt64) throws {
        let results = World.results(seed: seed, count: 900)
        let fixture = try Self.filled(results, chunks: 1...200, seed: seed)
        let shapes = rollupShapes(of: World.plan.matrix)
        var generator = SplitMix64(seed: seed)
        for _ in 0..<12 {
            let bounds = (0..<2).map { _ in
                noon.advanced(by: Int64.random(in: 0..<220_000_000_000, using: &generator))
            }.sorted()
            let span = Span(since: bounds[0], until: bounds[1])
            // Counts, sketches and with them every quantile: equal, not near.
            #expect(
                try Self.tallies(fixture.store, span, shapes: shapes)
                    == Self.rolled(fixture.store, span, shapes: shapes), "seed \(seed)")
        }
        let all = try Self.tallies(fixture.store, always, shapes: [[]])[.everyone] ?? Tally()
        #expect(all.asked + all.maintenance == results.count)
    }

    @Test(
        "have the same bytes however they came to be closed",
        arguments: 1...4 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        let results = World.results(seed: seed, count: 900)
        let often = try Self.filled(results, chunks: 1...9, seed: seed)
        let once = try Self.filled(results, chunks: 900...900, seed: seed)
        let rows = try often.windowRows()
        #expect(try Self.closed(often) == Self.closed(once))
        // Closed once more in one go, from the first row on, in the same file.
        let outcome = try Replay.run(often.store, since: noon, until: Self.end)
        #expect(outcome.differences.isEmpty)
        #expect(try rows == often.windowRows())
        #expect(rows.contains { $0.contains("\"kind\":\"srm\"") }, "a finding is among them")
    }

    @Test("are closed again after the clock was set back, and are what they would have been")
    func clockSetBack() throws {
        let results = World.results(seed: 5, count: 600)
        let whole = try Self.filled(results, chunks: 600...600, seed: 5)
        let fixture = try Fixture.ofWorld()
        var evaluator = Evaluator(store: fixture.store)
        let middle = results.count / 2
        try fixture.store.record(Array(results[..<middle]), rounds: [], boot: "w")
        // A clock that is a day ahead closes windows that have not begun.
        try evaluator.closeWindows(before: Self.end)
        #expect(try fixture.store.watermark() == Self.end)
        try evaluator.closeWindows(before: results[middle].dueAt)
        let back = try fixture.store.watermark()
        #expect(back == Window(.fiveMinutes, containing: results[middle].dueAt).start)
        try fixture.store.record(Array(results[middle...]), rounds: [], boot: "w")
        #expect(try fixture.store.lateResults(in: always) == 0)
        try evaluator.closeWindows(before: Self.end)
        #expect(try Self.closed(fixture) == Self.closed(whole))
    }

    @Test("find the same when they are replayed, from any hour on")
    func replay() throws {
        let results = World.results(seed: 3, count: 700)
        let fixture = try Self.filled(results, chunks: 50...100, seed: 3)
        let rows = try fixture.windowRows()
        for hours in [0, 7, 31, 59] as [Int64] {
            let since = noon.advanced(by: hours * Instant.microsecondsPerHour + 1)
            let outcome = try Replay.run(fixture.store, since: since, until: Self.end)
            #expect(outcome.differences.isEmpty && outcome.late == 0 && outcome.carried == nil)
            #expect(outcome.windows == Int(61 - hours) * 12)
            #expect(try fixture.windowRows() == rows, "from hour \(hours)")
        }
        let early = try Replay.run(
            fixture.store, since: noon, until: noon.advanced(by: Instant.microsecondsPerHour))
        #expect(early.windows == 12 && early.carried == nil)
    }

    @Test("pick up what came too late when they are replayed, and tell what it changed")
    func late() throws {
        let results = World.results(seed: 8, count: 700)
        let whole = try Self.filled(results, chunks: 700...700, seed: 8)
        // Two that count before the middle, one after it.
        let counted = results.indices.filter {
            results[$0].probe.subject.population == .cohort && !results[$0].isMaintenance
                && results[$0].observations.contains { $0.outcome == .served }
        }
        let late = Set(
            counted.filter { $0 < 200 }.suffix(2) + counted.filter { $0 > 350 }.prefix(1))
        let inTime = results.indices.filter { !late.contains($0) }.map { results[$0] }
        let fixture = try Self.filled(inTime, chunks: 300...300, seed: 8)
        try fixture.store.record(late.sorted().map { results[$0] }, rounds: [], boot: "w")
        #expect(try fixture.store.lateResults(in: always) == 3)
        let until = results[200].dueAt
        let outcome = try Replay.run(fixture.store, since: noon, until: until)
        #expect(outcome.late == 3, "what follows from the first two is carried to the third")
        #expect(outcome.carried?.until == Self.end)
        #expect(!outcome.differences.isEmpty, "more subjects, another p")
        #expect(try fixture.store.lateResults(in: always) == 0)
        func everyone(_ fixture: Fixture) throws -> Tally? {
            try Self.tallies(fixture.store, always, shapes: [[]])[.everyone]
        }
        #expect(try everyone(fixture) == everyone(whole))
        let again = try Replay.run(fixture.store, since: noon, until: Self.end)
        #expect(again.differences.isEmpty && again.late == 0)
    }

    @Test("of a day that is over hold what came late, though one of its hours alone is replayed")
    func lateDay() throws {
        let results = World.results(seed: 9, count: 700)
        // Nothing that is carried on: the panel's.
        let late = try #require(
            results.firstIndex { $0.probe.subject.population == .panel && !$0.isMaintenance })
        let whole = try Self.filled(results, chunks: 700...700, seed: 9)
        let fixture = try Self.filled(
            results.enumerated().filter { $0.offset != late }.map(\.element), chunks: 700...700,
            seed: 9)
        try fixture.store.record([results[late]], rounds: [], boot: "w")
        let outcome = try Replay.run(
            fixture.store, since: results[late].dueAt, until: results[late].dueAt.advanced(by: 1))
        #expect(outcome.late == 1)
        let day = Window(.day, containing: results[late].dueAt)
        #expect(outcome.carried?.until == day.end)
        for size in WindowSize.allCases {
            #expect(
                try Set(fixture.store.rollups(size: size, in: always))
                    == Set(whole.store.rollups(size: size, in: always)), "\(size)")
        }
    }

    @Test("are not replayed where there is nothing, or nothing any more")
    func refusals() throws {
        let fixture = try Fixture.ofWorld()
        #expect(throws: Replay.Refusal.nothingClosed) {
            try Replay.run(fixture.store, since: noon, until: Self.end)
        }
        let filled = try Self.filled(World.results(seed: 2, count: 4_000), chunks: 90...90, seed: 2)
        #expect(throws: Replay.Refusal.notClosedYet(watermark: Self.end)) {
            try Replay.run(filled.store, since: Self.end, until: Self.end.advanced(by: 1))
        }
        var retention = Retention()
        retention.observationsUs = Instant.microsecondsPerDay
        while try !filled.store.retain(retention, sinks: [], now: Self.end, limit: 100).isDone {}
        let gone = try #require(try filled.store.horizon().rows)
        #expect(throws: Replay.Refusal.rowsGone(first: gone)) {
            try Replay.run(filled.store, since: noon, until: Self.end)
        }
        let outcome = try Replay.run(filled.store, since: gone, until: Self.end)
        #expect(outcome.differences.isEmpty && outcome.results > 100)
    }
}
