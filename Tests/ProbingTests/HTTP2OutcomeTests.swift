import Model
import NIOHTTP2
import Testing

@testable import Probing

/// One probe of several on a connection meets a scripted answer.
@Suite("A stream's outcome")
struct HTTP2OutcomeTests {
    typealias Step = ScriptedHTTP2Server.Step

    /// What the server does, how the probe must end, and whether the connection outlives it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        let failure: Failure?
        let keeps: Bool

        init(_ name: String, _ steps: [Step], _ failure: Failure?, keeps: Bool = true) {
            testDescription = name
            self.steps = steps
            self.failure = failure
            self.keeps = keeps
        }
    }

    static let answers: [Case] = [
        Case("200", .answer(served("BAD")), nil),
        Case("200 after 103", [.head(status: "103")] + .answer(served("BAD")), nil),
        Case(
            "200 with trailers",
            [
                .head(), .body(served("BAD"), ends: false),
                .head(status: nil, fields: ["x": "y"], ends: true),
            ], nil),
        Case(
            "two heads", [.head(), .body("{", ends: false), .head(ends: true)],
            Failure(.malformed, .httpProtocol)),
        Case("429", .answer("{}", status: "429"), Failure(.limited, .http(429))),
        Case("503", .answer("{}", status: "503"), Failure(.failed, .http(503))),
        Case("302", [.head(status: "302", ends: true)], Failure(.rejected, .redirect)),
        Case("nothing", [.head(ends: true)], Failure(.malformed, .notJSON)),
        Case(
            "gzip", [.head(fields: ["content-encoding": "gzip"]), .body("{}")],
            Failure(.malformed, .encoding)),
        Case(
            "a body over the limit", [.head(), .body(String(repeating: " ", count: 70_000))],
            Failure(.malformed, .bodyLimit)),
        Case(
            "an endless body",
            [.head()]
                + Array(
                    repeating: .body(String(repeating: " ", count: 10_000), ends: false), count: 20),
            Failure(.malformed, .bodyLimit)),
        Case(
            "a bad status", [.head(status: "x"), .body("{}")], Failure(.malformed, .httpProtocol)),
        Case(
            "a field in upper case", [.head(fields: ["X-Y": "z"]), .body("{}")],
            Failure(.malformed, .httpProtocol)),
        Case(
            "a field of HTTP/1.1", [.head(fields: ["connection": "close"]), .body("{}")],
            Failure(.malformed, .httpProtocol)),
        Case(
            "a wrong length", [.head(fields: ["content-length": "1000"]), .body("{}")],
            Failure(.malformed, .httpProtocol)),
    ]

    static let ends: [Case] = [
        Case("refused", [.reset(.refusedStream)], Failure(.unreachable, .reset)),
        Case("an internal error", [.reset(.internalError)], Failure(.unreachable, .reset)),
        Case("cancelled", [.reset(.cancel)], Failure(.unreachable, .reset)),
        Case("a protocol error", [.reset(.protocolError)], Failure(.malformed, .httpProtocol)),
        Case(
            "reset in the body", [.head(), .body("{", ends: false), .reset(.internalError)],
            Failure(.unreachable, .reset)),
        Case("reset after the answer", .answer(served("BAD")) + [.reset(.noError)], nil),
        Case(
            "fields over the limit",
            [.head(fields: ["x": String(repeating: "a", count: 9_000)]), .body("{}")],
            Failure(.malformed, .headerLimit)),
        Case(
            "fields far over the limit",
            [.head(fields: ["x": String(repeating: "!", count: 13_000)]), .body("{}")],
            Failure(.malformed, .headerLimit), keeps: false),
        Case("dropped", [.drop], Failure(.unreachable, .closed), keeps: false),
        Case(
            "dropped in the body", [.head(), .body("{", ends: false), .drop],
            Failure(.unreachable, .closed), keeps: false),
    ]

    @Test("is what came, and the streams beside it are answered", arguments: answers + ends)
    func outcome(_ expected: Case) async throws {
        let server = try await ScriptedHTTP2Server {
            switch $0.body {
            case let body where body.contains("BESIDE"): [.hold]
            case let body where body.contains("BAD"): expected.steps
            default: .answer(served()) + [.release(served("BESIDE"))]
            }
        }
        var limits = Limits()
        limits.bodyBytes = 64_000
        limits.headerBytes = 3_000
        let prober = try HTTP2Tests.prober(for: server, limits: limits)
        _ = await HTTP2Tests.ask("hero", by: prober)
        async let beside = HTTP2Tests.ask("BESIDE", by: prober)
        for await _ in server.arrivals where server.requests.count == 2 { break }
        let result = await HTTP2Tests.ask("BAD", by: prober)
        #expect(result.failure == expected.failure)
        #expect(result.transport.connection == .reused)
        let next = await HTTP2Tests.ask("hero", by: prober)
        #expect(next.failure == nil)
        #expect(next.transport.connection == (expected.keeps ? .reused : .new))
        let other = await beside.failure
        #expect(other == (expected.keeps ? nil : expected.failure))
        #expect(server.requests.count { $0.body.contains("BAD") } == 1, "no probe is repeated")
        await prober.shutdown()
    }

    @Test("is a body's timeout where only the head came")
    func bodyTimeout() async throws {
        let server = try await ScriptedHTTP2Server { _ in [.head()] }
        let prober = try HTTP2Tests.prober(for: server, timeoutUs: 1_500_000)
        try await calm()
        let result = await HTTP2Tests.ask("hero", by: prober)
        #expect(result.failure == Failure(.timeout, .bodyTimeout))
        #expect(result.transport.httpStatus == 200)
        await prober.shutdown()
    }

    @Test("is an answer where the body is larger than the window of its stream")
    func largeBody() async throws {
        let body = served() + String(repeating: " ", count: 600_000)
        let server = try await ScriptedHTTP2Server { _ in .answer(body) }
        let prober = try HTTP2Tests.prober(for: server)
        try await calm()
        let result = await HTTP2Tests.ask("hero", by: prober)
        #expect(result.failure == nil && result.transport.bytes == body.utf8.count)
        await prober.shutdown()
    }
}
