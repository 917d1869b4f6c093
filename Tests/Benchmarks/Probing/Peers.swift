import Foundation

/// `hey`: a load generator in Go; ends after so many requests.
struct Hey {
    let bench: Workbench

    /// Sends the same request as the product does, `count` times over 50 connections.
    func post(_ url: String, count: Int, flags: [String] = []) throws -> Sample {
        let body = try bench.write(Exchange.request, to: "request.json")
        let headers = Exchange.headers.flatMap { ["-H", "\($0.key): \($0.value)"] }
        let type = ["-T", Exchange.headers["Content-Type"] ?? ""]
        return try run(
            url + Exchange.path, count: count,
            flags: flags + ["-m", "POST", "-D", body.path] + type + headers)
    }

    /// Runs it and sees to it that every request was answered with 200.
    func run(_ url: String, count: Int, flags: [String]) throws -> Sample {
        let ending = try bench.children.run(
            program("hey"), ["-n", String(count), "-c", "50", "-t", "30"] + flags + [url],
            within: .seconds(120))
        guard let answered = number(/\[200\]\s+(\d+) responses/, in: ending.output),
            answered == count
        else {
            throw BenchmarkError(
                program: "hey", operation: "had other answers than 200 of \(url)",
                output: ending.output)
        }
        return Sample(ending, count: count)
    }
}

/// `wrk`: a load generator in C; ends after so many seconds.
struct Wrk {
    let bench: Workbench

    func post(_ url: String, seconds: Int) throws -> Sample {
        let headers = Exchange.headers.map { "wrk.headers['\($0.key)'] = '\($0.value)'\n" }
        let script = try bench.write(
            "wrk.method = 'POST'\nwrk.body = [[\(Exchange.request)]]\n" + headers.joined(),
            to: "request.lua")
        let ending = try bench.children.run(
            program("wrk"),
            ["-t1", "-c50", "-d\(seconds)s", "-s", script.path, url + Exchange.path])
        guard let count = number(/(\d+) requests in/, in: ending.output),
            !ending.output.contains("Non-2xx"), !ending.output.contains("Socket errors")
        else {
            throw BenchmarkError(
                program: "wrk", operation: "had failures at \(url)", output: ending.output)
        }
        return Sample(ending, count: count)
    }
}

/// `prometheus-blackbox-exporter`: a prober that is asked over HTTP for each probe. `hey` asks;
/// only the exporter's own time and memory count.
struct BlackboxExporter {
    let bench: Workbench
    private let exporter: Child
    private let port: Int
    private let path: String

    /// Starts it and has it probe once.
    init(on bench: Workbench, target: String) throws {
        self.bench = bench
        port = try Loopback.freePort()
        let configuration = try bench.write(Self.configuration, to: "blackbox.yml")
        exporter = try bench.children.start(
            program("prometheus-blackbox-exporter"),
            [
                "--config.file=\(configuration.path)",
                "--web.listen-address=127.0.0.1:\(port)",
            ])
        try bench.children.waitUntilListening(exporter, on: port)
        path = "/probe?module=experience&target=\(target)\(Exchange.path)"
        let answer = try Loopback.get(path, port: port)
        guard answer.contains("probe_success 1") else {
            throw BenchmarkError(
                program: exporter.name, operation: "cannot probe \(target)", output: answer)
        }
    }

    func probe(count: Int) throws -> Sample {
        let before = try cpuSeconds()
        let driver = try Hey(bench: bench).run(
            "http://127.0.0.1:\(port)\(path)", count: count, flags: [])
        return Sample(
            count: count, seconds: driver.seconds, cpuSeconds: try cpuSeconds() - before,
            peakBytes: Proc.peakBytes(of: exporter.id) ?? 0)
    }

    func end() { bench.children.end(exporter.id) }

    private func cpuSeconds() throws -> Double {
        guard let seconds = Proc.cpuSeconds(of: exporter.id) else {
            throw BenchmarkError(program: exporter.name, operation: "has ended")
        }
        return seconds
    }

    private static var configuration: String {
        let headers = Exchange.headers.map { "        \($0.key): '\($0.value)'\n" }.joined()
        return """
            modules:
              experience:
                prober: http
                timeout: 10s
                http:
                  method: POST
                  preferred_ip_protocol: ip4
                  headers:
            \(headers)
                  body: '\(Exchange.request)'
            """
    }
}

/// The number that an expression finds in what a program wrote.
func number(_ expression: Regex<(Substring, Substring)>, in text: String) -> Int? {
    text.firstMatch(of: expression).flatMap { Int($0.1) }
}
