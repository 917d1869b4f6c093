import Model
import NIOCore
import NIOPosix
import Testing

@testable import Probing

@Suite("Addresses once known")
struct NameCacheTests {
    /// Answers the first look-up, and none after it until the gate is opened.
    static func hanging(_ server: ScriptedServer, after gate: Gate, lookUps: Counter) -> NameLookup
    {
        let port = server.port
        return NameLookup { _, _ in
            lookUps.add()
            if lookUps.value > 1 { gate.pass() }
            let address = try? SocketAddress(ipAddress: "127.0.0.1", port: port)
            return address.map { .addresses([$0]) } ?? .temporary
        }
    }

    /// Each connection carries one probe, so that each probe needs an address.
    static func server() async throws -> ScriptedServer {
        try await ScriptedServer { _ in [.answer(served(), headers: ["Connection: close"])] }
    }

    @Test("go on being used while the name is looked up anew and the resolver hangs")
    func hanging() async throws {
        let server = try await Self.server()
        let gate = Gate()
        let lookUps = Counter()
        var limits = Limits()
        limits.nameAge = .seconds(1)
        let prober = try prober(
            for: target("http://api.test"), limits: limits,
            lookup: Self.hanging(server, after: gate, lookUps: lookUps))
        try await calm()
        var results: [ProbeResult] = []
        while lookUps.value < 2 { results.append(await prober.probe(probe(), on: timeline())) }
        for _ in 0..<3 { results.append(await prober.probe(probe(), on: timeline())) }
        gate.open()
        #expect(results.allSatisfy { $0.failure == nil && $0.transport.connection == .new })
        #expect(results.first?.phases.dnsUs != nil)
        #expect(results.dropFirst().allSatisfy { $0.phases.dnsUs == nil })
        #expect(lookUps.value == 2)
        await prober.shutdown()
    }

    @Test("are forgotten after ten ages without an answer")
    func forgotten() async throws {
        let server = try await Self.server()
        let gate = Gate()
        var limits = Limits()
        limits.nameAge = .milliseconds(1)
        let prober = try prober(
            for: target("http://api.test", timeoutUs: 1_500_000), limits: limits,
            lookup: Self.hanging(server, after: gate, lookUps: Counter()))
        try await calm()
        var result = await prober.probe(probe(), on: timeline())
        #expect(result.failure == nil)
        for _ in 0..<10_000 where result.failure?.reason != .dnsTimeout {
            result = await prober.probe(probe(), on: timeline())
        }
        #expect(result.failure == Failure(.timeout, .dnsTimeout))
        gate.open()
        await prober.shutdown()
    }

    @Test("of another target on the same loop are used while a resolver hangs")
    func otherTarget() async throws {
        let server = try await Self.server()
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let gate = Gate()
        let entered = AsyncStream.makeStream(of: Void.self)
        let stuck = try prober(
            for: target("http://slow.test", timeoutUs: 60_000_000),
            lookup: NameLookup { _, _ in
                entered.continuation.yield()
                gate.pass()
                return .addresses([address])
            }, group: group)
        let other = try prober(
            for: target("http://api.test"),
            lookup: NameLookup { _, _ in .addresses([address]) }, group: group)
        try await calm()
        async let waiting = stuck.probe(probe(), on: timeline())
        for await _ in entered.stream { break }
        for _ in 0..<10 {
            #expect(await other.probe(probe(), on: timeline()).failure == nil)
        }
        gate.open()
        #expect(await waiting.failure == nil)
        await stuck.shutdown()
        await other.shutdown()
        try await group.shutdownGracefully()
    }
}
