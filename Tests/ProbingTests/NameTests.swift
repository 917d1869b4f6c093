import Model
import NIOCore
import Testing

@testable import Probing

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
