import Foundation
import Model
import NIOPosix
import NIOSSL
import TestKit
import Testing

@testable import Probing

@Suite("TLS")
struct TLSTests {
    /// Handshakes take long without optimisation: they hold up no other test's loop.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let folder: TemporaryFolder
    let authority: String

    init() throws {
        folder = try TemporaryFolder()
        authority = folder.path("authority.pem")
        try Data(TLSFixture.authority.utf8).write(to: URL(filePath: authority))
    }

    static func server(
        _ certificate: String, change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> ScriptedServer {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(TLSFixture.key.utf8), format: .pem)))
        change(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        return try await ScriptedServer(tls: context, group: group) { _ in [.answer(served())] }
    }

    func prober(
        for target: Target, onEvent: @escaping @Sendable (ProberEvent) -> Void = { _ in }
    ) throws -> Prober {
        try ProbingTests.prober(for: target, group: Self.group, onEvent: onEvent)
    }

    /// `tls` nil: the test's authority is trusted, and all else is as usual.
    func result(
        of server: ScriptedServer, host: String = "localhost", tls: TLSSettings? = nil
    ) async throws -> ProbeResult {
        let settings = tls ?? TLSSettings(caFile: authority)
        let prober = try prober(for: target("https://\(host):\(server.port)", tls: settings))
        let result = await prober.probe(probe(), on: timeline())
        await prober.shutdown()
        expectWhole(result)
        return result
    }

    @Test("that holds carries a probe", arguments: ["localhost", "127.0.0.1"])
    func good(host: String) async throws {
        let result = try await result(of: try await Self.server(TLSFixture.good), host: host)
        #expect(result.failure == nil)
        #expect(result.phases.tlsUs != nil && result.phases.connectUs != nil)
    }

    @Test(
        "with a certificate that cannot be trusted is unreachable, and says which way",
        arguments: [
            (TLSFixture.expired, Reason.tlsExpired), (TLSFixture.notYetValid, .tlsNotYetValid),
            (TLSFixture.selfSigned, .tlsSelfSigned), (TLSFixture.wrongHost, .tlsWrongHost),
            (TLSFixture.unknownAuthority, .tlsUnknownCA),
        ])
    func certificates(certificate: String, reason: Reason) async throws {
        let server = try await Self.server(certificate)
        for host in ["localhost", "127.0.0.1"] {
            let result = try await result(of: server, host: host)
            #expect(result.failure == Failure(.unreachable, reason))
            #expect(result.phases.tlsUs != nil && result.phases.requestUs == nil)
        }
        #expect(server.requests.isEmpty)
    }

    @Test("of a version that is long past is refused without being asked to")
    func pastVersion() async throws {
        let server = try await Self.server(TLSFixture.good) {
            $0.minimumTLSVersion = .tlsv1
            $0.maximumTLSVersion = .tlsv11
        }
        let result = try await result(of: server)
        #expect(result.failure == Failure(.unreachable, .tlsVersion))
    }

    @Test("met by plain HTTP is told")
    func plaintext() async throws {
        let server = try await PlainServer(answer: "HTTP/1.1 400 Bad Request\r\n\r\n")
        let prober = try prober(
            for: target("https://localhost:\(server.port)", tls: TLSSettings(caFile: authority)))
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == Failure(.unreachable, .tlsPlaintext))
        await prober.shutdown()
    }

    @Test("that is never answered is a timeout")
    func silent() async throws {
        let server = try await PlainServer(answer: nil)
        try await calm()
        let prober = try prober(
            for: target(
                "https://localhost:\(server.port)", timeoutUs: 1_500_000,
                tls: TLSSettings(caFile: authority)))
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == Failure(.timeout, .tlsTimeout))
        expectWhole(result)
        await prober.shutdown()
    }

    @Test("that is closed in the handshake is told")
    func closed() async throws {
        let server = try await PlainServer(answer: "")
        let prober = try prober(
            for: target("https://localhost:\(server.port)", tls: TLSSettings(caFile: authority)))
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == Failure(.unreachable, .tlsHandshake))
        await prober.shutdown()
    }

    @Test("keeps its connections")
    func reuse() async throws {
        let server = try await Self.server(TLSFixture.good)
        let prober = try prober(
            for: target("https://localhost:\(server.port)", tls: TLSSettings(caFile: authority)))
        _ = await prober.probe(probe(), on: timeline())
        let result = await prober.probe(probe(), on: timeline())
        #expect(result.transport.connection == .reused && result.failure == nil)
        expectWhole(result)
        await prober.shutdown()
    }

    @Test("without a readable file of authorities is refused before a socket opens")
    func authorities() throws {
        let error = #expect(throws: ProbingError.self) {
            try prober(
                for: target("https://localhost", tls: TLSSettings(caFile: folder.path("none.pem"))))
        }
        #expect(error?.code == .certificate)
    }
}
