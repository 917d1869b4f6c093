import Model
import NIOPosix
import Testing

@testable import Probing

@Suite("A fetch request")
struct FetchRequestTests {
    static let head = """
        POST /v1/experiences/fetch HTTP/1.1
        Host: sdk-02.moengage.com
        Authorization: Basic V1MxOlNFQ1JFVA==
        MOE-APPKEY: WS1
        Content-Type: application/json
        User-Agent: probe/1
        Content-Length: 263


        """

    static let body =
        #"{"identifiers":{"customer_id":"panel-0007"},"experience_key":["hero","promo-strip"],"#
        + #""DAY_OF_THE_WEEK":"Saturday","TIME_OF_THE_DAY":"19","USER_IP_ADDRESS":"103.21.58.1","#
        + #""USER_AGENT":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) …","#
        + #""utm_medium":"email"}"#

    let request = FetchRequest(
        probe: exampleProbe, target: target("https://sdk-02.moengage.com"), userAgent: "probe/1")

    @Test("is the contract's example, byte for byte")
    func example() {
        #expect(String(decoding: request.body, as: UTF8.self) == Self.body)
        let wire = Self.head.replacing("\n", with: "\r\n") + Self.body
        #expect(String(decoding: request.bytes(key: Secret("SECRET")), as: UTF8.self) == wire)
        let shown = Self.head.replacing("V1MxOlNFQ1JFVA==", with: "<redacted>") + Self.body
        #expect(request.text == shown)
    }

    @Test("arrives as it is shown")
    func arrives() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let target = target(server.url)
        let prober = try prober(for: target)
        _ = await prober.probe(exampleProbe, on: timeline())
        let shown = FetchRequest(probe: exampleProbe, target: target, userAgent: "probe/1")
        let bytes = shown.bytes(key: Secret("SECRET"))
        #expect(server.requests.map(\.text) == [String(decoding: bytes, as: UTF8.self)])
        await prober.shutdown()
    }

    @Test("shows who we are in its head; the user agent that is probed is in the body alone")
    func userAgents() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let endpoint = Endpoint(target: target(server.url), key: Secret("SECRET"))
        let prober = try Prober(
            endpoint: endpoint, group: MultiThreadedEventLoopGroup.singleton)
        _ = await prober.probe(exampleProbe, on: timeline())
        let parts = try #require(server.requests.first).text.split(separator: "\r\n\r\n")
        let fields = parts[0].split(separator: "\r\n").filter {
            $0.lowercased().hasPrefix("user-agent:")
        }
        #expect(fields == ["User-Agent: variometer (synthetic probe)"])
        #expect(!parts[0].contains("iPhone") && parts[1].contains("iPhone"))
        await prober.shutdown()
    }

    @Test("leaves out what the context lacks")
    func sparse() {
        let bare = Probe(
            identity: exampleProbe.identity,
            subject: Subject(customerID: "a/\"b", population: .cohort), context: Context(),
            experiences: [])
        #expect(
            String(decoding: fetchBody(of: bare), as: UTF8.self)
                == #"{"identifiers":{"customer_id":"a/\"b"}}"#)
    }

    @Test("carries the identifiers that a subject has, in their order, and two digits of the hour")
    func identifiers() {
        let probe = Probe(
            identity: exampleProbe.identity,
            subject: Subject(
                customerID: "c1", population: .cohort,
                identifiers: [
                    Attribute(name: "u_mb", value: "+1"), Attribute(name: "none", value: nil),
                    Attribute(name: "u_em", value: "a@b.c"),
                ]),
            context: Context(hour: 7), experiences: ["hero"])
        #expect(
            String(decoding: fetchBody(of: probe), as: UTF8.self)
                == #"{"identifiers":{"customer_id":"c1","user_identifiers":"#
                + #"{"u_mb":"+1","u_em":"a@b.c"}},"experience_key":["hero"],"#
                + #""TIME_OF_THE_DAY":"07"}"#)
    }

    @Test(
        "goes where the base URL says",
        arguments: [
            ("https://h.example", "h.example", "/v1/experiences/fetch", "h.example", 443),
            ("https://h.example:443/", "h.example", "/v1/experiences/fetch", "h.example", 443),
            ("http://h.example", "h.example", "/v1/experiences/fetch", "h.example", 80),
            (
                "http://127.0.0.1:8080/p", "127.0.0.1:8080", "/p/v1/experiences/fetch",
                "127.0.0.1", 8080
            ),
            ("http://[::1]:81", "[::1]:81", "/v1/experiences/fetch", "::1", 81),
            ("http://[::1]", "[::1]", "/v1/experiences/fetch", "::1", 80),
        ])
    func origins(url: String, authority: String, path: String, host: String, port: Int) throws {
        let lines = FetchRequest(probe: probe(), target: target(url), userAgent: "probe/1")
            .text.split(separator: "\n")
        #expect(lines[0] == "POST \(path) HTTP/1.1")
        #expect(lines[1] == "Host: \(authority)")
        let origin = try #require(Origin(BaseURL(url)))
        #expect(origin.host == host && origin.port == port)
    }

    @Test(
        "is refused for a target that cannot be one",
        arguments: [
            "https://", "http://host:0x1", "http://host:99999", "http://ho st", "http://h\r\nX: y",
        ])
    func refused(url: String) {
        #expect(throws: ProbingError.self) { try prober(for: target(url)) }
    }
}
