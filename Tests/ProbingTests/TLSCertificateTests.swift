import Foundation
import Model
import NIOSSL
import TestKit
import Testing

@testable import Probing

/// Certificates of ours and names that are stated.
extension TLSTests {
    func file(_ name: String, _ text: String) throws -> String {
        let path = folder.path(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    static func demandingServer(_ version: TLSVersion) async throws -> ScriptedServer {
        let trusted = try NIOSSLCertificate.fromPEMBytes(Array(TLSFixture.authority.utf8))
        return try await server(TLSFixture.good) {
            $0.certificateVerification = .noHostnameVerification
            $0.trustRoots = .certificates(trusted)
            $0.maximumTLSVersion = version
        }
    }

    @Test("that wants a client certificate tells so", arguments: [TLSVersion.tlsv12, .tlsv13])
    func missing(version: TLSVersion) async throws {
        let server = try await Self.demandingServer(version)
        let result = try await result(of: server)
        #expect(result.failure == Failure(.unreachable, .tlsClientCertificate))
        #expect(server.requests.isEmpty)
    }

    @Test("shows the client certificate it is given", arguments: [TLSVersion.tlsv12, .tlsv13])
    func shown(version: TLSVersion) async throws {
        let settings = TLSSettings(
            caFile: authority, certificate: try file("own.pem", TLSFixture.good),
            key: try file("own.key", TLSFixture.key))
        let server = try await Self.demandingServer(version)
        #expect(try await result(of: server, tls: settings).failure == nil)
        #expect(server.requests.count == 1)
    }

    @Test(
        "with a client certificate that is not trusted tells so",
        arguments: [
            (TLSVersion.tlsv12, TLSFixture.expired), (.tlsv13, TLSFixture.expired),
            (.tlsv13, TLSFixture.unknownAuthority),
        ])
    func untrusted(version: TLSVersion, certificate: String) async throws {
        let settings = TLSSettings(
            caFile: authority, certificate: try file("own.pem", certificate),
            key: try file("own.key", TLSFixture.key))
        let server = try await Self.demandingServer(version)
        let result = try await result(of: server, tls: settings)
        #expect(result.failure == Failure(.unreachable, .tlsClientCertificate))
    }

    @Test("with a client certificate that cannot be read is refused before a socket opens")
    func unreadable() throws {
        let key = try file("own.key", TLSFixture.key)
        let certificate = try file("own.pem", TLSFixture.good)
        let none = folder.path("none.pem")
        for (certificate, key) in [(none, key), (certificate, none), (key, certificate)] {
            let settings = TLSSettings(caFile: authority, certificate: certificate, key: key)
            let error = #expect(throws: ProbingError.self) {
                try prober(for: target("https://localhost", tls: settings))
            }
            #expect(error?.code == .certificate)
        }
    }

    @Test(
        "is spoken from the minimum on",
        arguments: [
            (TLSVersion.tlsv12, "1.2", true), (.tlsv13, "1.3", true), (.tlsv12, "1.3", false),
            (.tlsv11, "1.2", false),
        ])
    func minimum(spoken: TLSVersion, minimum: String, isEnough: Bool) async throws {
        let server = try await Self.server(TLSFixture.good) { $0.maximumTLSVersion = spoken }
        let settings = TLSSettings(caFile: authority, minimum: minimum)
        let result = try await result(of: server, tls: settings)
        #expect(result.failure == (isEnough ? nil : Failure(.unreachable, .tlsVersion)))
    }

    /// The certificate's name, the URL's host, the name that is stated; then the name that is
    /// asked for, and whether it is the one on the certificate.
    static let names: [(String, String, String?, String?, Bool)] = [
        (TLSFixture.good, "localhost", nil, "localhost", true),
        (TLSFixture.good, "127.0.0.1", nil, nil, true),
        (TLSFixture.good, "127.0.0.1", "localhost", "localhost", true),
        (TLSFixture.wrongHost, "localhost", "example.invalid", "example.invalid", true),
        (TLSFixture.wrongHost, "localhost", nil, "localhost", false),
        (TLSFixture.wrongHost, "localhost", "other.invalid", "other.invalid", false),
    ]

    @Test(
        "asks for the name that it verifies, which is the stated one or the host", arguments: names)
    func serverName(
        certificate: String, host: String, stated: String?, asked: String?, isRight: Bool
    ) async throws {
        let server = try await Self.server(certificate)
        let settings = TLSSettings(caFile: authority, serverName: stated)
        let result = try await result(of: server, host: host, tls: settings)
        #expect(result.failure == (isRight ? nil : Failure(.unreachable, .tlsWrongHost)))
        #expect(server.hellos.map(\.serverName) == [asked])
        #expect(server.requests.allSatisfy { $0.text.contains("Host: \(host):\(server.port)\r\n") })
    }

    @Test("to a stated name that is an address is refused")
    func addressAsName() throws {
        let settings = TLSSettings(caFile: authority, serverName: "127.0.0.1")
        let error = #expect(throws: ProbingError.self) {
            try prober(for: target("https://localhost", tls: settings))
        }
        #expect(error?.code == .target)
    }

    @Test(
        "tells once when the certificate expires, trusted or not",
        arguments: [
            // 2124-01-01, 2021-01-01, as openssl x509 -enddate shows them.
            (TLSFixture.good, 4_859_740_800, nil), (TLSFixture.expired, 1_609_459_200, .tlsExpired),
        ] as [(String, Int64, Reason?)])
    func expiry(certificate: String, seconds: Int64, reason: Reason?) async throws {
        let server = try await Self.server(certificate)
        let log = EventLog()
        let prober = try prober(
            for: target("https://localhost:\(server.port)", tls: TLSSettings(caFile: authority)),
            onEvent: log.note)
        for _ in 0..<2 {
            let result = await prober.probe(
                probe(), connections: .newConnection, on: timeline())
            #expect(result.failure?.reason == reason)
        }
        #expect(log.events == [.certificate(expirySeconds: seconds)])
        await prober.shutdown()
    }
}
