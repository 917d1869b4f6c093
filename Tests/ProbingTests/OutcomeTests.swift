import Model
import NIOCore
import NIOPosix
import Testing

@testable import Probing

/// One probe against one scripted answer.
@Suite("A probe's outcome")
struct OutcomeTests {
    typealias Step = ScriptedServer.Step

    /// What times out here is not to time out because another test keeps a loop busy.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// What the server does, and how the probe must end: an outcome and a reason.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        let failure: Failure?
        var timeoutUs: Int64 = 5_000_000

        init(_ name: String, _ steps: [Step], _ failure: Failure?) {
            testDescription = name
            self.steps = steps
            self.failure = failure
        }

        init(_ name: String, _ steps: [Step], within timeoutUs: Int64, _ failure: Failure?) {
            self.init(name, steps, failure)
            self.timeoutUs = timeoutUs
        }
    }

    static let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"

    static let path = "/v1/experiences/fetch"

    static let statuses: [Case] = [
        Case("200", [.answer(served())], nil),
        Case(
            "200 in chunks",
            [
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                .send("8\r\n{\"experi\r\n"), .send("9\r\nences\":{}\r\n1\r\n}\r\n0\r\n\r\n"),
            ], nil),
        Case("200 without a length", [.send("HTTP/1.0 200 OK\r\n\r\n" + served()), .close], nil),
        Case("200 after 100", [.send("HTTP/1.1 100 Continue\r\n\r\n"), .answer(served())], nil),
        Case("400", [.answer("{}", status: "400 X")], Failure(.rejected, .http(400))),
        Case("401", [.answer("{}", status: "401 X")], Failure(.rejected, .http(401))),
        Case("403", [.answer("{}", status: "403 X")], Failure(.rejected, .http(403))),
        Case(
            "429", [.answer("{}", status: "429 X", headers: ["Retry-After: 2"])],
            Failure(.limited, .http(429))),
        Case("500", [.answer("{}", status: "500 X")], Failure(.failed, .http(500))),
        Case("503", [.answer("<html>", status: "503 X")], Failure(.failed, .http(503))),
        Case(
            "302", [.answer("", status: "302 X", headers: ["Location: http://127.0.0.66/meta"])],
            Failure(.rejected, .redirect)),
        Case(
            "302 to itself", [.answer("", status: "302 X", headers: ["Location: \(path)"])],
            Failure(.rejected, .redirect)),
        Case(
            "307 to the metadata of a cloud",
            [.answer("", status: "307 X", headers: ["Location: http://169.254.169.254/latest/"])],
            Failure(.rejected, .redirect)),
        Case(
            "302 to a file",
            [.answer("", status: "302 X", headers: ["Location: file:///etc/passwd"])],
            Failure(.rejected, .redirect)),
        Case("304", [.send("HTTP/1.1 304 X\r\n\r\n")], Failure(.rejected, .redirect)),
        Case("204", [.send("HTTP/1.1 204 X\r\n\r\n")], Failure(.malformed, .httpProtocol)),
        Case(
            "101", [.send("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")],
            Failure(.malformed, .httpProtocol)),
        Case("600", [.answer("{}", status: "600 X")], Failure(.malformed, .httpProtocol)),
    ]

    static let bodies: [Case] = [
        Case(
            "HTML", [.answer("<!doctype html><title>Sign in</title>")],
            Failure(.malformed, .notJSON)),
        Case(
            "half of the JSON", [.answer(String(served().prefix(20)))],
            Failure(.malformed, .notJSON)),
        Case("nothing", [.answer("")], Failure(.malformed, .notJSON)),
        Case(
            "deep JSON", [.answer(String(repeating: "[", count: 50_000))],
            Failure(.malformed, .notJSON)),
        Case("another shape", [.answer(#"{"items":[]}"#)], Failure(.malformed, .wrongShape)),
        Case(
            "gzip", [.answer(served(), headers: ["Content-Encoding: gzip"])],
            Failure(.malformed, .encoding)),
        Case("identity", [.answer(served(), headers: ["content-encoding: Identity"])], nil),
        Case(
            "a small gzip of millions of zeros",
            [.answer(gzipBomb(bytes: 2_000), headers: ["Content-Encoding: gzip"])],
            Failure(.malformed, .encoding)),
        Case(
            "a large gzip of zeros",
            [.answer(gzipBomb(bytes: 70_000), headers: ["Content-Encoding: gzip"])],
            Failure(.malformed, .bodyLimit)),
        Case("NaN", [.answer(payload("NaN"))], Failure(.malformed, .notJSON)),
        Case("a number too large for any type", [.answer(payload("1e999"))], nil),
        Case("half of a surrogate pair", [.answer(payload(#""\ud800""#))], nil),
        Case(
            "a body over the limit", [.answer(String(repeating: " ", count: 70_000))],
            Failure(.malformed, .bodyLimit)),
        Case(
            "an endless body",
            [.send("HTTP/1.1 200 OK\r\n\r\n"), .flood(Array(repeating: 0x20, count: 16_384))],
            Failure(.malformed, .bodyLimit)),
        Case(
            "a long header",
            [.send("HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 9_000))],
            Failure(.malformed, .headerLimit)),
        Case(
            "many headers",
            [.send("HTTP/1.1 200 OK\r\n" + String(repeating: "X-Y: z\r\n", count: 1_500))],
            Failure(.malformed, .headerLimit)),
        Case("no HTTP", [.send("SSH-2.0-OpenSSH_9.2\r\n")], Failure(.malformed, .httpProtocol)),
        Case(
            "a bad chunk", [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n")],
            Failure(.malformed, .httpProtocol)),
        Case(
            "a bad length", [.send("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")],
            Failure(.malformed, .httpProtocol)),
    ]

    static let connections: [Case] = [
        Case("closed at once", [.close], Failure(.unreachable, .closed)),
        Case("closed in the head", [.send("HTTP/1.1 20"), .close], Failure(.unreachable, .closed)),
        Case(
            "closed in the body", [.send(head + "0123456789"), .close],
            Failure(.unreachable, .closed)),
        Case("reset at once", [.reset], Failure(.unreachable, .reset)),
        Case("reset in the body", [.send(head + "{"), .reset], Failure(.unreachable, .reset)),
        Case("never answered", [], within: 1_500_000, Failure(.timeout, .firstByteTimeout)),
        Case(
            "a slow head", [.send("HTTP/1.1 20")], within: 1_500_000,
            Failure(.timeout, .firstByteTimeout)),
        Case(
            "a slow body", [.send(head + "{")], within: 1_500_000,
            Failure(.timeout, .bodyTimeout)),
    ]

    @Test("is what came", arguments: statuses + bodies + connections)
    func outcome(_ expected: Case) async throws {
        let server = try await ScriptedServer(group: Self.group) { _ in expected.steps }
        var limits = Limits()
        limits.bodyBytes = 64_000
        limits.headerBytes = 8_000
        let prober = try prober(
            for: target(server.url, timeoutUs: expected.timeoutUs), limits: limits,
            group: Self.group)
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == expected.failure)
        #expect(result.observations.map(\.experience) == ["hero"])
        if let failure = expected.failure {
            #expect(result.observations.map(\.outcome) == [failure.outcome])
            #expect(result.observations.map(\.reason) == [failure.reason])
        }
        expectWhole(result)
        #expect(result.transport.connection == .new)
        #expect(result.transport.remoteAddress == "127.0.0.1")
        #expect(server.requests.count == 1, "a probe is never repeated, a redirect never followed")
        await prober.shutdown()
    }

    @Test(
        "is a timeout at its deadline, though byte after byte comes",
        arguments: [
            (
                [Step.trickle(Array(head.utf8))],
                Failure(.timeout, .firstByteTimeout)
            ),
            (
                [.send(head), .trickle(Array(repeating: 0x20, count: 40))],
                Failure(.timeout, .bodyTimeout)
            ),
        ])
    func trickle(steps: [Step], failure: Failure) async throws {
        let server = try await ScriptedServer { _ in steps }
        let prober = try prober(for: target(server.url, timeoutUs: 1_500_000))
        try await calm()
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == failure)
        // The server has bytes for four seconds, and a deadline of each would come after them.
        #expect((1_500_000..<4_000_000).contains(result.phases.responseUs))
        expectWhole(result)
        await prober.shutdown()
    }

    @Test("is the status of an answer that did not wait for the request's body")
    func early() async throws {
        let server = try await PlainServer(
            answer: "HTTP/1.1 413 X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        let prober = try prober(for: target("http://localhost:\(server.port)"))
        for _ in 0..<2 {
            let result = await prober.probe(probe(), on: timeline())
            #expect(result.failure == Failure(.rejected, .http(413)))
            #expect(result.transport.connection == .new)
        }
        await prober.shutdown()
    }

    @Test("is that of the last of two members with one name")
    func duplicates() async throws {
        let last = served().dropFirst()
        let server = try await ScriptedServer { _ in [.answer(#"{"experiences":{},"# + last)] }
        let prober = try prober(for: target(server.url))
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.observations.map(\.outcome) == [.served])
        await prober.shutdown()
    }

    @Test("tells the status, the version and the size of the answer")
    func transport() async throws {
        let server = try await ScriptedServer { _ in [.answer("12345", status: "503 X")] }
        let prober = try prober(for: target(server.url))
        let transport = await prober.probe(probe(), on: timeline()).transport
        #expect(
            transport
                == Transport(
                    httpStatus: 503, httpVersion: "1.1", connection: .new,
                    remoteAddress: "127.0.0.1", bytes: 5))
        await prober.shutdown()
    }

    @Test("is refused where nobody listens")
    func refused() async throws {
        let port = try KeptPort()
        let prober = try prober(for: target("http://127.0.0.1:\(port.number)"))
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == Failure(.unreachable, .refused))
        #expect(result.phases.connectUs != nil && result.phases.requestUs == nil)
        expectWhole(result)
        await prober.shutdown()
    }

    @Test("fails after shutdown, at once")
    func afterShutdown() async throws {
        let prober = try prober(for: target("http://127.0.0.1:1"))
        await prober.shutdown()
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == Failure(.unreachable, .closed))
    }
}

/// An answer that serves one value.
private func payload(_ value: String) -> String {
    #"{"experiences":{"hero":{"payload":{"a":\#(value)},"#
        + #""experience_context":{"moe_variation_id":"1"}}}}"#
}

/// The head of a gzip of endless zeros (RFC 1951 §3.2.6): one zero as it is, then again and again
/// 258 bytes that repeat the one before. Each byte of it stands for more than a hundred.
private func gzipBomb(bytes count: Int) -> [UInt8] {
    let bits = [true, true, false] + "00110000".map { $0 == "1" }
    let repetition = "1100010100000".map { $0 == "1" }
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    for place in 0..<count - bytes.count {
        let byte = (0..<8).reduce(into: UInt8(0)) { byte, bit in
            let index = place * 8 + bit
            let isSet =
                index < bits.count
                ? bits[index] : repetition[(index - bits.count) % repetition.count]
            if isSet { byte |= 1 << bit }
        }
        bytes.append(byte)
    }
    return bytes
}
