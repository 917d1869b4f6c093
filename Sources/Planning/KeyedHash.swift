import Crypto
import Model

/// Pseudo-random values from a seed and names: HMAC-SHA-256, so that a cohort's ids are drawn as
/// if by chance, independent of whatever the platform does with them, and a file's customer ids
/// cannot be found again from their labels without the seed.
struct KeyedHash: Sendable {
    private let key: SymmetricKey

    init(seed: UInt64) {
        key = SymmetricKey(data: withUnsafeBytes(of: seed.bigEndian, Array.init))
    }

    /// 64 pseudo-random bits.
    func bits(_ parts: [String]) -> UInt64 {
        code(of: parts).withUnsafeBytes { bytes in
            bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// The first `bytes` bytes as lower-case hexadecimal digits.
    func hex(_ parts: [String], bytes count: Int) -> String {
        code(of: parts).withUnsafeBytes { hexadecimal($0.prefix(count), prefix: "") }
    }

    /// The names of many numbers, as if drawn by chance for each list of parts.
    func names(_ parts: [String]) -> NumberedNames {
        NumberedNames(secret: code(of: parts).withUnsafeBytes(Array.init))
    }

    /// Parts are told apart by their lengths: no two lists of parts run together.
    private func code(of parts: [String]) -> HMAC<SHA256>.MAC {
        var state = HMAC<SHA256>(key: key)
        for part in parts {
            var message = withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian, Array.init)
            message.append(contentsOf: part.utf8)
            state.update(data: message)
        }
        return state.finalize()
    }
}

/// Pseudo-random names of numbers: SHA-256 of a secret and the number. Both have one length, so
/// that none is the beginning of another, and one block is all there is to hash.
struct NumberedNames: Sendable {
    /// 32 bytes.
    private let secret: [UInt8]

    fileprivate init(secret: [UInt8]) {
        self.secret = secret
    }

    /// 24 hexadecimal digits behind a prefix.
    func name(of number: Int, prefix: String) -> String {
        var hash = SHA256()
        secret.withUnsafeBytes { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: UInt64(number).bigEndian) { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { hexadecimal($0.prefix(12), prefix: prefix) }
    }
}

/// Bytes as lower-case hexadecimal digits behind a prefix.
private func hexadecimal(_ bytes: Slice<UnsafeRawBufferPointer>, prefix: String) -> String {
    let prefix = prefix.utf8
    return String(unsafeUninitializedCapacity: prefix.count + 2 * bytes.count) { text in
        var place = 0
        for byte in prefix {
            text[place] = byte
            place += 1
        }
        for byte in bytes {
            text[place] = hexDigit(byte >> 4)
            text[place + 1] = hexDigit(byte & 15)
            place += 2
        }
        return place
    }
}

/// A quick keyed hash of a text for spreading over a few places: FNV-1a (Fowler, Noll, Vo, 1991),
/// then mixed.
func spread(_ text: String, key: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ key
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mixed(hash)
}
