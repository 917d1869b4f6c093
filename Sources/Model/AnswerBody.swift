/// The bytes of an answer as they came, behind one reference: most answers are the same few.
package struct AnswerBody: Hashable, Sendable {
    private let content: Content

    package var bytes: [UInt8] { content.bytes }
    /// 64 bits that tell most contents apart; the same on every machine.
    package var hash: Int64 { content.hash }

    /// Larger ones are not kept.
    package static let limit = 64 << 10

    private final class Content: Sendable {
        let bytes: [UInt8]
        let hash: Int64

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            hash = Int64(bitPattern: bytes.withUnsafeBytes(spreadHash))
        }
    }

    /// Nil: there is nothing, or more than is kept.
    package init?(_ bytes: [UInt8]) {
        guard (1...Self.limit).contains(bytes.count) else { return nil }
        content = Content(bytes)
    }

    package static func == (a: Self, b: Self) -> Bool {
        a.content === b.content || a.hash == b.hash && a.bytes == b.bytes
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(content.hash) }
}

/// Multiply and shift over words, the least byte first; only spreads, equality decides.
package func spreadHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
        let word = UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
        offset += 8
    }
    while offset < bytes.count {
        hash = (hash ^ UInt64(bytes[offset])) &* 0x9E37_79B9_7F4A_7C15
        offset += 1
    }
    return hash ^ (hash >> 32)
}
