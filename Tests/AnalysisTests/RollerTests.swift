import Analysis
import Model
import Statistics
import TestKit
import Testing

@Suite("Rolling")
struct RollerTests {
    static let shapes = ["shop": [[], ["geo"]]]

    static func results(seed: UInt64, count: Int) -> [ProbeResult] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let isFailed = Int.random(in: 0..<10, using: &generator) == 0
            return result(
                after: Int64.random(in: 0..<172_800_000_000, using: &generator),
                geo: ["IN", "US", "DE"].randomElement(using: &generator) ?? "IN",
                population: Bool.random(using: &generator) ? .panel : .cohort,
                latency: Int64.random(in: 1_000...90_000, using: &generator),
                variation: ["1", "2", nil].randomElement(using: &generator) ?? nil,
                failure: isFailed ? Failure(.timeout, .bodyTimeout) : nil,
                attempt: isFailed ? 5 : 0)
        }
    }

    static func rollups(_ results: some Sequence<ProbeResult>, size: WindowSize = .fiveMinutes)
        -> [RollupKey: Tally]
    {
        var roller = Roller(size: size, shapes: shapes)
        for result in results { roller.add(result.digest) }
        return byKey(roller.take())
    }

    static func byKey(_ rollups: [Rollup]) -> [RollupKey: Tally] {
        rollups.reduce(into: [:]) { $0[$1.key, default: Tally()].merge($1.tally) }
    }

    @Test(
        "merges five minutes to hours to days, equal to rolling days at once",
        arguments: 1...5 as ClosedRange<UInt64>)
    func merging(seed: UInt64) {
        let results = Self.results(seed: seed, count: 400)
        var roller = Roller(shapes: Self.shapes)
        for result in results { roller.add(result.digest) }
        let days = merge(merge(roller.take(), into: .hour), into: .day)
        #expect(Self.byKey(days) == Self.rollups(results, size: .day), "seed \(seed)")
        let halves = [results.prefix(170), results.dropFirst(170)].map { Self.rollups($0) }
        let joined = halves[0].merging(halves[1]) { a, b in
            var a = a
            a.merge(b)
            return a
        }
        #expect(joined == Self.rollups(results), "seed \(seed)")
    }

    @Test("keeps failures out of the latency of the answered")
    func failures() {
        let results = [
            result(latency: 1_000), result(latency: 900_000, failure: Failure(.failed, .http(503))),
        ]
        let tally = tally(results)
        #expect(tally.answered == 1 && tally.asked == 2)
        #expect(tally.phases[.latency]?.max == 1_000)
        #expect(tally.failures == [Failure(.failed, .http(503)): 1])
        #expect(tally.failureResponse.count == 1)
    }

    @Test("counts a cohort subject as missing at its last try, a panel subject never")
    func missing() {
        let broken = Failure(.timeout, .bodyTimeout)
        let results = (0...5).map { result(failure: broken, attempt: $0) }
        #expect(tally(results).missing == ["hero": 1])
        let panel = result(population: .panel, failure: broken, attempt: 5)
        #expect(tally([panel]).missing.isEmpty)
    }

    @Test("rolls everyone, each dimension and the plane of day and hour")
    func shapes() {
        let matrix = MatrixDefinition(
            days: .now, hours: .now, geos: [Geo(name: "IN", address: "192.0.2.1")],
            attributes: [AttributeAxis(name: "utm", values: [nil])])
        #expect(
            rollupShapes(of: matrix) == [[], ["day"], ["geo"], ["hour"], ["utm"], ["day", "hour"]])
    }
}

@Suite("Cover")
struct CoverTests {
    @Test("is made of disjoint parts that make up the span", arguments: 0..<60 as Range<UInt64>)
    func partition(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        func instant() -> Instant {
            start.advanced(by: Int64.random(in: 0..<400_000_000_000, using: &generator))
        }
        let span = Span(since: instant(), until: instant())
        let watermark: Instant? =
            seed % 5 == 0 ? nil : Window(.fiveMinutes, containing: instant()).start
        let cover = Cover(span, watermark: watermark)
        var parts = cover.rows + cover.rollups.map(\.span)
        parts.sort { $0.since < $1.since }
        var reached = span.since
        for part in parts {
            #expect(part.since == reached && part.since < part.until, "seed \(seed)")
            reached = part.until
        }
        #expect(parts.isEmpty ? span.since == span.until : reached == span.until, "seed \(seed)")
        for part in cover.rollups {
            #expect(part.span.until <= watermark ?? part.span.since)
            #expect(Window(part.size, containing: part.span.since).start == part.span.since)
            #expect(Window(part.size, containing: part.span.until).start == part.span.until)
        }
        let rowTime = cover.rows.reduce(0) { $0 + $1.since.distance(to: $1.until) }
        let late = watermark.map { max(0, max($0, span.since).distance(to: span.until)) }
        if let late { #expect(rowTime <= late + 2 * 300_000_000, "seed \(seed)") }
    }

    @Test(
        "reads nothing that retention has taken away, wherever a span begins",
        arguments: 0..<200 as Range<UInt64>)
    func horizon(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        func instant() -> Instant {
            let instant = start.advanced(
                by: Int64.random(in: 0..<800_000_000_000, using: &generator))
            return Bool.random(using: &generator)
                ? Window(.fiveMinutes, containing: instant).start : instant
        }
        var horizon = Horizon()
        horizon.rows = Window(.day, containing: instant()).start
        horizon[.fiveMinutes] = Window(.hour, containing: instant()).start
        if seed % 3 > 0 { horizon[.hour] = Window(.day, containing: instant()).start }
        let end = start.advanced(by: 1_000_000_000_000)
        let asked = instant()
        for since in [asked, horizon.wholeFrom(asked)] {
            let cover = Cover(Span(since: since, until: end), watermark: end, horizon: horizon)
            for part in cover.rows { #expect(part.since >= horizon.rows ?? part.since) }
            for part in cover.rollups {
                #expect(part.span.since >= horizon[part.size] ?? part.span.since)
            }
            #expect(cover.span.since <= since)
        }
        let whole = horizon.wholeFrom(asked)
        #expect(whole >= asked)
        let cover = Cover(Span(since: whole, until: end), watermark: end, horizon: horizon)
        #expect(cover.span.since == whole)
    }
}
