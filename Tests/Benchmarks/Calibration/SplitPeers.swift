import Foundation

/// The test of Optimizely's ssrm-test: one concentration of 10,000, looked at after each subject.
struct SingleConcentration {
    private let probabilities: [Double]
    private var counts: [Double]
    private var total = 0.0
    private var evidence = 1.0
    /// The largest evidence so far.
    private(set) var peak = 1.0

    init(_ probabilities: [Double]) {
        self.probabilities = probabilities
        counts = probabilities.map { _ in 0 }
    }

    mutating func add(_ category: Int) {
        let share = probabilities[category]
        evidence *= (10_000 * share + counts[category]) / ((10_000 + total) * share)
        counts[category] += 1
        total += 1
        peak = max(peak, evidence)
    }
}

/// Two rules of dashboards, looked at after each subject: chi-square as soon as 5 are expected in
/// each category, and a share that is more than two points off after a thousand subjects.
struct PeekingRules {
    private let probabilities: [Double]
    private let inverse: [Double]
    private let earliest: Double
    private var counts: [Double]
    private var total = 0.0
    private var squares = 0.0
    /// The largest chi-square so far.
    private(set) var chiSquare = 0.0
    private(set) var isTwoPointsOff = false

    init(_ probabilities: [Double]) {
        self.probabilities = probabilities
        inverse = probabilities.map { 1 / $0 }
        earliest = 5 / (probabilities.min() ?? 1)
        counts = probabilities.map { _ in 0 }
    }

    mutating func add(_ category: Int) {
        squares += (2 * counts[category] + 1) * inverse[category]
        counts[category] += 1
        total += 1
        if total >= earliest { chiSquare = max(chiSquare, squares / total - total) }
        if total >= 1_000 {
            let off = abs(counts[category] - total * probabilities[category])
            if off > 0.02 * total { isTwoPointsOff = true }
        }
    }
}
