import Model
import Testing

@testable import Probing

@Suite("Metadata")
struct MetadataTests {
    @Test("is asked with the fetch's header fields and read leniently")
    func listed() async throws {
        let server = try await ScriptedServer { _ in
            [
                .answer(
                    """
                    {"metadata":{"count":2,"experiences":[
                      {"experience_name":"Hero","experience_key":"hero","status":"Active"},
                      {"experience_key":"promo","new":1},{"status":"Active"},7]}}
                    """)
            ]
        }
        let prober = try prober(for: target(server.url))
        let list = try await prober.metadata(statuses: ["Active", "Paused"])
        #expect(
            list == [
                ExperienceMetadata(name: "Hero", key: "hero", status: "Active"),
                ExperienceMetadata(name: nil, key: "promo", status: nil),
            ])
        #expect(
            server.requests.map(\.text) == [
                [
                    "GET /v1/experiences/metadata?status=Active,Paused HTTP/1.1",
                    "Host: 127.0.0.1:\(server.port)", "Authorization: Basic V1MxOlNFQ1JFVA==",
                    "MOE-APPKEY: WS1", "Content-Type: application/json", "User-Agent: probe/1",
                    "", "",
                ].joined(separator: "\r\n")
            ])
        await prober.shutdown()
    }

    @Test(
        "that cannot be had is our failure, and says why without the key",
        arguments: [
            (ScriptedServer.Step.answer("{}", status: "401 X"), "rejected: http_401"),
            (.answer("[]"), "malformed: wrong_shape"), (.answer("no"), "malformed: not_json"),
            (.close, "unreachable: closed"),
        ])
    func failing(step: ScriptedServer.Step, hint: String) async throws {
        let server = try await ScriptedServer { _ in [step] }
        let prober = try prober(for: target(server.url))
        let error = await #expect(throws: ProbingError.self) {
            try await prober.metadata(statuses: [])
        }
        #expect(error?.code == .metadata && error?.hint == hint)
        #expect(!"\(String(describing: error))".contains("SECRET"))
        await prober.shutdown()
    }
}
