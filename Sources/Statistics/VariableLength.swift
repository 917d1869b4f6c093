/// Integers of variable length (LEB128): seven bits a byte, the least first; the highest bit says
/// that more follow.
extension [UInt8] {
    package mutating func appendVariableLength(_ number: UInt64) {
        var number = number
        while number >= 0x80 {
            append(UInt8(truncatingIfNeeded: number) | 0x80)
            number >>= 7
        }
        append(UInt8(number))
    }
}

/// Reads bytes from their start; what is damaged yields nil, never a trap.
package struct ByteReader {
    private let all: UnsafeRawBufferPointer
    private var place = 0

    /// More than this of anything is damage; sums of such counts still fit.
    private static let greatestCount: UInt64 = 1 << 48

    /// The bytes must outlive the reader.
    package init(_ bytes: UnsafeRawBufferPointer) {
        all = bytes
    }

    package var isAtEnd: Bool { place == all.count }

    package mutating func byte() -> UInt8? {
        guard place < all.count else { return nil }
        defer { place += 1 }
        return all[place]
    }

    /// The next bytes; nil: there are not as many.
    package mutating func bytes(_ count: Int) -> ByteReader? {
        guard count >= 0, count <= all.count - place else { return nil }
        defer { place += count }
        return ByteReader(UnsafeRawBufferPointer(rebasing: all[place..<place + count]))
    }

    /// Nil: the bytes end too early, or the number has more than 64 bits.
    package mutating func variableLength() -> UInt64? {
        // Most take one byte.
        guard place < all.count, all[place] < 0x80 else { return longVariableLength() }
        defer { place += 1 }
        return UInt64(all[place])
    }

    private mutating func longVariableLength() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = byte() {
            let part = UInt64(byte & 0x7F)
            guard shift < 63 || shift == 63 && part <= 1 else { return nil }
            number |= part << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }

    /// A count; nil: it is damaged.
    package mutating func count() -> Int? {
        guard let number = variableLength(), number <= Self.greatestCount else { return nil }
        return Int(number)
    }
}
