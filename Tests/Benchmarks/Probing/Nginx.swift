import Foundation

/// The target of most figures: one nginx process that answers every request with one experience.
struct Nginx {
    let plain: String
    let secure: String
    /// PEM file of the authority behind the certificate of `secure`.
    let authority: URL

    init(on bench: Workbench) throws {
        authority = try Self.makeCertificates(on: bench)
        let ports = (plain: try Loopback.freePort(), secure: try Loopback.freePort())
        plain = "http://127.0.0.1:\(ports.plain)"
        secure = "https://localhost:\(ports.secure)"
        let configuration = try bench.write(
            Self.configuration(ports: ports, folder: bench.folder), to: "nginx.conf")
        let nginx = try bench.children.start(
            program("nginx"),
            ["-e", "stderr", "-p", bench.folder.path, "-c", configuration.path])
        try bench.children.waitUntilListening(nginx, on: ports.plain)
    }

    /// No master process: one id is all of it, so that ending it ends everything.
    private static func configuration(ports: (plain: Int, secure: Int), folder: URL) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "    \($0)_temp_path \(folder.path)/nginx_\($0);\n"
        }.joined()
        return """
            worker_processes 1;
            daemon off;
            master_process off;
            pid \(folder.path)/nginx.pid;
            error_log stderr error;
            events { worker_connections 8192; }
            http {
                access_log off;
                keepalive_requests 1000000000;
                keepalive_timeout 600s;
            \(temporary)
                default_type application/json;
                server {
                    listen 127.0.0.1:\(ports.plain) backlog=4096;
                    listen 127.0.0.1:\(ports.secure) ssl backlog=4096;
                    ssl_certificate \(folder.path)/server.pem;
                    ssl_certificate_key \(folder.path)/server.key;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    location / { return 200 '\(Exchange.answer)'; }
                }
            }
            """
    }

    /// An authority of our own and a certificate of it for localhost.
    private static func makeCertificates(on bench: Workbench) throws -> URL {
        let openssl = try program("openssl")
        let authority = bench.folder.appending(path: "ca.pem")
        let authorityKey = bench.folder.appending(path: "ca.key")
        let common = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2",
        ]
        try bench.children.run(
            openssl,
            common + [
                "-subj", "/CN=Benchmark authority", "-keyout", authorityKey.path,
                "-out", authority.path,
            ])
        try bench.children.run(
            openssl,
            common + [
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-CA", authority.path, "-CAkey", authorityKey.path,
                "-keyout", bench.folder.appending(path: "server.key").path,
                "-out", bench.folder.appending(path: "server.pem").path,
            ])
        return authority
    }
}
