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
    private var rest: UnsafeRawBufferPointer.SubSequence

    /// The bytes must outlive the reader.
    package init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    package var isAtEnd: Bool { rest.isEmpty }

    package mutating func byte() -> UInt8? { rest.popFirst() }

    /// The next bytes; nil: there are not as many.
    package mutating func bytes(_ count: Int) -> ByteReader? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return ByteReader(UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
    }

    /// Nil: the bytes end too early, or the number has more than 64 bits.
    package mutating func variableLength() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        var place = rest.startIndex
        while place < rest.endIndex {
            let byte = rest[place]
            place += 1
            let part = UInt64(byte & 0x7F)
            guard shift < 63 || shift == 63 && part <= 1 else { return nil }
            number |= part << shift
            if byte < 0x80 {
                rest = rest[place...]
                return number
            }
            shift += 7
        }
        return nil
    }

    /// A count; nil: it is damaged, or more than an `Int` holds.
    package mutating func count() -> Int? { variableLength().flatMap { Int(exactly: $0) } }
}
