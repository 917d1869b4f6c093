import Glibc
import NIOCore

/// Turns a name into addresses, blocking; tests put their own in its place.
struct NameLookup: Sendable {
    enum Answer: Sendable {
        /// At least one, in the order they are to be tried.
        case addresses([SocketAddress])
        /// The name does not exist, or has no address.
        case unknownName
        /// No server answered, or it failed.
        case temporary
    }

    let resolve: @Sendable (_ host: String, _ port: Int) -> Answer

    /// The system's: `getaddrinfo`, whose order follows RFC 6724.
    static let system = NameLookup { host, port in
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return isUnknownName(code) ? .unknownName : .temporary }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list, next: { $0?.pointee.ai_next })
            .prefix { $0 != nil }
            .compactMap { $0.flatMap { socketAddress($0.pointee, host: host) } }
        return addresses.isEmpty ? .unknownName : .addresses(addresses)
    }
}

private func isUnknownName(_ code: Int32) -> Bool {
    // -5 is EAI_NODATA, which glibc's headers hide from Swift: a name without addresses.
    code == EAI_NONAME || code == -5
}

private func socketAddress(_ entry: addrinfo, host: String) -> SocketAddress? {
    guard let address = UnsafeRawPointer(entry.ai_addr) else { return nil }
    switch entry.ai_family {
    case AF_INET:
        return SocketAddress(address.loadUnaligned(as: sockaddr_in.self), host: host)
    case AF_INET6:
        return SocketAddress(address.loadUnaligned(as: sockaddr_in6.self), host: host)
    default:
        return nil
    }
}
