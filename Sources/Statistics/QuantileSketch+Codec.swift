/// The stored form: version, zeros, least, greatest, sum, first key, then for each bucket that is
/// not empty its distance to the one before and its count; all as variable-length integers
/// (LEB128). About two bytes a filled bucket.
extension QuantileSketch {
    private static let version: UInt8 = 1
    /// Keys of Int64's range, with room: more is damage.
    private static let bucketLimit = 4_096

    package func encoded() -> [UInt8] {
        var bytes = [Self.version]
        append(UInt64(zeros), to: &bytes)
        guard count > 0, let min, let max else { return bytes }
        append(UInt64(min), to: &bytes)
        append(UInt64(max), to: &bytes)
        append(UInt64(bitPattern: sum), to: &bytes)
        append(UInt64(firstKey), to: &bytes)
        var gap: UInt64 = 0
        for count in buckets {
            guard count > 0 else {
                gap += 1
                continue
            }
            append(gap, to: &bytes)
            append(UInt64(count), to: &bytes)
            gap = 0
        }
        return bytes
    }

    /// Nil: the bytes are no sketch, or a damaged one.
    package init?(encoded: some Collection<UInt8>) {
        var rest = ArraySlice(encoded)
        guard rest.popFirst() == Self.version, let zeros = integer(from: &rest) else { return nil }
        if rest.isEmpty {
            guard zeros == 0 else { return nil }
            self.init()
            return
        }
        guard let min = integer(from: &rest), let max = integer(from: &rest),
            let sum = integer(from: &rest), let firstKey = integer(from: &rest),
            let zeroCount = Int(exactly: zeros), let least = Int64(exactly: min),
            let greatest = Int64(exactly: max), firstKey <= UInt64(Self.bucketLimit)
        else { return nil }
        var buckets: [Int] = []
        while !rest.isEmpty {
            guard let gap = integer(from: &rest), gap <= UInt64(Self.bucketLimit - buckets.count),
                let coded = integer(from: &rest), let count = Int(exactly: coded), count > 0,
                buckets.count < Self.bucketLimit
            else { return nil }
            buckets.append(contentsOf: repeatElement(0, count: Int(gap)))
            buckets.append(count)
        }
        self.init(
            min: least, max: greatest, sum: Int64(bitPattern: sum), zeros: zeroCount,
            firstKey: buckets.isEmpty ? 0 : Int(firstKey), buckets: buckets)
    }
}

private func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var number = number
    while number >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
        number >>= 7
    }
    bytes.append(UInt8(number))
}

private func integer(from bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
        guard let byte = bytes.popFirst() else { return nil }
        let part = UInt64(byte & 0x7F)
        guard shift < 63 || part <= 1 else { return nil }
        number |= part << UInt64(shift)
        if byte < 0x80 { return number }
    }
    return nil
}
