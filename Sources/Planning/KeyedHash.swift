import Crypto

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
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * count)
        code(of: parts).withUnsafeBytes { bytes in
            for byte in bytes.prefix(count) {
                digits.append(Self.digits[Int(byte >> 4)])
                digits.append(Self.digits[Int(byte & 15)])
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Parts are told apart by their lengths: no two lists of parts run together.
    private func code(of parts: [String]) -> HMAC<SHA256>.MAC {
        var message: [UInt8] = []
        for part in parts {
            message.append(
                contentsOf: withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian, Array.init))
            message.append(contentsOf: part.utf8)
        }
        return HMAC<SHA256>.authenticationCode(for: message, using: key)
    }
}

/// A quick keyed hash of a text for spreading over a few places: FNV-1a (Fowler, Noll, Vo, 1991),
/// then mixed.
func spread(_ text: String, key: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ key
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mixed(hash)
}
