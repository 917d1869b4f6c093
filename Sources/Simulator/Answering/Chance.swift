/// Chance that repeats: numbers between 0 and 1 from a seed and names.
struct Chance: Sendable {
    private var hash: UInt64

    init(seed: UInt64) {
        hash = seed ^ 0xCBF2_9CE4_8422_2325
    }

    /// The chance of all names that begin with these.
    func after(_ names: [String]) -> Chance {
        var chance = self
        for name in names { chance.add(name) }
        return chance
    }

    /// Uniform in [0, 1): FNV-1a over the names (Fowler, Noll, Vo, 1991), mixed by the output
    /// function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    func share(_ names: String...) -> Double {
        var chance = self
        for name in names { chance.add(name) }
        return Double(mix(chance.hash) >> 11) / Double(UInt64(1) << 53)
    }

    private mutating func add(_ name: String) {
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = mix(hash &+ 0x9E37_79B9_7F4A_7C15)
    }
}

private func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}
