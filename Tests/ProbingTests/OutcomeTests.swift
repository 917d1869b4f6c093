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
            "a body over the limit", [.answer(String(repeating: " ", count: 70_000))],
            Failure(.malformed, .bodyLimit)),
        Case(
            "an endless body",
            [.send("HTTP/1.1 200 OK\r\n\r\n")]
                + Array(repeating: .send(String(repeating: " ", count: 10_000)), count: 8),
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
        let url = try await freeURL()
        let prober = try prober(for: target(url))
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

@Suite("Names")
struct NameTests {
    @Test(
        "that cannot be resolved fail as unreachable",
        arguments: [(NameLookup.Answer.unknownName, "dns_nxdomain"), (.temporary, "dns_temporary")])
    func unresolved(answer: NameLookup.Answer, reason: String) async throws {
        let prober = try prober(
            for: target("http://nx.invalid"), lookup: NameLookup { _, _ in answer })
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == Failure(.unreachable, Reason(rawValue: reason)))
        #expect(result.phases.dnsUs != nil && result.phases.connectUs == nil)
        expectWhole(result)
        await prober.shutdown()
    }

    @Test("that are not resolved in time are a timeout")
    func timeout() async throws {
        let gate = Gate()
        let slow = NameLookup { _, _ in
            gate.pass()
            return .temporary
        }
        let prober = try prober(for: target("http://slow.invalid", timeoutUs: 50_000), lookup: slow)
        let result = await prober.probe(probe(), on: timeline())
        gate.open()
        #expect(result.failure == Failure(.timeout, .dnsTimeout))
        expectWhole(result)
        await prober.shutdown()
    }

    @Test("are tried address after address, and looked up once")
    func candidates() async throws {
        let server = try await ScriptedServer { _ in
            [.answer(served(), headers: ["Connection: close"])]
        }
        let dead = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        let live = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
        let lookUps = Counter()
        let lookup = NameLookup { _, _ in
            lookUps.add()
            return .addresses([dead, live])
        }
        var limits = Limits()
        limits.nameAge = .hours(1)
        let prober = try prober(for: target("http://api.test"), limits: limits, lookup: lookup)
        let first = await prober.probe(probe(), on: timeline())
        let second = await prober.probe(probe(), on: timeline())
        #expect(first.failure == nil && second.failure == nil)
        #expect(first.phases.dnsUs != nil && second.phases.dnsUs == nil)
        #expect(lookUps.value == 1)
        expectWhole(first)
        await prober.shutdown()
    }

    @Test("are resolved by the system")
    func system() throws {
        guard case .addresses(let addresses) = NameLookup.system.resolve("localhost", 81) else {
            return #expect(Bool(false), "localhost has addresses")
        }
        #expect(addresses.allSatisfy { $0.port == 81 })
        #expect(addresses.contains { $0.ipAddress == "127.0.0.1" || $0.ipAddress == "::1" })
    }
}
