import Model
import NIOCore
import Testing

@testable import Probing

/// The wire of OFREP with a key, or masked for people.
func ofrep(key: String? = "SECRET", baseURL: String = "https://flags.example/p") -> OFREP {
    OFREP(
        target: Target(name: "flags", api: .ofrep, baseURL: baseURL, workspaceID: ""),
        key: key.map(Secret.init), userAgent: "probe/1")
}

@Suite("An OFREP request")
struct OFREPRequestTests {
    static let body =
        #"{"context":{"targetingKey":"panel-0007","day":"Saturday","hour":"19","#
        + #""ipAddress":"103.21.58.1","#
        + #""userAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) …","#
        + #""utm_medium":"email"}}"#

    static func head(path: String, length: Int) -> String {
        """
        POST \(path) HTTP/1.1
        Host: flags.example
        Authorization: Bearer SECRET
        Content-Type: application/json
        User-Agent: probe/1
        Content-Length: \(length)


        """
    }

    /// The example of the contract, asked for other flags.
    static func probe(of experiences: [String]) -> Probe {
        Probe(
            identity: exampleProbe.identity, subject: exampleProbe.subject,
            context: exampleProbe.context, experiences: experiences,
            userAgent: exampleProbe.userAgent, address: exampleProbe.address)
    }

    @Test(
        "asks for one flag by its own path, for several or all in bulk",
        arguments: [
            (["hero"], "/p/ofrep/v1/evaluate/flags/hero"),
            (["hero", "promo-strip"], "/p/ofrep/v1/evaluate/flags"),
            ([], "/p/ofrep/v1/evaluate/flags"),
        ])
    func bytes(experiences: [String], path: String) {
        let request = ofrep().fetchRequest(for: Self.probe(of: experiences))
        let shown = Self.head(path: path, length: Self.body.utf8.count) + Self.body
        let wire =
            Self.head(path: path, length: Self.body.utf8.count).replacing("\n", with: "\r\n")
            + Self.body
        #expect(text(of: request) == wire)
        #expect(request.text == shown.replacing("SECRET", with: "<redacted>"))
    }

    @Test(
        "writes a key as one segment of the path",
        arguments: [
            ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"), ("a/b", "a%2Fb"), ("é", "%C3%A9"),
            ("a?b#c%d", "a%3Fb%23c%25d"), ("a\r\nX: y", "a%0D%0AX%3A%20y"),
            ("a+b&c=d", "a%2Bb%26c%3Dd"),
            ("٣", "%D9%A3"), ("\u{7F}", "%7F"),
        ])
    func segment(key: String, segment: String) {
        let request = ofrep().fetchRequest(for: Self.probe(of: [key]))
        #expect(request.head.path == "/p/ofrep/v1/evaluate/flags/" + segment)
    }

    @Test("shows no credentials where it is masked, and has none where there is no key")
    func credentials() {
        func field(_ wire: OFREP) -> String? {
            wire.fetchRequest(for: exampleProbe).text.split(separator: "\n")
                .first { $0.hasPrefix("Authorization") }.map(String.init)
        }
        #expect(field(ofrep(key: nil)) == "Authorization: Bearer <redacted>")
        #expect(field(ofrep(key: "SECRET")) == "Authorization: Bearer <redacted>")
        #expect(field(ofrep(key: "")) == nil)
        let open = ofrep(key: "").fetchRequest(for: exampleProbe)
        #expect(!text(of: open).contains("Authorization"))
    }

    @Test("leaves out what the context lacks, and carries a subject's identifiers")
    func sparse() {
        let probe = Probe(
            identity: exampleProbe.identity,
            subject: Subject(
                customerID: "a\"b", population: .cohort,
                identifiers: [
                    Attribute(name: "email", value: "a@b.c"), Attribute(name: "none", value: nil),
                ]),
            context: Context(hour: 7, attributes: [Attribute(name: "left", value: nil)]),
            experiences: ["hero"])
        #expect(
            String(decoding: ofrep().fetchRequest(for: probe).body, as: UTF8.self)
                == #"{"context":{"targetingKey":"a\"b","email":"a@b.c","hour":"07"}}"#)
    }

    @Test("is a fetch: the protocol lists no flags")
    func metadata() {
        #expect(ofrep().metadataRequest(statuses: ["Active"]) == nil)
    }

    @Test("arrives as it is shown")
    func arrives() async throws {
        let server = try await ScriptedServer { _ in
            [.answer(#"{"key":"a b","variant":"on","value":true}"#)]
        }
        let target = Target(name: "flags", api: .ofrep, baseURL: server.url, workspaceID: "")
        let prober = try prober(for: target)
        let probe = Self.probe(of: ["a b"])
        let result = await prober.probe(probe, on: timeline())
        #expect(result.failure == nil && result.observations.map(\.variation) == ["on"])
        let shown = FetchRequest(probe: probe, target: target, userAgent: "probe/1")
        let bytes = shown.bytes(key: Secret("SECRET"))
        #expect(server.requests.map(\.text) == [String(decoding: bytes, as: UTF8.self)])
        #expect(try await prober.metadata(statuses: []) == nil)
        #expect(server.requests.count == 1)
        await prober.shutdown()
    }
}

/// What the wire carries.
private func text(of request: Request) -> String {
    String(buffer: request.buffer(from: ByteBufferAllocator()))
}
