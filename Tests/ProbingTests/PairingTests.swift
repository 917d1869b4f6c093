import Model
import NIOCore
import NIOPosix
import TestKit
import Testing

@testable import Probing

@Suite("A compared pair")
struct PairingTests {
    static func schedule(
        _ positions: Range<Int>, stepNanoseconds: Double = 0, start: Int64 = monotonicNanoseconds(),
        pairing: @escaping @Sendable (Int) -> Pairing
    ) -> Schedule {
        Schedule(
            plan: "storefront", startNanoseconds: start, stepNanoseconds: stepNanoseconds,
            first: positions.lowerBound, end: positions.upperBound, pairing: pairing
        ) { position, _ in probe(position) }
    }

    @Test(
        "is asked one after the other, and before the next pair",
        arguments: [
            (8_000_000, 1_000_000), (4_000_000, 1_000_000), (2_000_000, 500_000), (100, 25),
            (0, 0),
        ])
    func due(step: Int64, apart: Int64) {
        let schedules = (0..<2).map { target in
            Self.schedule(3..<9, stepNanoseconds: Double(step), start: 1_000) { position in
                Pairing(turn: (position + target) % 2, draw: 0)
            }
        }
        for position in 3..<9 {
            let base = 1_000 + Int64(position - 3) * step
            let due = schedules.map { $0.dueNanoseconds(of: position) }
            #expect(due.sorted() == [base, base + apart])
            #expect((due[0] < due[1]) == (position.isMultiple(of: 2) && apart > 0))
        }
    }

    @Test("leaves for two targets in the turns that were drawn")
    func turns() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let start = monotonicNanoseconds()
        let clock = timeline()
        let probers = try (0..<2).map { _ in try prober(for: target(server.url)) }
        func results(of turned: Int) async -> [ProbeResult] {
            let schedule = Self.schedule(0..<20, stepNanoseconds: 4_000_000, start: start) {
                Pairing(turn: ($0 + turned) % 2, draw: 0)
            }
            return await ScheduleTests.run(schedule, by: probers[turned], on: clock)
                .flatMap(\.results).sorted { $0.position < $1.position }
        }
        async let one = results(of: 0)
        async let other = results(of: 1)
        for (first, second) in zip(await one, await other) {
            #expect(first.position == second.position)
            let isFirst = first.position.isMultiple(of: 2)
            #expect(first.dueAt.distance(to: second.dueAt) == (isFirst ? 1_000 : -1_000))
        }
        for prober in probers { await prober.shutdown() }
    }

    /// Answers the first three requests when all of them are under way.
    static func serverOfThree() async throws -> ScriptedServer {
        let three = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
        return try await ScriptedServer { request in
            if request.number == 2 { three.succeed() }
            return request.number < 3
                ? [.once(three.futureResult, [.answer(served())])] : [.answer(served())]
        }
    }

    /// The connections that probes with these draws take, one probe at a time, where the first
    /// three opened one each.
    static func connections(drawn draws: [UInt64]) async throws -> [Int] {
        let server = try await Self.serverOfThree()
        var limits = Limits()
        limits.batchInterval = .milliseconds(1)
        let prober = try prober(for: target(server.url), limits: limits)
        _ = await ScheduleTests.run(
            schedule(0..<3) { _ in Pairing(turn: 0, draw: 0) }, by: prober)
        #expect(server.connections == 3)
        for (place, draw) in draws.enumerated() {
            let one = schedule(place + 3..<place + 4) { _ in Pairing(turn: 0, draw: draw) }
            let results = await ScheduleTests.run(one, by: prober).flatMap(\.results)
            #expect(results.map(\.transport.connection) == [.reused])
        }
        await prober.shutdown()
        return server.requests.dropFirst(3).map(\.connection)
    }

    @Test("takes the kept connection that was drawn, the same at both targets")
    func drawn() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix64(seed: seed)
        // Three times the longest idle: that shows in which order they are kept.
        let draws = [0, 0, 0, 1, 2, UInt64.max] + (0..<10).map { _ in generator.next() }
        for _ in 0..<2 {
            let taken = try await Self.connections(drawn: draws)
            var kept = Array(taken.prefix(3))
            #expect(kept.sorted() == [0, 1, 2])
            let expected = draws.map { draw in
                let connection = kept.remove(at: Int(draw % 3))
                kept.append(connection)
                return connection
            }
            #expect(taken == expected)
        }
    }

    @Test("takes the connection used last where nothing is drawn")
    func undrawn() async throws {
        let server = try await Self.serverOfThree()
        let prober = try prober(for: target(server.url))
        _ = await ScheduleTests.run(
            ScheduleTests.schedule(0..<3, stepNanoseconds: 0), by: prober)
        for _ in 0..<4 { _ = await prober.probe(probe(), on: timeline()) }
        #expect(server.connections == 3)
        #expect(Set(server.requests.dropFirst(3).map(\.connection)).count == 1)
        await prober.shutdown()
    }
}
