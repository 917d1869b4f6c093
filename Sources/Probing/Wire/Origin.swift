/// A base URL, cut into its parts as text: `https://` `sdk-02.moengage.com` `/prefix`.
struct BaseURL: Hashable, Sendable {
    let isSecure: Bool
    /// As the Host header says it: the port is left out where it is the scheme's own.
    let authority: String
    /// Empty, or starts with a slash and ends without one.
    let path: String

    /// Total: a URL that makes no sense is found by `origin()`, not here.
    init(_ text: String) {
        isSecure = !text.hasPrefix("http://")
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.dropFirst(isSecure ? 0 : 7)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let ownPort = isSecure ? ":443" : ":80"
        let host = rest[..<slash]
        authority = String(host.hasSuffix(ownPort) ? host.dropLast(ownPort.count) : host)
        let path = rest[slash...]
        self.path = String(path.hasSuffix("/") ? path.dropLast() : path)
    }
}

/// Where to connect.
struct Origin: Hashable, Sendable {
    let isSecure: Bool
    /// A name or an address, without brackets.
    let host: String
    let port: Int

    /// Nil: no host, or a port that is none.
    init?(_ url: BaseURL) {
        isSecure = url.isSecure
        var name = Substring(url.authority)
        var port = url.isSecure ? 443 : 80
        // The last colon parts the port, unless it stands within an address in brackets.
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("]") {
            guard let stated = UInt16(name[name.index(after: colon)...]) else { return nil }
            port = Int(stated)
            name = name[..<colon]
        }
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        guard !name.isEmpty else { return nil }
        host = String(name)
        self.port = port
    }
}
