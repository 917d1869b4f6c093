import Model
import NIOCore
import NIOSSL

/// Secures connections to one target: verifies the chain, and the name or the address that was
/// connected to, always.
struct TLSClient: Sendable {
    private let context: NIOSSLContext
    /// Nil: the host is an address, which is verified as such and not sent in SNI.
    private let serverName: String?

    init(target: Target, origin: Origin) throws(ProbingError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = target.tls.minimum == "1.3" ? .tlsv13 : .tlsv12
        configuration.certificateVerification = .fullVerification
        // A peer that never answers close_notify would keep its socket and 35 KB of buffers.
        configuration.shutdownTimeout = .seconds(1)
        if let file = target.tls.caFile { configuration.trustRoots = .file(file) }
        configuration.applicationProtocols = target.http.protocols
        try Self.showCertificate(of: target, in: &configuration)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ProbingError(
                .certificate, operation: "read the authorities of target",
                subject: target.tls.caFile ?? target.name, underlying: error,
                hint: "ca_file must be a readable file of PEM certificates")
        }
        let name = target.tls.serverName ?? origin.host
        serverName = isAddress(name) ? nil : name
        guard target.tls.serverName == nil || serverName != nil else {
            throw ProbingError(
                .target, operation: "use the server name of target", subject: target.name,
                hint: "server_name must be a host name, not an address")
        }
    }

    private static func showCertificate(
        of target: Target, in configuration: inout TLSConfiguration
    ) throws(ProbingError) {
        guard let certificate = target.tls.certificate, let key = target.tls.key else { return }
        do {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        } catch {
            throw ProbingError(
                .certificate, operation: "read the client certificate of target",
                subject: certificate, underlying: error,
                hint: "certificate and key must be PEM files that belong together")
        }
    }

    func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName)
    }
}

extension HTTPChoice {
    /// What ALPN offers (RFC 7301), the preferred one first.
    fileprivate var protocols: [String] {
        switch self {
        case .auto: ["h2", "http/1.1"]
        case .one: ["http/1.1"]
        case .two: ["h2"]
        }
    }
}

private func isAddress(_ host: String) -> Bool {
    (try? SocketAddress(ipAddress: host, port: 0)) != nil
}
