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
        beginning(parts).hex(bytes: count)
    }

    /// The hash of many lists of parts that begin alike: what they share is hashed once.
    func beginning(_ parts: [String]) -> Beginning {
        var beginning = Beginning(key: key)
        for part in parts { beginning.absorb(part) }
        return beginning
    }

    private func code(of parts: [String]) -> HMAC<SHA256>.MAC { beginning(parts).code }
}

extension KeyedHash {
    /// The hash of a list of parts to which more may be added.
    struct Beginning: Sendable {
        private var state: HMAC<SHA256>

        fileprivate init(key: SymmetricKey) {
            state = HMAC(key: key)
        }

        /// The first `bytes` bytes, of the list and one more part, as hexadecimal digits.
        func hex(adding part: String, bytes count: Int) -> String {
            var whole = self
            whole.absorb(part)
            return whole.hex(bytes: count)
        }

        /// Parts are told apart by their lengths: no two lists of parts run together.
        fileprivate mutating func absorb(_ part: String) {
            var message = withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian, Array.init)
            message.append(contentsOf: part.utf8)
            state.update(data: message)
        }

        fileprivate var code: HMAC<SHA256>.MAC { state.finalize() }

        fileprivate func hex(bytes count: Int) -> String {
            code.withUnsafeBytes { code in
                String(unsafeUninitializedCapacity: 2 * count) { digits in
                    for (place, byte) in code.prefix(count).enumerated() {
                        digits[2 * place] = hexDigit(byte >> 4)
                        digits[2 * place + 1] = hexDigit(byte & 15)
                    }
                    return 2 * count
                }
            }
        }
    }
}

private func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}

/// A quick keyed hash of a text for spreading over a few places: FNV-1a (Fowler, Noll, Vo, 1991),
/// then mixed.
func spread(_ text: String, key: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ key
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mixed(hash)
}
