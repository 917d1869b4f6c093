/// A keyed pseudo-random permutation of 0 ..< count, computed for each number by itself: O(1)
/// time and memory.
///
/// An alternating Feistel network of eight rounds over the next power of two, walked along its cycle until it
/// falls below `count` again (Black, Rogaway, "Ciphers with arbitrary finite domains", CT-RSA
/// 2002). Less than two steps on average. It scatters; it is no cipher.
package struct Permutation: Sendable {
    package let count: Int
    private let keys: SIMD8<UInt64>
    private let leftBits: UInt64
    private let rightBits: UInt64

    /// `count` is 1 … 2^62.
    package init(count: Int, key: UInt64) {
        precondition(count >= 1 && count <= 1 << 62, "a permutation has 1 … 2^62 numbers")
        self.count = count
        let bits = max(2, UInt64(Int.bitWidth - (count - 1).leadingZeroBitCount))
        leftBits = bits / 2
        rightBits = bits - leftBits
        var keys = SIMD8<UInt64>()
        for round in keys.indices {
            keys[round] = mixed(key &+ UInt64(round + 1) &* 0x9E37_79B9_7F4A_7C15)
        }
        self.keys = keys
    }

    /// The number that stands at a place.
    package subscript(place: Int) -> Int {
        precondition((0..<count).contains(place), "a permutation maps 0 ..< count")
        var number = UInt64(place)
        repeat { number = step(number) } while number >= UInt64(count)
        return Int(number)
    }

    /// The place at which a number stands: the inverse.
    package func place(of number: Int) -> Int {
        precondition((0..<count).contains(number), "a permutation maps 0 ..< count")
        var place = UInt64(number)
        repeat { place = stepBack(place) } while place >= UInt64(count)
        return Int(place)
    }

    /// One pass of the network: a bijection of the power of two. The halves may differ by a bit;
    /// they swap widths each round, and an even number of rounds brings them back.
    private func step(_ number: UInt64) -> UInt64 {
        var left = number >> rightBits
        var right = number & (1 << rightBits - 1)
        var width = leftBits
        for round in keys.indices {
            let next = left ^ (mixed(right ^ keys[round]) & (1 << width - 1))
            left = right
            right = next
            width = leftBits + rightBits - width
        }
        return left << rightBits | right
    }

    /// The pass backwards: keys from the last to the first, halves the other way round.
    private func stepBack(_ number: UInt64) -> UInt64 {
        var left = number >> rightBits
        var right = number & (1 << rightBits - 1)
        var width = rightBits
        for round in keys.indices.reversed() {
            let former = right ^ (mixed(left ^ keys[round]) & (1 << width - 1))
            right = left
            left = former
            width = leftBits + rightBits - width
        }
        return left << rightBits | right
    }
}

/// A bijective mixer in which every input bit moves every output bit (Stafford's variant 13 of
/// the finaliser of MurmurHash3; the output function of SplitMix64, Steele et al., OOPSLA 2014).
func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}
