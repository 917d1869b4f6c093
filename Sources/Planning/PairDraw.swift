/// What is drawn for the probes that compared targets are asked side by side: who goes first, and
/// which connection they take.
package struct PairDraw: Hashable, Sendable {
    package let value: UInt64

    /// The turn of one of several targets, 0 ..< targets: each order is as likely as any other.
    package func turn(of target: Int, among targets: Int) -> Int {
        precondition((0..<targets).contains(target), "a target is one of those compared")
        return Permutation(count: targets, key: value)[target]
    }
}

/// The draws of one round: the same for a position whenever it is asked for.
package struct PairDraws: Sendable {
    private let key: UInt64

    package init(seed: UInt64, plan: String, round: Int) {
        key = KeyedHash(seed: seed).bits(["pair", plan, String(round)])
    }

    package subscript(position: Int) -> PairDraw {
        PairDraw(value: mixed(key &+ UInt64(position)))
    }
}
