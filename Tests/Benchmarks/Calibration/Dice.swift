import Foundation

/// A stream of chance for one run of one game (Steele, Lea, Flood, OOPSLA 2014: SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, game: String, run: Int) {
        state = seed
        for byte in game.utf8 {
            state = next() ^ UInt64(byte)
        }
        state = next() ^ UInt64(run)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0 < value < 1.
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// Two independent standard normal numbers (Box, Muller, Ann. Math. Stat. 29, 1958).
    mutating func normals() -> (Double, Double) {
        let radius = (-2 * log(uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        return (radius * cos(angle), radius * sin(angle))
    }
}

/// Where subjects fall.
struct TrueSplit {
    private let limits: [UInt64]

    init(_ probabilities: [Double]) {
        var sum = 0.0
        limits = probabilities.dropLast().map { probability in
            sum += probability
            return UInt64(sum * 0x1p64)
        }
    }

    func draw(_ dice: inout Dice) -> Int {
        let value = dice.next()
        for index in limits.indices where value < limits[index] { return index }
        return limits.count
    }
}
