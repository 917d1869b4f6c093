import Foundation
import Model
import Testing

@testable import Probing

/// In a process of its own: what other tests use is not counted.
@Suite("Memory")
struct MemoryTests {
    /// Endless, or as large as is still read: a body, a header, a document.
    static let floods: [[ScriptedServer.Step]] = [
        [.send("HTTP/1.1 200 OK\r\n\r\n"), .flood(Array(repeating: 0x20, count: 65_536))],
        [.send("HTTP/1.1 200 OK\r\nX: "), .flood(Array(repeating: 0x61, count: 65_536))],
        [.answer(String(repeating: "[", count: 250_000))],
    ]

    @Test("does not grow with what servers send without end")
    func floods() async {
        await #expect(processExitsWith: .success) {
            let server = try await ScriptedServer { Self.floods[$0.number % 3] }
            var limits = Limits()
            limits.bodyBytes = 256 << 10
            let prober = try prober(for: target(server.url), limits: limits)
            var reasons: Set<Reason?> = []
            // What allocators and buffers keep is there after some of each.
            for index in 0..<60 { _ = await prober.probe(probe(index), on: timeline()) }
            let before = try peakBytes()
            for index in 0..<300 {
                reasons.insert(await prober.probe(probe(index), on: timeline()).failure?.reason)
            }
            #expect(reasons == [.bodyLimit, .headerLimit, .notJSON])
            // Kept, the bodies would be fifty megabytes.
            #expect(try peakBytes() - before < 12 << 20)
        }
    }
}

/// The most that this process ever had in memory (`VmHWM` of proc(5)).
private func peakBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let kilobytes = try #require(status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) })
    return kilobytes << 10
}
