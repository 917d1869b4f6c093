import Model
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Probing

/// Each test has a loop to itself: its times are those of nobody else's probes.
@Suite("A slow server")
final class SlowServerTests {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    deinit { group.shutdownGracefully { _ in } }

    func result(of steps: [ScriptedServer.Step]) async throws -> ProbeResult {
        let server = try await ScriptedServer(group: group) { _ in steps }
        let prober = try prober(for: target(server.url), group: group)
        let result = await prober.probe(probe(), on: timeline())
        await prober.shutdown()
        expectWhole(result)
        return result
    }

    @Test("whose body comes late is told as transfer, not as first byte")
    func lateBody() async throws {
        let body = #"{"experiences":{}}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let result = try await result(
            of: [.send(head), .after(.milliseconds(450), [.send(body)])])
        #expect(result.failure == nil && result.transport.bytes == body.utf8.count)
        #expect(result.phases.transferUs ?? 0 >= 400_000)
        #expect(result.phases.firstByteUs ?? .max < 400_000)
    }

    @Test("whose head comes late is told as first byte, not as transfer")
    func lateHead() async throws {
        let result = try await result(of: [.after(.milliseconds(450), [.answer(served())])])
        #expect(result.failure == nil)
        #expect(result.phases.firstByteUs ?? 0 >= 400_000)
        #expect(result.phases.transferUs ?? .max < 400_000)
    }

    @Test("that stalls makes no schedule slip: what may not leave is dropped")
    func stall() async throws {
        let (step, stall): (Int64, Int64) = (10_000_000, 400_000_000)
        let released = Mutex<Int64>(0)
        // Nothing is answered before its time, then all that waits, then each at once.
        let server = try await ScriptedServer(group: group) { _ in
            let left = released.withLock { $0 } - monotonicNanoseconds()
            return [.after(.nanoseconds(max(0, left)), [.answer(served())])]
        }
        let prober = try prober(for: target(server.url, maxInFlight: 8), group: group)
        try await calm()
        let start = monotonicNanoseconds()
        released.withLock { $0 = start + stall }
        let clock = timeline()
        let schedule = ScheduleTests.schedule(
            0..<80, stepNanoseconds: Double(step), startNanoseconds: start)
        let batches = await ScheduleTests.run(schedule, by: prober, on: clock)
        let results = batches.flatMap(\.results).sorted { $0.position < $1.position }
        #expect(results.prefix(8).map(\.position) == Array(0..<8))
        #expect(results.count > 8, "after the stall all goes on")
        #expect(TargetConditionTests.dropped(batches) == [.inFlight: 80 - results.count])
        #expect(batches.last?.settled == 80)
        let release = start + stall
        for result in results {
            let due = start + Int64(result.position) * step
            #expect(result.failure == nil && result.dueAt == clock.instant(atNanoseconds: due))
            expectWhole(result)
            if result.position < 8 {
                // From due, not from sent: whoever asked then would have waited so long.
                #expect(result.phases.responseUs >= (release - due) / 1_000)
            } else {
                #expect(result.sentAt >= clock.instant(atNanoseconds: release))
            }
        }
        await prober.shutdown()
    }
}
