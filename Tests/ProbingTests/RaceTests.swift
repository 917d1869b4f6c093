import Foundation
import Model
import NIOCore
import NIOPosix
import NIOSSL
import TestKit
import Testing

@testable import Probing

/// A name with several addresses, some of which do not answer (RFC 8305).
@Suite("A race of addresses")
struct RaceTests {
    static func refusing(port: Int, count: Int = 1) throws -> [SocketAddress] {
        try (2..<2 + count).map { try SocketAddress(ipAddress: "127.0.0.\($0)", port: port) }
    }

    static func live(_ server: ScriptedServer) throws -> SocketAddress {
        try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
    }

    static func result(
        racing addresses: [SocketAddress], timeoutUs: Int64 = 5_000_000,
        scheme: String = "http", tls: TLSSettings = TLSSettings()
    ) async throws -> ProbeResult {
        let prober = try prober(
            for: target("\(scheme)://localhost", timeoutUs: timeoutUs, tls: tls),
            lookup: NameLookup { _, _ in .addresses(addresses) })
        let result = await prober.probe(probe(), on: timeline())
        expectWhole(result)
        await prober.shutdown()
        return result
    }

    static func answering() async throws -> ScriptedServer {
        try await ScriptedServer { _ in [.answer(served())] }
    }

    @Test("is won by the address that answers, one attempt delay after each that does not")
    func silent() async throws {
        let server = try await Self.answering()
        let full = [try FullServer(ip: "127.0.0.3"), try FullServer(ip: "127.0.0.4")]
        let result = try await Self.result(racing: full.map(\.address) + [try Self.live(server)])
        #expect(result.failure == nil)
        #expect(result.transport.remoteAddress == "127.0.0.1")
        #expect(Race.attemptDelay == .milliseconds(250))
        #expect(try #require(result.phases.connectUs) >= 500_000)
        #expect(server.connections == 1)
    }

    @Test("goes on at once where an address refuses")
    func refusing() async throws {
        let server = try await Self.answering()
        try await calm()
        let addresses = try Self.refusing(port: server.port, count: 20) + [Self.live(server)]
        let result = try await Self.result(racing: addresses)
        #expect(result.failure == nil)
        #expect(result.transport.remoteAddress == "127.0.0.1")
        // Twenty delays would be five seconds.
        #expect(try #require(result.phases.connectUs) < 2_500_000)
    }

    @Test("is won among a silent, a refusing and a working address by the last")
    func mixed() async throws {
        let server = try await Self.answering()
        let full = try FullServer(ip: "127.0.0.3")
        let result = try await Self.result(
            racing: [full.address] + Self.refusing(port: server.port) + [Self.live(server)])
        #expect(result.failure == nil)
        #expect(result.transport.remoteAddress == "127.0.0.1")
        #expect(try #require(result.phases.connectUs) >= 250_000)
    }

    @Test("that all refuse is refused, with the last address")
    func allRefused() async throws {
        let server = try await Self.answering()
        let result = try await Self.result(racing: try Self.refusing(port: server.port, count: 3))
        #expect(result.failure == Failure(.unreachable, .refused))
        #expect(result.transport.remoteAddress == "127.0.0.4")
        #expect(result.phases.connectUs != nil && result.phases.requestUs == nil)
    }

    @Test(
        "that nobody answers is a timeout at its deadline, though one refuses", arguments: [0, 1])
    func noneAnswers(refusing count: Int) async throws {
        let full = [try FullServer(ip: "127.0.0.3"), try FullServer(ip: "127.0.0.4")]
        let port = full[0].address.port ?? 0
        try await calm()
        let result = try await Self.result(
            racing: full.map(\.address) + Self.refusing(port: port, count: count),
            timeoutUs: 700_000)
        #expect(result.failure == Failure(.timeout, .connectTimeout))
        #expect((700_000..<3_000_000).contains(result.phases.responseUs))
        #expect(result.phases.tlsUs == nil && result.phases.requestUs == nil)
    }

    @Test("is over with the first connection: a failure of TLS there tells its address")
    func failingWinner() async throws {
        let folder = try TemporaryFolder()
        let authority = folder.path("authority.pem")
        try Data(TLSFixture.authority.utf8).write(to: URL(filePath: authority))
        let expired = try await TLSTests.server(TLSFixture.expired)
        let full = try FullServer(ip: "127.0.0.3")
        let result = try await Self.result(
            racing: [full.address, Self.live(expired)], scheme: "https",
            tls: TLSSettings(caFile: authority))
        #expect(result.failure == Failure(.unreachable, .tlsExpired))
        #expect(result.transport.remoteAddress == "127.0.0.1")
        #expect(result.phases.tlsUs != nil)
    }

    @Test(
        "takes the families by turns, beginning with that of the first address",
        arguments: [
            ([], []), (["::1"], ["::1"]),
            (["::1", "::2", "127.0.0.1"], ["::1", "127.0.0.1", "::2"]),
            (
                ["127.0.0.1", "127.0.0.2", "127.0.0.3", "::1", "::2"],
                ["127.0.0.1", "::1", "127.0.0.2", "::2", "127.0.0.3"]
            ),
        ])
    func families(addresses: [String], turns: [String]) throws {
        let sorted = interleaved(try addresses.map { try SocketAddress(ipAddress: $0, port: 1) })
        #expect(sorted.map(\.ipAddress) == turns)
    }
}
