/// A set of cells, by their numbers.
struct Bits: Hashable, Sendable {
    private var words: [UInt64]

    init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }

    func contains(_ number: Int) -> Bool { words[number / 64] >> UInt64(number % 64) & 1 == 1 }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    mutating func formUnion(_ other: Bits) {
        for place in words.indices { words[place] |= other.words[place] }
    }

    mutating func formIntersection(_ other: Bits) {
        for place in words.indices { words[place] &= other.words[place] }
    }

    mutating func subtract(_ other: Bits) {
        for place in words.indices { words[place] &= ~other.words[place] }
    }

    func intersection(_ other: Bits) -> Bits {
        var result = self
        result.formIntersection(other)
        return result
    }

    func subtracting(_ other: Bits) -> Bits {
        var result = self
        result.subtract(other)
        return result
    }

    /// How many are in both.
    func count(in other: Bits) -> Int {
        var count = 0
        for place in words.indices { count += (words[place] & other.words[place]).nonzeroBitCount }
        return count
    }

    /// The first few members, spread over all of them.
    func spread(_ limit: Int) -> [Int] {
        let total = count
        guard total > 0 else { return [] }
        let stride = max(1, total / limit)
        var members: [Int] = []
        var seen = 0
        for (place, word) in words.enumerated() {
            var rest = word
            while rest != 0, members.count < limit {
                if seen % stride == 0 { members.append(place * 64 + rest.trailingZeroBitCount) }
                seen += 1
                rest &= rest - 1
            }
        }
        return members
    }
}
