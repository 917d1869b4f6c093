import Foundation
import TestKit
import Testing

/// nginx on loopback, as it stands before most APIs: TLS and HTTP/2 in front of a plain server
/// that answers. It reads the whole body of a request before it passes the request on.
final class NginxServer: Sendable {
    /// Speaks HTTP/2 and HTTP/1.1. What the path begins with says what is answered.
    let url: String
    /// Speaks HTTP/1.1 alone.
    let oneURL: String
    /// The PEM file of the authority behind its certificate.
    let authority: String
    private let folder: TemporaryFolder
    private let ports: [KeptPort]
    private let running: RunningNginx

    /// That of the suite that is running.
    @TaskLocal static var current: NginxServer?

    init() async throws {
        folder = try TemporaryFolder()
        authority = folder.path("authority.pem")
        let files = [
            "authority.pem": TLSFixture.authority, "server.pem": TLSFixture.good,
            "server.key": TLSFixture.key,
        ]
        for (name, text) in files { try write(text, to: folder.path(name)) }
        ports = [try KeptPort(), try KeptPort()]
        let numbers = ports.map(\.number)
        url = "https://localhost:\(numbers[0])"
        oneURL = "https://localhost:\(numbers[1])"
        try write(configuration(folder.url.path, ports: numbers), to: folder.path("nginx.conf"))
        running = try await RunningNginx(in: folder)
    }
}

/// The process, ended by its own id when it is let go.
private final class RunningNginx: Sendable {
    private let id: Int32

    /// Returns when nginx listens.
    init(in folder: TemporaryFolder) async throws {
        let process = Process()
        let log = Pipe()
        process.executableURL = URL(filePath: "/usr/sbin/nginx")
        process.arguments = [
            "-e", "stderr", "-p", folder.url.path, "-c", folder.path("nginx.conf"),
        ]
        process.standardError = log
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let (parts, continuation) = AsyncStream.makeStream(of: Data.self)
        log.fileHandleForReading.readabilityHandler = { continuation.yield($0.availableData) }
        defer { log.fileHandleForReading.readabilityHandler = nil }
        try process.run()
        id = process.processIdentifier
        var told = ""
        for await part in parts {
            guard !part.isEmpty else { throw NginxFailure(log: told) }
            told += String(decoding: part, as: UTF8.self)
            // It names its event method once its sockets listen.
            if told.contains("event method") { break }
        }
    }

    /// It inherited the signal mask of some thread, which may block every signal but this one.
    deinit { kill(id, SIGKILL) }
}

/// Starts nginx before the tests of a suite, and ends it after them.
struct NginxTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let nginx = try await NginxServer()
        try await NginxServer.$current.withValue(nginx, operation: function)
    }
}

extension Trait where Self == NginxTrait {
    static var nginx: Self { Self() }
}

struct NginxFailure: Error {
    let log: String
}

private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}

/// No master process: one id is all of it, so that ending it ends everything. The answer names
/// the connection that the request came on, by nginx's own count, as its variation.
private func configuration(_ folder: String, ports: [Int]) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
        "    \($0)_temp_path \(folder)/\($0);\n"
    }.joined()
    return """
        worker_processes 1;
        daemon off;
        master_process off;
        pid \(folder)/nginx.pid;
        error_log stderr notice;
        events { worker_connections 512; }
        http {
            access_log off;
        \(temporary)
            ssl_certificate \(folder)/server.pem;
            ssl_certificate_key \(folder)/server.key;
            proxy_set_header X-Connection $connection;
            server {
                listen 127.0.0.1:\(ports[0]) ssl http2;
                location / { proxy_pass http://unix:\(folder)/plain.sock; }
                location /early/ { return 413; }
            }
            server {
                listen 127.0.0.1:\(ports[1]) ssl;
                location / { proxy_pass http://unix:\(folder)/plain.sock; }
            }
            server {
                listen unix:\(folder)/plain.sock;
                location / { return 200 '\(served(variation: #""$http_x_connection""#))'; }
                location /404/ { return 404 '{}'; }
                location /429/ { return 429 '{}'; }
                location /503/ { return 503 '{}'; }
            }
        }
        """
}
