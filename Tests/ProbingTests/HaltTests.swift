import Model
import NIOCore
import Testing

@testable import Probing

@Suite("A halt")
struct HaltTests {
    static let hour = 3.6e12

    @Test("stops the schedules that hold it, and no other")
    func own() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        var limits = Limits()
        limits.batchInterval = .milliseconds(1)
        let prober = try prober(for: target(server.url), limits: limits)
        let clock = timeline()
        let start = monotonicNanoseconds()
        let (kept, halted) = (Halt(), Halt())
        async let going = ScheduleTests.run(
            Self.schedule(0..<2, step: 300_000_000, halt: kept, start: start), by: prober, on: clock
        )
        async let other = ScheduleTests.run(
            Self.schedule(0..<2, step: Self.hour, halt: halted, start: start), by: prober)
        // The second probe of this one is due in an hour as well.
        let schedule = Self.schedule(0..<2, step: Self.hour, halt: halted, start: start)
        var batches: [Batch] = []
        for await batch in prober.run(schedule, on: clock) {
            batches.append(batch)
            if !batch.results.isEmpty { prober.stop(halted) }
        }
        #expect(batches.flatMap(\.results).map(\.position) == [0])
        #expect(batches.last?.settled == 1 && batches.allSatisfy { $0.dropped.isEmpty })
        let due = clock.instant(atNanoseconds: start + Int64(Self.hour))
        #expect(batches.last?.oldestDue == due)
        #expect(await other.last?.settled ?? 2 < 2)
        #expect(await going.flatMap(\.results).map(\.position).sorted() == [0, 1])
        #expect(halted.isRaised && !kept.isRaised)
        await prober.shutdown()
    }

    @Test("that was raised before lets nothing begin")
    func before() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        let halt = Halt()
        halt.raise()
        let none = await ScheduleTests.run(Self.schedule(4..<9, step: 0, halt: halt), by: prober)
        #expect(none.allSatisfy { $0.results.isEmpty && $0.dropped.isEmpty })
        #expect(none.last?.settled == 4)
        let all = await ScheduleTests.run(Self.schedule(4..<9, step: 0, halt: Halt()), by: prober)
        #expect(all.flatMap(\.results).count == 5)
        await prober.shutdown()
    }

    static func schedule(
        _ positions: Range<Int>, step: Double, halt: Halt, start: Int64 = monotonicNanoseconds()
    ) -> Schedule {
        Schedule(
            plan: "storefront", startNanoseconds: start, stepNanoseconds: step,
            first: positions.lowerBound, end: positions.upperBound, halt: halt
        ) { position, _ in probe(position) }
    }
}
