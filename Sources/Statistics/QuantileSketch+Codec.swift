/// The stored form: version, zeros, least, greatest, sum, first key, then for each bucket that is
/// not empty its distance to the one before and its count; all as variable-length integers
/// (LEB128). About two bytes a filled bucket. Equal sketches have equal bytes.
extension QuantileSketch {
    private static let version: UInt8 = 1
    /// Keys of Int64's range, with room: more is damage.
    private static let bucketLimit = 4_096

    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        encode(to: &bytes)
        return bytes
    }

    package func encode(to bytes: inout [UInt8]) {
        bytes.append(Self.version)
        bytes.appendVariableLength(UInt64(zeros))
        guard count > 0, let min, let max else { return }
        bytes.appendVariableLength(UInt64(min))
        bytes.appendVariableLength(UInt64(max))
        bytes.appendVariableLength(UInt64(bitPattern: sum))
        bytes.appendVariableLength(UInt64(firstKey))
        var gap: UInt64 = 0
        for count in buckets {
            guard count > 0 else {
                gap += 1
                continue
            }
            bytes.appendVariableLength(gap)
            bytes.appendVariableLength(UInt64(count))
            gap = 0
        }
    }

    /// Nil: the bytes are no sketch, or a damaged one.
    package init?(encoded: some Collection<UInt8>) {
        self.init()
        let isWhole = Array(encoded).withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            return merge(encoded: &reader)
        }
        guard isWhole else { return nil }
    }

    /// Merges a stored sketch that takes up the rest of the bytes; false: it is damaged, and this
    /// one is of no use any more.
    package mutating func merge(encoded reader: inout ByteReader) -> Bool {
        guard reader.byte() == Self.version, let zeros = reader.count() else { return false }
        if reader.isAtEnd { return zeros == 0 }
        guard let least = reader.variableLength().flatMap({ Int64(exactly: $0) }),
            let greatest = reader.variableLength().flatMap({ Int64(exactly: $0) }),
            let sum = reader.variableLength(), let firstKey = reader.count(),
            firstKey <= Self.bucketLimit, least <= greatest
        else { return false }
        var counted = zeros
        var key = firstKey
        while !reader.isAtEnd {
            guard let gap = reader.count(), gap <= Self.bucketLimit, let inBucket = reader.count(),
                inBucket > 0
            else { return false }
            key += gap
            counted += inBucket
            guard key <= 2 * Self.bucketLimit else { return false }
            add(inBucket, at: key)
            key += 1
        }
        guard counted > 0 else { return false }
        note(counted, zeros: zeros, least: least, greatest: greatest, sum: Int64(bitPattern: sum))
        return true
    }
}
