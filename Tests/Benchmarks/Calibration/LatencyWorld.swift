import Foundation

/// Calls of two sides that are probed in pairs: log-normal around 80 ms, one in a hundred five
/// times as long, on a level that both share.
struct LatencyWorld {
    /// What differs for the candidate.
    enum Change {
        case none
        /// All its calls are longer by this factor.
        case all(Double)
        /// This share of its calls is longer by the factor.
        case some(Double, factor: Double)
    }

    let change: Change
    /// True: day and night, and a level that wanders from pair to pair.
    let isMoving: Bool
    private var pair = 0.0
    private var wander = 0.0

    init(_ change: Change, isMoving: Bool) {
        self.change = change
        self.isMoving = isMoving
    }

    /// The latencies of one pair, in ms.
    mutating func draw(_ dice: inout Dice) -> (control: Double, candidate: Double) {
        let (one, other) = dice.normals()
        let level = isMoving ? nextLevel(&dice) : 1
        var control = 80 * level * exp(0.45 * one)
        var candidate = 80 * level * exp(0.45 * other)
        if dice.uniform() < 0.01 { control *= 5 }
        if dice.uniform() < 0.01 { candidate *= 5 }
        switch change {
        case .none: break
        case .all(let factor): candidate *= factor
        case .some(let share, let factor): if dice.uniform() < share { candidate *= factor }
        }
        return (control, candidate)
    }

    /// A day of 1,000 pairs, and an autoregression that forgets within about 30.
    private mutating func nextLevel(_ dice: inout Dice) -> Double {
        pair += 1
        wander = 0.97 * wander + 0.08 * dice.normals().0
        return exp(0.35 * sin(2 * Double.pi * pair / 1_000) + wander)
    }
}
