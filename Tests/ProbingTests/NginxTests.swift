import Model
import Testing

@testable import Probing

@Suite("Behind nginx", .nginx)
struct NginxTests {
    let nginx: NginxServer

    init() throws {
        nginx = try #require(NginxServer.current)
    }

    func prober(_ url: String, http: HTTPChoice = .auto) throws -> Prober {
        try ProbingTests.prober(
            for: target(url, tls: TLSSettings(caFile: nginx.authority), http: http))
    }

    @Test(
        "a probe ends the same over either version of HTTP",
        arguments: [
            ("", nil), ("/404", Failure(.rejected, .http(404))),
            ("/429", Failure(.limited, .http(429))), ("/503", Failure(.failed, .http(503))),
            ("/early", Failure(.rejected, .http(413))),
        ],
        [HTTPChoice.one, .auto, .two])
    func outcomes(expected: (path: String, failure: Failure?), http: HTTPChoice) async throws {
        let prober = try prober(nginx.url + expected.path, http: http)
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == expected.failure)
        #expect(result.observations.map(\.outcome) == [expected.failure?.outcome ?? .served])
        #expect(result.transport.httpVersion == (http == .one ? "1.1" : "2"))
        expectWhole(result)
        await prober.shutdown()
    }

    @Test(
        "a connection is set up once, and each probe has all phases", arguments: HTTPChoice.allCases
    )
    func phases(http: HTTPChoice) async throws {
        let prober = try prober(nginx.url, http: http)
        let first = await prober.probe(probe(), on: timeline())
        #expect(first.transport.connection == .new)
        #expect(first.phases.dnsUs != nil && first.phases.connectUs != nil)
        #expect(first.phases.tlsUs != nil)
        expectWhole(first)
        for index in 1..<5 {
            let result = await prober.probe(probe(index), on: timeline())
            #expect(result.failure == nil && result.transport.connection == .reused)
            #expect(result.phases.tlsUs == nil)
            expectWhole(result)
        }
        await prober.shutdown()
    }

    @Test("many probes at once share one connection")
    func shared() async throws {
        let prober = try prober(nginx.url)
        let first = await prober.probe(probe(), on: timeline())
        let connection = try #require(first.observations.first?.variation)
        let batches = await ScheduleTests.run(
            ScheduleTests.schedule(0..<50, stepNanoseconds: 0), by: prober)
        let results = batches.flatMap(\.results)
        #expect(results.count == 50)
        for result in results {
            #expect(result.failure == nil && result.transport.connection == .reused)
            #expect(result.observations.map(\.variation) == [connection])
            expectWhole(result)
        }
        await prober.shutdown()
    }

    @Test("a new connection for each probe is one, and is closed after it")
    func cold() async throws {
        let prober = try prober(nginx.url)
        var connections: Set<String?> = []
        for _ in 0..<3 {
            let result = await prober.probe(
                probe(), connections: .newConnection, on: timeline())
            #expect(result.failure == nil && result.transport.connection == .new)
            connections.insert(result.observations.first?.variation)
        }
        #expect(connections.count == 3)
        await prober.shutdown()
    }

    @Test("any number of answers that come before the body was read leave the connection whole")
    func early() async throws {
        // After each, the server resets the stream: it does not want the rest of the request.
        let prober = try prober(nginx.url + "/early")
        for index in 0..<250 {
            let result = await prober.probe(probe(index), on: timeline())
            #expect(result.failure == Failure(.rejected, .http(413)))
            #expect(result.transport.connection == (index == 0 ? .new : .reused))
        }
        await prober.shutdown()
    }

    @Test(
        "a server without HTTP/2 is spoken to in HTTP/1.1, unless the target rules that out",
        arguments: [
            (HTTPChoice.one, nil), (.auto, nil), (.two, Failure(.malformed, .httpProtocol)),
        ])
    func oneAlone(http: HTTPChoice, failure: Failure?) async throws {
        let prober = try prober(nginx.oneURL, http: http)
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == failure)
        #expect(result.transport.httpVersion == (failure == nil ? "1.1" : nil))
        #expect(result.phases.tlsUs != nil)
        expectWhole(result)
        await prober.shutdown()
    }
}
