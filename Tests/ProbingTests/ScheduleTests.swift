import Model
import NIOCore
import NIOPosix
import Testing

@testable import Probing

@Suite("A schedule")
struct ScheduleTests {
    /// All batches of a schedule, acknowledged as they come.
    static func run(
        _ schedule: Schedule, by prober: Prober, on timeline: Timeline = timeline(),
        acknowledging: Bool = true
    ) async -> [Batch] {
        var batches: [Batch] = []
        for await batch in prober.run(schedule, on: timeline) {
            batches.append(batch)
            if acknowledging { prober.acknowledge(batch.results.count) }
        }
        return batches
    }

    static func schedule(
        _ positions: Range<Int>, stepNanoseconds: Double = 100_000,
        startNanoseconds: Int64 = monotonicNanoseconds(),
        probe: @escaping @Sendable (Int, Instant) -> Probe? = { position, _ in probe(position) }
    ) -> Schedule {
        Schedule(
            plan: "storefront", startNanoseconds: startNanoseconds,
            stepNanoseconds: stepNanoseconds, first: positions.lowerBound,
            end: positions.upperBound, probe: probe)
    }

    @Test("gives each position once, with the instant it was due, and settles them in order")
    func whole() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        let clock = timeline(factor: 60)
        let schedule = Self.schedule(7..<207)
        let batches = await Self.run(schedule, by: prober, on: clock)
        let results = batches.flatMap(\.results)
        #expect(results.map(\.position).sorted() == Array(7..<207))
        #expect(results.allSatisfy { $0.failure == nil })
        for result in results {
            let due = schedule.startNanoseconds + Int64(result.position - 7) * 100_000
            #expect(result.dueAt == clock.instant(atNanoseconds: due))
            expectWhole(result)
        }
        #expect(batches.map(\.settled) == batches.map(\.settled).sorted())
        #expect(batches.last?.settled == 207)
        #expect(batches.last?.oldestDue == nil)
        #expect(batches.dropLast().allSatisfy { $0.oldestDue != nil })
        await prober.shutdown()
    }

    @Test("reuses connections and says so")
    func reuse() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        var connections: [Transport.Connection?] = []
        for _ in 0..<3 {
            let result = await prober.probe(probe(), on: timeline())
            connections.append(result.transport.connection)
            expectWhole(result)
        }
        #expect(connections == [.new, .reused, .reused])
        #expect(server.connections == 1)
        await prober.shutdown()
    }

    @Test(
        "uses no connection that the server closed or said it would",
        arguments: [
            [ScriptedServer.Step.answer(served()), .close],
            [.answer(served(), headers: ["Connection: close"])],
            [.send("HTTP/1.0 200 OK\r\nContent-Length: 18\r\n\r\n{\"experiences\":{}}")],
        ])
    func closing(steps: [ScriptedServer.Step]) async throws {
        let server = try await ScriptedServer { _ in steps }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let prober = try prober(for: target(server.url), group: group)
        for _ in 0..<3 {
            let result = await prober.probe(probe(), on: timeline())
            // Another connection would have no end to wait for.
            try #require(result.failure == nil && result.transport.connection == .new)
            for await _ in server.closings { break }
            // A task of the future makes the loop, which has nothing else to do, read first; the
            // server tells of the end before the end has left it.
            try await group.next().scheduleTask(in: .milliseconds(100)) {}.futureResult.get()
        }
        await prober.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("closes a connection that was idle too long instead of using it")
    func aged() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        var limits = Limits()
        limits.idleAge = .nanoseconds(0)
        let prober = try prober(for: target(server.url), limits: limits)
        for _ in 0..<3 {
            #expect(await prober.probe(probe(), on: timeline()).transport.connection == .new)
        }
        #expect(server.connections == 3)
        await prober.shutdown()
    }

    @Test("is not slowed by a server that stalls: every probe leaves when due or is dropped")
    func openArrival() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ScriptedServer(group: group) { _ in [] }
        let prober = try prober(
            for: target(server.url, timeoutUs: 1_500_000, maxInFlight: 10), group: group)
        let clock = timeline()
        let schedule = Self.schedule(0..<100, stepNanoseconds: 200_000)
        let batches = await Self.run(schedule, by: prober, on: clock)
        let results = batches.flatMap(\.results)
        // All hundred are due before the first times out: ten leave, in order, the rest is dropped.
        #expect(results.map(\.position) == Array(0..<10))
        #expect(batches.reduce(0) { $0 + ($1.dropped[.inFlight] ?? 0) } == 90)
        #expect(results.allSatisfy { $0.failure == Failure(.timeout, .firstByteTimeout) })
        for result in results {
            let due = schedule.startNanoseconds + Int64(result.position) * 200_000
            #expect(result.dueAt == clock.instant(atNanoseconds: due))
            #expect(result.phases.responseUs >= 1_500_000)
        }
        #expect(batches.last?.settled == 100)
        await prober.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("spends no more than the target's budget")
    func budget() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url, budget: Rate(perSecond: 0.001)))
        // A hundred at once: one token is there, and the next comes in a quarter of an hour.
        let batches = await Self.run(Self.schedule(0..<100, stepNanoseconds: 0), by: prober)
        #expect(batches.reduce(0) { $0 + $1.results.count } == 1)
        #expect(batches.reduce(0) { $0 + ($1.dropped[.budget] ?? 0) } == 99)
        #expect(batches.last?.settled == 100)
        await prober.shutdown()
    }

    @Test("drops what would make more results than may wait for their commit")
    func store() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        var limits = Limits()
        limits.unacknowledged = 30
        let prober = try prober(for: target(server.url), limits: limits)
        let first = await Self.run(
            Self.schedule(0..<50, stepNanoseconds: 0), by: prober, acknowledging: false)
        #expect(first.reduce(0) { $0 + $1.results.count } == 30)
        #expect(first.reduce(0) { $0 + ($1.dropped[.store] ?? 0) } == 20)
        prober.acknowledge(10)
        let second = await Self.run(
            Self.schedule(50..<100, stepNanoseconds: 0), by: prober, acknowledging: false)
        #expect(second.reduce(0) { $0 + $1.results.count } == 10)
        await prober.shutdown()
    }

    @Test("skips what is settled already, silently")
    func skipped() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        let batches = await Self.run(
            Self.schedule(0..<20) { position, _ in
                position.isMultiple(of: 2) ? nil : probe(position)
            }, by: prober)
        #expect(
            batches.flatMap(\.results).map(\.position).sorted()
                == stride(from: 1, to: 20, by: 2).map { $0 })
        #expect(batches.allSatisfy { $0.dropped.isEmpty })
        #expect(batches.last?.settled == 20)
        await prober.shutdown()
    }

    @Test("ends at once where nothing is left")
    func empty() async throws {
        let prober = try prober(for: target("http://127.0.0.1:1"))
        let batches = await Self.run(Self.schedule(5..<5), by: prober)
        #expect(batches.map(\.settled) == [5])
        #expect(batches.map(\.oldestDue) == [nil])
        await prober.shutdown()
    }

    @Test("holds back what is settled behind a probe that is in flight")
    func inOrder() async throws {
        // The first is never answered; all others are, and within its time: on a loop of their own.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ScriptedServer(group: group) {
            $0.text.contains("FIRST") ? [] : [.answer(served())]
        }
        let prober = try prober(
            for: target(server.url, timeoutUs: 1_000_000), group: group)
        let clock = timeline()
        let schedule = Self.schedule(0..<50, stepNanoseconds: 2_000_000) { position, _ in
            probe(position, experiences: [position == 0 ? "FIRST" : "hero"])
        }
        let batches = await Self.run(schedule, by: prober, on: clock)
        let early = batches.prefix { !$0.results.contains { $0.position == 0 } }
        #expect(early.contains { !$0.results.isEmpty })
        #expect(early.allSatisfy { $0.settled == 0 })
        let due = clock.instant(atNanoseconds: schedule.startNanoseconds)
        #expect(early.allSatisfy { $0.oldestDue == due })
        #expect(batches.last?.settled == 50)
        await prober.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("leaves what it had not sent when it is stopped")
    func stopped() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        let start = monotonicNanoseconds()
        // The second is due in an hour.
        let schedule = Self.schedule(0..<2, stepNanoseconds: 3.6e12, startNanoseconds: start)
        let clock = timeline()
        var batches: [Batch] = []
        for await batch in prober.run(schedule, on: clock) {
            batches.append(batch)
            if !batch.results.isEmpty { prober.stop() }
        }
        #expect(batches.flatMap(\.results).map(\.position) == [0])
        #expect(batches.last?.settled == 1)
        #expect(batches.allSatisfy { $0.dropped.isEmpty })
        let due = clock.instant(atNanoseconds: start + 3_600_000_000_000)
        #expect(batches.last?.oldestDue == due)
        let after = await Self.run(Self.schedule(0..<5), by: prober)
        #expect(after.map(\.settled) == [0])
        await prober.shutdown()
    }

    @Test("tells its progress while nothing comes back")
    func progress() async throws {
        let server = try await ScriptedServer { _ in [] }
        let prober = try prober(for: target(server.url, timeoutUs: 700_000))
        let batches = await Self.run(Self.schedule(0..<1), by: prober)
        #expect(batches.dropLast().contains { $0.results.isEmpty && $0.oldestDue != nil })
        await prober.shutdown()
    }

    @Test("shares one target's cap with the schedules beside it")
    func together() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ScriptedServer(group: group) { _ in [] }
        let prober = try prober(
            for: target(server.url, timeoutUs: 1_500_000, maxInFlight: 8), group: group)
        async let one = Self.run(Self.schedule(0..<20, stepNanoseconds: 0), by: prober)
        async let other = Self.run(Self.schedule(0..<20, stepNanoseconds: 0), by: prober)
        let batches = await one + other
        #expect(batches.reduce(0) { $0 + $1.results.count } == 8)
        #expect(batches.reduce(0) { $0 + ($1.dropped[.inFlight] ?? 0) } == 32)
        await prober.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("keeps what a slow reader has not taken, and tells it once")
    func slowReader() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        var limits = Limits()
        limits.batchInterval = .milliseconds(1)
        let prober = try prober(for: target(server.url), limits: limits)
        let stream = prober.run(Self.schedule(0..<200), on: timeline())
        // Nothing is read until all have been asked.
        while server.requests.count(where: { $0.text.contains("hero") }) < 200 {
            _ = await prober.probe(probe(experiences: ["waiting"]), on: timeline())
        }
        var batches: [Batch] = []
        for await batch in stream { batches.append(batch) }
        #expect(batches.flatMap(\.results).map(\.position).sorted() == Array(0..<200))
        #expect(batches.last?.settled == 200)
        await prober.shutdown()
    }

    @Test("ends when nobody reads it any more")
    func unheard() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        var limits = Limits()
        limits.batchInterval = .milliseconds(1)
        let prober = try prober(for: target(server.url), limits: limits)
        for await batch in prober.run(
            Self.schedule(0..<1_000_000_000, stepNanoseconds: 10_000_000), on: timeline())
        where !batch.results.isEmpty { break }
        await prober.shutdown()
    }
}
