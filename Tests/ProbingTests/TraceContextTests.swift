import Model
import TestKit
import Testing

@testable import Probing

/// Gives the same number again and again.
private struct Constant: RandomNumberGenerator {
    let number: UInt64

    func next() -> UInt64 { number }
}

@Suite("A trace context")
struct TraceContextTests {
    /// Version, trace id, parent id and flags (W3C Trace Context §3.2).
    static var format: Regex<(Substring, Substring, Substring)> {
        /00-([0-9a-f]{32})-([0-9a-f]{16})-00/
    }

    @Test("has the form of the standard, and never ids of zeroes alone")
    func format() throws {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<100 {
            let context = TraceContext(using: &generator)
            let match = try #require(context.traceparent.wholeMatch(of: Self.format))
            #expect(match.1 == context.traceID && match.2 == context.parentID)
            #expect(
                context.traceID.contains { $0 != "0" } && context.parentID.contains { $0 != "0" })
        }
    }

    @Test("keeps the zeroes that an id begins with", arguments: [1, 2, 0xF << 40, UInt64.max])
    func padded(number: UInt64) {
        var generator = Constant(number: number)
        let context = TraceContext(using: &generator)
        #expect(context.traceparent.wholeMatch(of: Self.format) != nil)
        #expect(context.traceID == context.parentID + context.parentID)
    }

    @Test("is another one for each probe")
    func own() {
        var generator = SplitMix64(seed: 12)
        let contexts = (0..<1_000).map { _ in TraceContext(using: &generator) }
        #expect(Set(contexts.map(\.traceID)).count == 1_000)
        #expect(Set(contexts.map(\.parentID)).count == 1_000)
    }

    @Test("travels with each probe of a target that wants it, and is told with the result")
    func sent() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        var target = target(server.url)
        target.traceparent = true
        let prober = try prober(for: target)
        let batches = await ScheduleTests.run(ScheduleTests.schedule(0..<20), by: prober)
        let results = batches.flatMap(\.results)
        let single = await prober.probe(probe(20), on: timeline())
        for result in results + [single] {
            let id = result.probe.subject.customerID
            let request = server.requests.first { $0.text.contains("\"\(id)\"") }
            let lines = request?.text.split(separator: "\r\n") ?? []
            let sent = lines.filter { $0.lowercased().hasPrefix("traceparent:") }
            #expect(sent.count == 1)
            let match = try #require(sent.first?.wholeMatch(of: /traceparent: 00-(.{32})-.{16}-00/))
            #expect(result.traceID == String(match.1))
        }
        #expect(Set((results + [single]).compactMap(\.traceID)).count == 21)
        await prober.shutdown()
    }

    @Test("is not sent where the target does not want it")
    func unwanted() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.traceID == nil)
        #expect(server.requests.allSatisfy { !$0.text.contains("traceparent") })
        await prober.shutdown()
    }
}
