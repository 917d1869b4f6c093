import Foundation
import Model
import NIOCore
import NIOSSL
import TestKit
import Testing

@testable import Probing

/// Answers with the address of a server, and counts.
private func lookup(of server: ScriptedServer, counting lookUps: Counter) throws -> NameLookup {
    let address = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
    return NameLookup { _, _ in
        lookUps.add()
        return .addresses([address])
    }
}

@Suite("New connections")
struct NewConnectionTests {
    @Test("are opened one for each probe, with the name looked up each time")
    func each() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let lookUps = Counter()
        let prober = try prober(
            for: target("http://api.test"), lookup: try lookup(of: server, counting: lookUps))
        for _ in 0..<4 {
            let result = await prober.probe(
                probe(), connections: .newConnection, on: timeline())
            #expect(result.failure == nil && result.transport.connection == .new)
            #expect(result.phases.dnsUs != nil && result.phases.connectUs != nil)
            expectWhole(result)
        }
        #expect(server.connections == 4 && lookUps.value == 4)
        await prober.shutdown()
    }

    @Test("are what a schedule can ask for")
    func scheduled() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        let schedule = Schedule(
            plan: "storefront", startNanoseconds: monotonicNanoseconds(), stepNanoseconds: 100_000,
            first: 0, end: 30, connections: .newConnection
        ) { position, _ in probe(position) }
        let results = await ScheduleTests.run(schedule, by: prober).flatMap(\.results)
        #expect(results.count { $0.failure == nil && $0.transport.connection == .new } == 30)
        #expect(server.connections == 30)
        #expect(Set(server.requests.map(\.connection)).count == 30)
        await prober.shutdown()
    }

    @Test("leave the kept ones alone, and are not kept")
    func beside() async throws {
        let server = try await ScriptedServer { _ in [.answer(served())] }
        let prober = try prober(for: target(server.url))
        for policy in [ConnectionPolicy.keepAlive, .newConnection, .newConnection, .keepAlive] {
            _ = await prober.probe(probe(), connections: policy, on: timeline())
        }
        #expect(server.requests.map(\.connection) == [0, 1, 2, 0])
        await prober.shutdown()
    }

    @Test("take up no session of a former one", arguments: [TLSVersion.tlsv12, .tlsv13])
    func sessions(version: TLSVersion) async throws {
        let server = try await TLSTests.server(TLSFixture.good) { $0.maximumTLSVersion = version }
        let folder = try TemporaryFolder()
        try Data(TLSFixture.authority.utf8).write(to: URL(filePath: folder.path("ca.pem")))
        let lookUps = Counter()
        let prober = try prober(
            for: target(
                "https://localhost:\(server.port)",
                tls: TLSSettings(caFile: folder.path("ca.pem"))),
            lookup: try lookup(of: server, counting: lookUps), group: TLSTests.group)
        for _ in 0..<2 {
            let result = await prober.probe(
                probe(), connections: .newConnection, on: timeline())
            #expect(result.failure == nil && result.phases.tlsUs != nil)
            expectWhole(result)
        }
        #expect(server.hellos.map(\.serverName) == ["localhost", "localhost"])
        #expect(server.hellos.allSatisfy { !$0.offersSession })
        #expect(lookUps.value == 2)
        await prober.shutdown()
    }
}
