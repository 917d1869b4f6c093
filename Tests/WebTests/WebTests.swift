import Foundation
import Logging
import Model
import ServiceLifecycle
import TestKit
import Testing
import Web

private let families = [
    MetricFamily(
        name: "variometer_results_total", help: "Probes\nthat \\ ended.", type: .counter,
        samples: [
            MetricFamily.Sample(labels: [("reason", "a\"b\\c\nd"), ("plan", "p")], value: 3)
        ]),
    MetricFamily(
        name: "variometer_latency_seconds", help: "Latency.", type: .histogram,
        samples: MetricFamily.histogramSamples(
            labels: [("target", "t")], buckets: [(0.01, 1), (0.1, 4)], sumSeconds: 0.25, count: 5)),
    MetricFamily(name: "variometer_nothing", help: "Empty.", type: .gauge, samples: []),
]

@Suite("Exposition")
struct ExpositionTests {
    @Test("is Prometheus' text format, escaped")
    func text() {
        #expect(
            exposition(families) == #"""
                # HELP variometer_results_total Probes\nthat \\ ended.
                # TYPE variometer_results_total counter
                variometer_results_total{reason="a\"b\\c\nd",plan="p"} 3
                # HELP variometer_latency_seconds Latency.
                # TYPE variometer_latency_seconds histogram
                variometer_latency_seconds_bucket{target="t",le="0.01"} 1
                variometer_latency_seconds_bucket{target="t",le="0.1"} 4
                variometer_latency_seconds_bucket{target="t",le="+Inf"} 5
                variometer_latency_seconds_sum{target="t"} 0.25
                variometer_latency_seconds_count{target="t"} 5

                """#)
    }
}

/// An answer as it came off the wire.
private struct Reply {
    let status: Int
    let headers: String
    let body: String
}

/// Serves the test site and asks it, one request a connection.
private func ask(
    _ requests: [String], failing: [FailingCheck] = [], notes: [String] = [],
    faults: [String] = [], host: String = "127.0.0.1"
) async throws -> [Reply] {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let server = WebServer(
        listen: ListenAddress(host: "127.0.0.1", port: 0), page: { "<p>page</p>" },
        metrics: { families }, readiness: { failing }, notes: { notes }, reload: { faults },
        onListening: { continuation.yield($0) }, logger: Logger(label: "test"))
    let group = ServiceGroup(services: [server], logger: Logger(label: "test"))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var replies: [Reply] = []
        for await port in ports {
            for request in requests {
                replies.append(
                    try await onOwnThread { try reply(to: request, host: host, port: port) })
            }
            break
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return replies
    }
}

/// A blocking request over a plain socket.
private func reply(to request: String, host: String, port: Int) throws -> Reply {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
    let text = "\(request) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n\r\n"
    _ = text.withCString { write(socket, $0, strlen($0)) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(socket, &buffer, buffer.count), count > 0 {
        bytes += buffer[..<count]
    }
    let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")
    return Reply(
        status: Int(parts[0].split(separator: " ").dropFirst().first ?? "") ?? 0,
        headers: parts[0].lowercased(), body: parts.dropFirst().joined(separator: "\r\n\r\n"))
}

@Suite("Site")
struct SiteTests {
    @Test("serves what is on the list, with strict headers, and nothing else")
    func routes() async throws {
        let replies = try await ask([
            "GET /", "GET /page.css", "GET /metrics", "GET /-/healthy", "GET /-/ready",
            "GET /etc/passwd", "GET /-/../metrics", "POST /metrics",
        ])
        #expect(replies.map(\.status) == [200, 200, 200, 200, 200, 404, 404, 405])
        #expect(replies[0].body == "<p>page</p>")
        #expect(replies[1].body.contains("prefers-color-scheme"))
        #expect(replies[2].body == exposition(families))
        #expect(replies[5].body.contains("urn:variometer:problem:path"))
        #expect(replies[7].headers.contains("allow: get, head"))
        for reply in replies {
            #expect(reply.headers.contains("content-security-policy: default-src 'none'"))
            #expect(reply.headers.contains("x-content-type-options: nosniff"))
            #expect(reply.headers.contains("referrer-policy: no-referrer"))
        }
    }

    @Test("is not ready while a check fails, and says which")
    func readiness() async throws {
        let failing = [FailingCheck(name: "store", detail: "disk is full")]
        let replies = try await ask(["GET /-/ready", "GET /-/healthy"], failing: failing)
        #expect(replies.map(\.status) == [503, 200])
        #expect(replies[0].body.contains("store: disk is full"))
        #expect(replies[0].headers.contains("application/problem+json"))
    }

    @Test("goes by its own names only")
    func rebinding() async throws {
        #expect(try await ask(["GET /"], host: "evil.example").map(\.status) == [421])
        #expect(try await ask(["GET /"], host: "localhost").map(\.status) == [200])
    }
}
