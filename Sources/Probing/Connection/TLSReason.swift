import Glibc
import Model
import NIOSSL

/// Why TLS failed, as far as BoringSSL tells: it names its own checks and the peer's alerts, but
/// not which check of the certificate failed. That is read off the certificate itself.
func tlsReason(_ error: any Error, isHandshake: Bool, peer: NIOSSLCertificate?) -> Reason {
    if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
        return .tlsWrongHost
    }
    if case NIOSSLError.unableToValidateCertificate = error { return .tlsWrongHost }
    let text = String(describing: error)
    if let known = alerts.first(where: { text.contains($0.name) }) { return known.reason }
    if text.contains("CERTIFICATE_VERIFY_FAILED") { return certificateReason(peer) }
    // Before TLS 1.3 this alert means many things; but once the peer has shown its certificate,
    // ciphers and version are agreed, and what it misses is ours.
    if text.contains("ALERT_HANDSHAKE_FAILURE"), peer != nil { return .tlsClientCertificate }
    return isHandshake ? .tlsHandshake : .closed
}

/// True: the peer speaks none of the protocols that were offered (RFC 7301 §3.2).
func isProtocolRefusal(_ error: any Error) -> Bool {
    String(describing: error).contains("ALERT_NO_APPLICATION_PROTOCOL")
}

/// BoringSSL's names; alerts that speak of a certificate come from a peer that refuses ours, or
/// that we have none.
private let alerts: [(name: String, reason: Reason)] = [
    ("WRONG_VERSION_NUMBER", .tlsPlaintext),
    ("HTTP_REQUEST", .tlsPlaintext),
    ("UNSUPPORTED_PROTOCOL", .tlsVersion),
    ("ALERT_PROTOCOL_VERSION", .tlsVersion),
    ("ALERT_CERTIFICATE_REQUIRED", .tlsClientCertificate),
    ("ALERT_BAD_CERTIFICATE", .tlsClientCertificate),
    ("ALERT_NO_CERTIFICATE", .tlsClientCertificate),
    ("ALERT_UNSUPPORTED_CERTIFICATE", .tlsClientCertificate),
    ("ALERT_CERTIFICATE_EXPIRED", .tlsClientCertificate),
    ("ALERT_CERTIFICATE_REVOKED", .tlsClientCertificate),
    ("ALERT_UNKNOWN_CA", .tlsClientCertificate),
    ("ALERT_CERTIFICATE_UNKNOWN", .tlsClientCertificate),
]

/// Which check a certificate that was not trusted failed. Dates come first: an expired one stays
/// expired whoever signed it.
private func certificateReason(_ certificate: NIOSSLCertificate?) -> Reason {
    guard let certificate else { return .tlsHandshake }
    let now = time(nil)
    if certificate.notValidAfter < now { return .tlsExpired }
    if certificate.notValidBefore > now { return .tlsNotYetValid }
    let names = (try? certificate.toDERBytes()).flatMap(CertificateNames.init)
    return names?.isSelfIssued == true ? .tlsSelfSigned : .tlsUnknownCA
}

/// The issuer and the subject of an X.509 certificate, which NIOSSL does not tell (RFC 5280 §4.1).
private struct CertificateNames {
    private let issuer: ArraySlice<UInt8>
    private let subject: ArraySlice<UInt8>

    var isSelfIssued: Bool { issuer == subject }

    /// Nil: no certificate.
    init?(_ bytes: [UInt8]) {
        var outer = DERElements(bytes[...])
        guard let certificate = outer.next() else { return nil }
        var inner = DERElements(certificate.content)
        guard let signedPart = inner.next() else { return nil }
        var fields = DERElements(signedPart.content)
        var field = fields.next()
        // The version stands first only where it is not 1.
        if field?.tag == 0xA0 { field = fields.next() }
        // Serial number, then signature algorithm, issuer, validity, subject.
        guard field != nil, fields.next() != nil, let issuer = fields.next(), fields.next() != nil,
            let subject = fields.next()
        else { return nil }
        self.issuer = issuer.content
        self.subject = subject.content
    }
}

/// The elements of a DER sequence, one after the other (X.690 §8.1).
private struct DERElements {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
        guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first & 0x80 != 0 {
            length = 0
            for _ in 0..<min(first & 0x7F, 4) {
                guard let byte = rest.popFirst() else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return (tag, rest.prefix(length))
    }
}
