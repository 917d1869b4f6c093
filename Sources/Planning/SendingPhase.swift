/// Where between two of its send times a plan stands, 0 ..< 1: plans and agents that start together
/// at one pace spread their probes by it, instead of sending them at the same instants. The same
/// for the same names and seed, whenever it is asked for.
package func sendingPhase(agent: String, plan: String, seed: UInt64) -> Double {
    // 53 bits are what a double holds.
    Double(KeyedHash(seed: seed).bits(["phase", agent, plan]) >> 11) / 0x1p53
}
