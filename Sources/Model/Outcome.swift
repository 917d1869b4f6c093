/// How an observation, or a whole result, ended. A result that was answered has the outcome of
/// none of its observations: it is nil there (`ProbeResult.failure`).
package enum Outcome: String, CaseIterable, Sendable, Codable, Hashable {
    /// A variation came back.
    case served
    /// The API answered, with nothing for this subject in this context.
    case unmatched
    /// 4xx other than 429, or a redirect.
    case rejected
    /// 429.
    case limited
    /// 5xx.
    case failed
    case timeout
    /// Name resolution, connection or TLS failed, or the connection broke.
    case unreachable
    /// An answer that breaks HTTP, JSON or the contract.
    case malformed

    /// True for `served` and `unmatched`: the API told what this subject gets.
    package var isResolved: Bool { self == .served || self == .unmatched }
}

/// Why a result or an observation has an error outcome: one of a closed list, an HTTP status, or
/// what the vendor told.
package struct Reason: Hashable, Sendable, RawRepresentable, Codable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// `http_503`.
    package static func http(_ status: Int) -> Reason { Reason(rawValue: "http_\(status)") }

    /// `vendor:NAME`; what the vendor sends is cut to 64 characters of `A…Z a…z 0…9 _ . -`, and
    /// nothing at all stands as `_`.
    package static func vendor(_ name: String) -> Reason {
        let safe = name.unicodeScalars.prefix(64).map { scalar in
            let isWord =
                scalar.isASCII
                && (scalar.properties.isAlphabetic
                    || scalar.properties.numericType != nil
                    || "_.-".unicodeScalars.contains(scalar))
            return isWord ? Character(scalar) : "_"
        }
        return Reason(rawValue: "vendor:" + (safe.isEmpty ? "_" : String(safe)))
    }

    package static let dnsNXDomain = Reason(rawValue: "dns_nxdomain")
    package static let dnsTemporary = Reason(rawValue: "dns_temporary")
    package static let dnsTimeout = Reason(rawValue: "dns_timeout")
    package static let refused = Reason(rawValue: "refused")
    package static let reset = Reason(rawValue: "reset")
    package static let closed = Reason(rawValue: "closed")
    package static let noRoute = Reason(rawValue: "no_route")
    package static let tlsExpired = Reason(rawValue: "tls_expired")
    package static let tlsNotYetValid = Reason(rawValue: "tls_not_yet_valid")
    package static let tlsUnknownCA = Reason(rawValue: "tls_unknown_ca")
    package static let tlsSelfSigned = Reason(rawValue: "tls_self_signed")
    package static let tlsWrongHost = Reason(rawValue: "tls_wrong_host")
    package static let tlsVersion = Reason(rawValue: "tls_version")
    package static let tlsClientCertificate = Reason(rawValue: "tls_client_certificate")
    package static let tlsPlaintext = Reason(rawValue: "tls_plaintext")
    package static let tlsTimeout = Reason(rawValue: "tls_timeout")
    package static let tlsHandshake = Reason(rawValue: "tls_handshake")
    package static let redirect = Reason(rawValue: "redirect")
    package static let connectTimeout = Reason(rawValue: "connect_timeout")
    package static let firstByteTimeout = Reason(rawValue: "first_byte_timeout")
    package static let bodyTimeout = Reason(rawValue: "body_timeout")
    package static let bodyLimit = Reason(rawValue: "body_limit")
    package static let headerLimit = Reason(rawValue: "header_limit")
    package static let encoding = Reason(rawValue: "encoding")
    package static let notJSON = Reason(rawValue: "not_json")
    package static let wrongShape = Reason(rawValue: "wrong_shape")
    package static let httpProtocol = Reason(rawValue: "http_protocol")
}

/// How a result failed: an error outcome and why.
package struct Failure: Hashable, Sendable {
    package let outcome: Outcome
    package let reason: Reason

    package init(_ outcome: Outcome, _ reason: Reason) {
        precondition(!outcome.isResolved, "a failure has an error outcome")
        self.outcome = outcome
        self.reason = reason
    }
}
