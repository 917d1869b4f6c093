/// What a client asks for when it begins TLS (RFC 8446 §4.1.2).
struct ClientHello: Sendable {
    /// What follows each extension's number.
    private let extensions: [Int: ArraySlice<UInt8>]

    /// Nil: these are not the first bytes of TLS, or not all of them.
    init?(_ bytes: [UInt8]) {
        var rest = Bytes(bytes[...])
        // A handshake's record, its version and length; a hello and its length.
        guard rest.number(1) == 22, rest.skip(4), rest.number(1) == 1, rest.skip(3),
            // Version and random; session id, ciphers and compressions.
            rest.skip(34), rest.vector(1) != nil, rest.vector(2) != nil, rest.vector(1) != nil,
            let list = rest.vector(2)
        else { return nil }
        var items = Bytes(list)
        var extensions: [Int: ArraySlice<UInt8>] = [:]
        while let kind = items.number(2), let content = items.vector(2) {
            extensions[kind] = content
        }
        self.extensions = extensions
    }

    /// The name that is asked for (RFC 6066 §3); nil: none.
    var serverName: String? {
        var list = Bytes(extensions[0] ?? [])
        guard list.skip(3), let name = list.vector(2) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// True: it offers to take up a former session, by a key (RFC 8446 §4.2.11) or a ticket
    /// (RFC 5077 §3.2).
    var offersSession: Bool {
        extensions[41] != nil || extensions[35].map { !$0.isEmpty } ?? false
    }
}

/// Numbers and vectors as TLS writes them, one after the other.
private struct Bytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        defer { rest = rest.dropFirst(width) }
        return rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
    }

    /// Bytes that follow their count.
    mutating func vector(_ width: Int) -> ArraySlice<UInt8>? {
        guard let count = number(width), rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) -> Bool {
        guard rest.count >= count else { return false }
        rest = rest.dropFirst(count)
        return true
    }
}
