/// The address of an API: scheme, host, port, and a path before which the API's own stand (as
/// behind a gateway), nothing else.
enum BaseURL {
    struct Problem: Error {
        let message: String
    }

    /// The address in its canonical form, without a trailing slash.
    static func parse(_ text: String) -> Result<String, Problem> {
        guard let colon = text.firstRange(of: "://") else {
            return .failure(Problem(message: "is not a URL"))
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard ["http", "https"].contains(scheme) else {
            return .failure(Problem(message: "must begin with http:// or https://"))
        }
        let rest = text[colon.upperBound...]
        if rest.contains("@") {
            return .failure(
                Problem(message: "holds credentials, which belong in workspace_id and api_key_file")
            )
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let path = plainPath(rest.dropFirst(authority.count)) else {
            return .failure(Problem(message: "must end after host, port and a plain path"))
        }
        guard let (host, port) = hostAndPort(authority), isHost(host), port != 0 else {
            return .failure(Problem(message: "has no valid host and port"))
        }
        let bracketed = host.contains(":") ? "[\(host)]" : host.lowercased()
        return .success(scheme + "://" + bracketed + (port.map { ":\($0)" } ?? "") + path)
    }

    /// A path without its last slash; nil: segments that are empty, dots alone, or hold more than
    /// letters, digits and `-._~` (RFC 3986 §2.3), or a query or fragment.
    private static func plainPath(_ text: Substring) -> String? {
        let path = text.hasSuffix("/") ? text.dropLast() : text
        guard path.isEmpty || path.first == "/" else { return nil }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let arePlain = segments.allSatisfy { segment in
            !["", ".", ".."].contains(segment)
                && segment.unicodeScalars.allSatisfy { scalar in
                    scalar.isASCII
                        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                            || "-._~".unicodeScalars.contains(scalar))
                }
        }
        return arePlain && path.utf8.count <= 1_000 ? String(path) : nil
    }

    private static func isHost(_ host: String) -> Bool {
        isHostName(host) || isAddress(host)
    }
}

/// `host`, `host:port` or `[address]:port`; nil: neither. The port is nil where none stands.
func hostAndPort(_ text: some StringProtocol) -> (host: String, port: Int?)? {
    let end: String.Index
    let host: String
    if text.first == "[" {
        guard let bracket = text.firstIndex(of: "]") else { return nil }
        host = String(text[text.index(after: text.startIndex)..<bracket])
        guard host.contains(":"), isAddress(host) else { return nil }
        end = text.index(after: bracket)
    } else {
        end = text.firstIndex(of: ":") ?? text.endIndex
        host = String(text[..<end])
    }
    guard end < text.endIndex else { return (host, nil) }
    guard text[end] == ":", let port = wholeNumber(String(text[text.index(after: end)...])),
        (0...65_535).contains(port)
    else { return nil }
    return (host, port)
}

/// Letters, digits, dots and hyphens, as DNS has them.
func isHostName(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
        && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                        UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
        }
}
