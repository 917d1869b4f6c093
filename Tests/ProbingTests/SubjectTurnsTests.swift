import Model
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Probing

/// What a server has under way, by subject, and what it saw.
private final class SubjectJournal: Sendable {
    struct Seen {
        var underWay: [String: Int] = [:]
        /// The most of one subject.
        var most = 0
        /// The hours asked, by subject.
        var hours: [String: [Int]] = [:]
    }

    let seen = Mutex(Seen())

    /// Answers a fetch after a while.
    func steps(for request: ScriptedServer.Request, after delay: TimeAmount)
        -> [ScriptedServer.Step]
    {
        let subject = request.text.firstMatch(of: /"customer_id":"([^"]*)"/).map { String($0.1) }
        let hour = request.text.firstMatch(of: /"TIME_OF_THE_DAY":"(\d+)"/).flatMap { Int($0.1) }
        guard let subject, let hour else { return [.close] }
        seen.withLock { seen in
            seen.underWay[subject, default: 0] += 1
            seen.hours[subject, default: []].append(hour)
            seen.most = max(seen.most, seen.underWay[subject, default: 0])
        }
        let end = ScriptedServer.Step.tell {
            self.seen.withLock { $0.underWay[subject, default: 0] -= 1 }
        }
        return [.after(delay, [end, .answer(served())])]
    }
}

/// Stops a prober's schedules when a server wants it.
private final class Stopper: Sendable {
    let halt = Halt()
    let prober = Mutex<Prober?>(nil)

    @Sendable func stop() {
        prober.withLock { $0 }?.stop(halt)
    }
}

@Suite("Probes of one subject")
struct SubjectTurnsTests {
    /// All at once: position p asks at hour p, for one of so many subjects.
    static func burst(_ count: Int, subjects: Int, halt: Halt = Halt()) -> Schedule {
        Schedule(
            plan: "storefront", startNanoseconds: monotonicNanoseconds(), stepNanoseconds: 0,
            first: 0, end: count, halt: halt
        ) { position, _ in
            Probe(
                identity: probe(position).identity,
                subject: Subject(customerID: "user-\(position % subjects)", population: .panel),
                context: Context(hour: position), experiences: ["hero"])
        }
    }

    @Test("are never two in flight: each waits for the one before, in order")
    func turns() async throws {
        let journal = SubjectJournal()
        let server = try await ScriptedServer {
            journal.steps(for: $0, after: .milliseconds(100))
        }
        let prober = try prober(for: target(server.url))
        let batches = await ScheduleTests.run(Self.burst(6, subjects: 2), by: prober)
        let seen = journal.seen.withLock { $0 }
        #expect(seen.most == 1, "the second comes only after the first is answered")
        #expect(seen.hours == ["user-0": [0, 2, 4], "user-1": [1, 3, 5]])
        #expect(server.connections == 2, "subjects do not wait for each other")
        let results = batches.flatMap(\.results).sorted { $0.position < $1.position }
        #expect(results.map(\.position) == Array(0..<6))
        for result in results {
            expectWhole(result)
            expectHeld(result, former: result.position / 2, after: results[0])
        }
        await prober.shutdown()
    }

    /// The wait for each of the former probes, a tenth of a second, is told as held and not as
    /// our own lateness.
    func expectHeld(_ result: ProbeResult, former: Int, after first: ProbeResult) {
        let phases = result.phases
        let waited = Int64(former) * 100_000
        #expect((phases.heldUs == nil) == (former == 0))
        #expect(phases.heldUs ?? 0 >= waited - 50_000)
        #expect(phases.jitterUs == phases.lagUs - (phases.heldUs ?? 0))
        #expect(phases.jitterUs < first.phases.lagUs + 50_000)
    }

    @Test("that wait are dropped where the one before ends in a 429")
    func limited() async throws {
        let server = try await ScriptedServer { _ in
            [.answer("{}", status: "429 X", headers: ["Retry-After: 100"])]
        }
        let prober = try prober(for: target(server.url))
        let batches = await ScheduleTests.run(Self.burst(4, subjects: 1), by: prober)
        #expect(batches.flatMap(\.results).map(\.position) == [0])
        #expect(TargetConditionTests.dropped(batches) == [.limited: 3])
        #expect(batches.last?.settled == 4 && batches.last?.oldestDue == nil)
        #expect(server.requests.count == 1)
        await prober.shutdown()
    }

    @Test("that wait are left to whoever goes on where the schedule is stopped")
    func stopped() async throws {
        // On one loop it is sure that the halt is met before the answer.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let stopper = Stopper()
        let server = try await ScriptedServer(group: group) { _ in
            [.tell(stopper.stop), .after(.milliseconds(20), [.answer(served())])]
        }
        let prober = try prober(for: target(server.url), group: group)
        stopper.prober.withLock { $0 = prober }
        let schedule = Self.burst(3, subjects: 1, halt: stopper.halt)
        let clock = timeline()
        let batches = await ScheduleTests.run(schedule, by: prober, on: clock)
        #expect(batches.flatMap(\.results).map(\.position) == [0])
        #expect(batches.allSatisfy { $0.dropped.isEmpty })
        #expect(batches.last?.settled == 1)
        let due = clock.instant(atNanoseconds: schedule.startNanoseconds)
        #expect(batches.last?.oldestDue == due)
        #expect(server.requests.count == 1)
        await prober.shutdown()
        try await group.shutdownGracefully()
    }
}
