import Model
import NIOCore
import NIOPosix
import Testing

@testable import Probing

/// Keys as they are read, one after the other; the last one stays.
private final class KeyShelf: Sendable {
    private let keys: [Secret?]
    private let reads = Counter()

    init(_ keys: [Secret?]) {
        self.keys = keys
    }

    var timesRead: Int { reads.value }

    func read() -> Secret? {
        defer { reads.add() }
        return keys[min(reads.value, keys.count - 1)]
    }
}

@Suite("A target")
struct TargetConditionTests {
    /// What must happen before a reset is not to wait for other tests' probes.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    static func dropped(_ batches: [Batch]) -> [DropCause: Int] {
        batches.reduce(into: [:]) { $0.merge($1.dropped, uniquingKeysWith: +) }
    }

    static func burst(_ positions: Range<Int>, at start: Int64 = monotonicNanoseconds())
        -> Schedule
    {
        ScheduleTests.schedule(positions, stepNanoseconds: 0, startNanoseconds: start)
    }

    @Test("that says 429 is left alone until its reset, and not a moment longer")
    func limited() async throws {
        let server = try await ScriptedServer(group: Self.group) {
            $0.number == 0
                ? [.answer("{}", status: "429 X", headers: ["Retry-After: 1"])]
                : [.answer(served())]
        }
        let log = EventLog()
        let prober = try prober(
            for: target(server.url), group: Self.group, onEvent: log.note)
        let asked = monotonicNanoseconds()
        #expect(await prober.probe(probe(), on: timeline()).failure?.outcome == .limited)
        let answered = monotonicNanoseconds()
        let reset = try #require(log.conditions.last?.until)
        #expect((asked + 1_000_000_000...answered + 1_000_000_000).contains(reset))
        let during = await ScheduleTests.run(Self.burst(0..<20), by: prober)
        #expect(during.allSatisfy { $0.results.isEmpty } && during.last?.settled == 20)
        #expect(Self.dropped(during) == [.limited: 20])
        #expect(server.requests.count == 1)
        let after = await ScheduleTests.run(Self.burst(20..<25, at: reset), by: prober)
        #expect(after.flatMap(\.results).count { $0.failure == nil } == 5)
        #expect(Self.dropped(after).isEmpty)
        let expected = [
            EventLog.Condition(state: .limited, until: reset, reason: .http(429)),
            EventLog.Condition(state: .ready),
        ]
        #expect(log.conditions == expected)
        await prober.shutdown()
    }

    @Test("that says when its limit is reset is taken at its word")
    func rateLimitReset() async throws {
        let reset = Int(wallSeconds) + 100
        let server = try await ScriptedServer(group: Self.group) { _ in
            [.answer("{}", status: "429 X", headers: ["X-RateLimit-Reset: \(reset)"])]
        }
        let log = EventLog()
        let prober = try prober(
            for: target(server.url), group: Self.group, onEvent: log.note)
        // Both clocks are read once between these: the bounds hold however long that takes.
        let (begun, wallBegun) = (monotonicNanoseconds(), wallNanoseconds())
        _ = await prober.probe(probe(), on: timeline())
        let (ended, wallEnded) = (monotonicNanoseconds(), wallNanoseconds())
        let until = try #require(log.conditions.last?.until)
        let resetAt = Int64(reset) * 1_000_000_000
        // Of seconds in a Double, half a microsecond is lost.
        #expect(until >= begun + resetAt - wallEnded - 1_000)
        #expect(until <= ended + resetAt - wallBegun + 1_000)
        await prober.shutdown()
    }

    @Test("that refuses the key is tried with the key read anew, one probe at a time")
    func unauthorized() async throws {
        // WS1:NEW
        let server = try await ScriptedServer(group: Self.group) {
            [.answer(served(), status: $0.text.contains("V1MxOk5FVw==") ? "200 OK" : "401 X")]
        }
        let (log, shelf) = (EventLog(), KeyShelf([nil, Secret("SECRET"), Secret("NEW")]))
        var limits = Limits()
        limits.trialInterval = .milliseconds(60)
        limits.batchInterval = .milliseconds(1)
        let prober = try prober(
            for: target(server.url), limits: limits, group: Self.group, rereadKey: shelf.read,
            onEvent: log.note)
        #expect(
            await prober.probe(probe(), on: timeline()).failure == Failure(.rejected, .http(401)))
        var results: [ProbeResult] = []
        var causes: Set<DropCause> = []
        let schedule = ScheduleTests.schedule(0..<1_000_000, stepNanoseconds: 5_000_000)
        for await batch in prober.run(schedule, on: timeline()) {
            results += batch.results
            causes.formUnion(batch.dropped.keys)
            prober.acknowledge(batch.results.count)
            if batch.results.contains(where: { $0.failure == nil }) { prober.stop(schedule.halt) }
        }
        #expect(results.prefix(3).map(\.failure?.reason) == [.http(401), .http(401), nil])
        #expect(results.dropFirst(2).allSatisfy { $0.failure == nil })
        #expect(causes == [.unauthorized])
        #expect(shelf.timesRead == 3)
        #expect(
            log.conditions.map(\.state) == [.unauthorized, .unauthorized, .unauthorized, .ready])
        let times = log.conditions.compactMap(\.until)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 60_000_000 })
        // WS1:SECRET
        let keys = server.requests.map { $0.text.contains("V1MxOlNFQ1JFVA==") }
        #expect(keys.prefix(4) == [true, true, true, false] && !keys.dropFirst(3).contains(true))
        await prober.shutdown()
    }

    @Test("that fails ten times in a row is tried by one probe before all the others")
    func open() async throws {
        let server = try await ScriptedServer(group: Self.group) {
            [.answer(served(), status: $0.number < 10 ? "503 X" : "200 OK")]
        }
        let log = EventLog()
        let prober = try prober(
            for: target(server.url), group: Self.group, onEvent: log.note)
        for _ in 0..<9 { _ = await prober.probe(probe(), on: timeline()) }
        #expect(log.conditions.isEmpty)
        let asked = monotonicNanoseconds()
        _ = await prober.probe(probe(), on: timeline())
        let answered = monotonicNanoseconds()
        let trial = try #require(log.conditions.last?.until)
        #expect((asked + 500_000_000...answered + 1_000_000_000).contains(trial))
        let during = await ScheduleTests.run(Self.burst(0..<20), by: prober)
        #expect(during.allSatisfy { $0.results.isEmpty })
        #expect(Self.dropped(during) == [.circuitOpen: 20])
        #expect(server.requests.count == 10)
        // All are due at once: the first is the trial, which is not answered before the others.
        let turn = await ScheduleTests.run(Self.burst(20..<25, at: trial), by: prober)
        #expect(turn.flatMap(\.results).map(\.position) == [20])
        #expect(Self.dropped(turn) == [.circuitOpen: 4])
        let after = await ScheduleTests.run(Self.burst(25..<30), by: prober)
        #expect(after.flatMap(\.results).count { $0.failure == nil } == 5)
        let expected = [
            EventLog.Condition(state: .open, until: trial, reason: .http(503)),
            EventLog.Condition(state: .halfOpen, reason: .http(503)),
            EventLog.Condition(state: .ready),
        ]
        #expect(log.conditions == expected)
        await prober.shutdown()
    }

    @Test("that nobody listens for counts as one that fails")
    func refused() async throws {
        let log = EventLog()
        let port = try KeptPort()
        let prober = try prober(
            for: target("http://127.0.0.1:\(port.number)"), onEvent: log.note)
        for _ in 0..<10 { _ = await prober.probe(probe(), on: timeline()) }
        #expect(
            log.conditions.map(\.state) == [.open] && log.conditions.map(\.reason) == [.refused])
        await prober.shutdown()
    }
}

private var wallSeconds: Double { Double(wallNanoseconds()) / 1e9 }
