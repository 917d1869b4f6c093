import Model
import NIOHTTP2
import NIOPosix
import Testing

@testable import Probing

/// Many probes on one connection, against a server that does what it should not.
@Suite("HTTP/2")
struct HTTP2Tests {
    typealias Step = ScriptedHTTP2Server.Step

    static func prober(
        for server: ScriptedHTTP2Server, timeoutUs: Int64 = 5_000_000, limits: Limits = Limits()
    ) throws -> Prober {
        try ProbingTests.prober(
            for: target(server.url, timeoutUs: timeoutUs, http: .two), limits: limits)
    }

    /// A probe of one experience: its key tells the script what to do.
    static func ask(_ key: String, by prober: Prober) async -> ProbeResult {
        let result = await prober.probe(probe(experiences: [key]), on: timeline())
        expectWhole(result)
        return result
    }

    @Test("is spoken without TLS where the target says so")
    func priorKnowledge() async throws {
        let server = try await ScriptedHTTP2Server { _ in .answer(served()) }
        let prober = try Self.prober(for: server)
        var results: [ProbeResult] = []
        for _ in 0..<3 { results.append(await Self.ask("hero", by: prober)) }
        #expect(results.allSatisfy { $0.failure == nil && $0.transport.httpVersion == "2" })
        #expect(results.map(\.transport.connection) == [.new, .reused, .reused])
        #expect(results.allSatisfy { $0.transport.remoteAddress == "127.0.0.1" })
        #expect(results.allSatisfy { $0.phases.tlsUs == nil })
        #expect(results.map { $0.phases.connectUs == nil } == [false, true, true])
        #expect(results.map(\.transport.bytes) == Array(repeating: served().utf8.count, count: 3))
        #expect(server.seen.connections == 1)
        await prober.shutdown()
    }

    @Test("carries names in lower case and credentials that no table keeps")
    func fields() async throws {
        let server = try await ScriptedHTTP2Server { _ in .answer(served()) }
        let prober = try Self.prober(for: server)
        _ = await Self.ask("hero", by: prober)
        let request = try #require(server.requests.first)
        let sent = request.fields.map { name, value, indexing in "\(name): \(value) \(indexing)" }
        let length = request.body.utf8.count
        #expect(
            sent == [
                ":method: POST []", ":scheme: http []", ":path: /v1/experiences/fetch []",
                ":authority: \(server.url.dropFirst(7)) []",
                "authorization: Basic V1MxOlNFQ1JFVA== [neverIndexed]", "moe-appkey: WS1 []",
                "content-type: application/json []", "user-agent: probe/1 []",
                "content-length: \(length) []",
            ])
        #expect(request.body == String(decoding: fetchBody(of: probe()), as: UTF8.self))
        await prober.shutdown()
    }

    @Test("ends a silent stream at its deadline; the streams beside it go on")
    func silentStream() async throws {
        let server = try await ScriptedHTTP2Server {
            $0.body.contains("SILENT") ? [] : .answer(served())
        }
        let prober = try Self.prober(for: server, timeoutUs: 1_500_000)
        try await calm()
        _ = await Self.ask("hero", by: prober)
        async let silent = Self.ask("SILENT", by: prober)
        for await _ in server.arrivals where server.requests.count == 2 { break }
        for _ in 0..<10 { #expect(await Self.ask("hero", by: prober).failure == nil) }
        let result = await silent
        #expect(result.failure == Failure(.timeout, .firstByteTimeout))
        #expect(result.phases.responseUs >= 1_500_000)
        // The server is told that the answer is not wanted any more.
        for await code in server.resets {
            #expect(code == .cancel)
            break
        }
        #expect(await Self.ask("hero", by: prober).transport.connection == .reused)
        #expect(server.seen.connections == 1)
        await prober.shutdown()
    }

    @Test("leaves a connection on which nothing came while a probe ran out of time")
    func deadConnection() async throws {
        let server = try await ScriptedHTTP2Server {
            $0.connection == 0 && $0.body.contains("LOST") ? [] : .answer(served())
        }
        let prober = try Self.prober(for: server, timeoutUs: 1_500_000)
        try await calm()
        #expect(await Self.ask("hero", by: prober).failure == nil)
        let lost = await Self.ask("LOST", by: prober)
        #expect(lost.failure == Failure(.timeout, .firstByteTimeout))
        #expect(lost.transport.connection == .reused)
        let next = await Self.ask("LOST", by: prober)
        #expect(next.failure == nil && next.transport.connection == .new)
        for await _ in server.closings { break }
        await prober.shutdown()
    }

    @Test("closes a connection of a single probe that ran out of time")
    func singleUse() async throws {
        let server = try await ScriptedHTTP2Server { _ in [.head()] }
        let prober = try Self.prober(for: server, timeoutUs: 1_500_000)
        try await calm()
        let result = await prober.probe(probe(), connections: .newConnection, on: timeline())
        #expect(result.failure == Failure(.timeout, .bodyTimeout))
        for await _ in server.closings { break }
        await prober.shutdown()
    }

    @Test("lets streams finish when the server goes away, and then uses another connection")
    func goAway() async throws {
        let server = try await ScriptedHTTP2Server {
            switch ($0.connection, $0.body) {
            case (0, let body) where body.contains("EARLY"): [.hold]
            case (0, let body) where body.contains("LAST"):
                [.goAway] + .answer(served("LAST")) + [.release(served("EARLY"))]
            default: .answer(served())
            }
        }
        let prober = try Self.prober(for: server)
        _ = await Self.ask("hero", by: prober)
        async let early = Self.ask("EARLY", by: prober)
        for await _ in server.arrivals where server.requests.count == 2 { break }
        let last = await Self.ask("LAST", by: prober)
        #expect(last.failure == nil && last.transport.connection == .reused)
        let next = await Self.ask("hero", by: prober)
        #expect(next.failure == nil && next.transport.connection == .new)
        #expect(await early.failure == nil)
        #expect(server.requests.map(\.connection) == [0, 0, 0, 1])
        for await _ in server.closings { break }
        await prober.shutdown()
    }

    @Test("opens further connections for more probes than a server takes streams")
    func streamLimit() async throws {
        let first = Counter()
        let server = try await ScriptedHTTP2Server(streamLimit: 2) {
            // After the probe that opens it, the first connection has two at once.
            if $0.connection == 0 { first.add() }
            return $0.connection == 0 && first.value == 2
                ? [.hold] : .answer(served()) + [.release(served())]
        }
        let prober = try Self.prober(for: server)
        _ = await Self.ask("hero", by: prober)
        // All are due at once, so they leave before any of them is answered.
        let batches = await ScheduleTests.run(
            ScheduleTests.schedule(0..<5, stepNanoseconds: 0), by: prober)
        let results = batches.flatMap(\.results)
        #expect(results.count == 5 && results.allSatisfy { $0.failure == nil })
        #expect(results.count { $0.transport.connection == .reused } == 2)
        #expect(server.seen.connections == 4)
        #expect(server.seen.mostStreams == 2)
        for result in results { expectWhole(result) }
        await prober.shutdown()
    }

    @Test("is malformed where the server speaks HTTP/1.1 alone")
    func otherVersion() async throws {
        let server = try await ScriptedServer { _ in [.answer("", status: "400 X")] }
        let prober = try ProbingTests.prober(for: target(server.url, http: .two))
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == Failure(.malformed, .httpProtocol))
        expectWhole(result)
        await prober.shutdown()
    }
}
