import RealModule

/// Notices that a split changed after a long healthy stretch, when nobody says when: the
/// Shiryaev–Roberts e-detector (Shin, Ramdas, Rinaldo, E-detectors, New England Journal of
/// Statistics in Data Science 2, 2024, arXiv 2203.03532).
///
/// For each alternative q of a grid R ← (R + 1) q_x/p_x; alarm when the weighted mean of R reaches
/// the run length that is wanted. Under any stream whose split is p, subject by subject, the mean
/// number of subjects to a false alarm is at least that run length. Beside R each alternative
/// keeps its largest log-likelihood ratio over all starts, which dates the change.
///
/// One subject costs an addition and two multiplications an alternative, and no logarithm. Not
/// mergeable: it is to be fed in one order.
package struct SplitChangeDetector: Hashable, Sendable {
    /// How many times as likely as under the null a category is in the alternatives of the grid.
    package static let multipliers = [0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.3, 1.4]

    package let probabilities: [Double]
    private let weights: [Double]
    /// q_x/p_x and its logarithm, the alternatives of a category side by side.
    private let ratios: [Double]
    private let lnRatios: [Double]
    /// R of each alternative over `step` to the power of its scale, which is 0 but for R that no
    /// number holds.
    private var sums: [Double]
    private var scales: [Double]
    /// The weighted mean of the R whose scale is 0; ∞ once the null is excluded.
    private var mean: Double
    private var scaled: Int
    /// The largest log-likelihood ratio of each alternative, and after how many subjects it starts.
    private var best: [Double]
    private var starts: [Double]
    /// How many subjects were seen.
    package private(set) var count: Int

    /// Over the grid of one category more or less likely at a time, the others rescaled, all of
    /// the same weight; what is no distribution is left out.
    ///
    /// Throws `probabilityOutOfRange` or `probabilitiesNotNormalized`.
    package init(
        probabilities: [Double], multipliers: [Double] = multipliers
    ) throws(StatisticsError) {
        try checkDistribution(probabilities)
        let alternatives = probabilities.indices.flatMap { index in
            multipliers.compactMap { tilted(probabilities, at: index, by: $0) }
        }
        let weight = 1 / Double(alternatives.count)
        try self.init(
            probabilities: probabilities, alternatives: alternatives,
            weights: alternatives.map { _ in weight })
    }

    /// Over alternatives of one's own.
    ///
    /// Throws also `lengthMismatch`, or `invalidArgument` for weights that are negative or not of
    /// sum 1.
    package init(
        probabilities: [Double], alternatives: [[Double]], weights: [Double]
    ) throws(StatisticsError) {
        guard alternatives.allSatisfy({ $0.count == probabilities.count }),
            weights.count == alternatives.count
        else { throw .lengthMismatch }
        try checkDistribution(probabilities)
        for alternative in alternatives { try checkDistribution(alternative) }
        guard weights.allSatisfy({ $0 >= 0 }),
            weights.isEmpty || abs(weights.reduce(0, +) - 1) <= 1e-9
        else { throw .invalidArgument }
        self.probabilities = probabilities
        self.weights = weights
        ratios = probabilities.indices.flatMap { index in
            alternatives.map {
                probabilities[index] > 0 ? $0[index] / probabilities[index] : .infinity
            }
        }
        lnRatios = ratios.map { .log($0) }
        sums = weights.map { _ in 0 }
        (scales, best, starts) = (sums, sums, sums)
        (mean, scaled, count) = (0, 0, 0)
    }

    /// ln of the weighted mean of R: alarm when it is at least ln of the run length wanted. −∞
    /// before the first subject.
    package var lnR: Double {
        if scaled == 0 || mean == .infinity { return .log(mean) }
        return lnOfSum(
            weights.indices.map { .log(weights[$0] * sums[$0]) + scales[$0] * .log(step) })
    }

    /// One more subject in a category.
    package mutating func update(category: Int) {
        let row = category * weights.count
        let before = Double(count)
        var mean = probabilities[category] > 0 ? 0 : Double.infinity
        for index in weights.indices {
            // Beside an R beyond `step` the one that is added is nothing.
            let sum = (sums[index] + (scales[index] == 0 ? 1 : 0)) * ratios[row + index]
            sums[index] = sum
            mean += weights[index] * sum
            if sum > step || scales[index] > 0 { rescale(index) }
            if best[index] <= 0 {
                best[index] = 0
                starts[index] = before
            }
            best[index] += lnRatios[row + index]
        }
        self.mean = self.mean == .infinity ? .infinity : mean
        count += 1
    }

    /// After how many subjects the change most likely began: the start of the stretch, up to now,
    /// whose likelihood some alternative raises most; nil while none does.
    package var likelyStart: Int? {
        guard let index = best.indices.max(by: { best[$0] < best[$1] }), best[index] > 0 else {
            return nil
        }
        return Int(starts[index])
    }

    private mutating func rescale(_ index: Int) {
        if sums[index] > step, sums[index] < .infinity {
            sums[index] /= step
            scales[index] += 1
        } else if sums[index] < 1 / step.squareRoot(), scales[index] > 0 {
            sums[index] *= step
            scales[index] -= 1
        }
        scaled = scales.count { $0 > 0 }
    }
}

extension SplitChangeDetector {
    /// All that changes, as bare numbers to be kept.
    package var state: [Double] { [Double(count), mean] + sums + scales + best + starts }

    /// The detector of the same grid as it was.
    ///
    /// Throws also `lengthMismatch` for a state of another grid.
    package init(
        probabilities: [Double], multipliers: [Double] = multipliers, state: [Double]
    ) throws(StatisticsError) {
        try self.init(probabilities: probabilities, multipliers: multipliers)
        let size = weights.count
        guard state.count == 2 + 4 * size else { throw .lengthMismatch }
        guard state[0] >= 0, let count = Int(exactly: state[0]) else { throw .invalidArgument }
        func column(_ index: Int) -> [Double] {
            Array(state[(2 + index * size)..<(2 + (index + 1) * size)])
        }
        (self.count, mean) = (count, state[1])
        (sums, scales, best, starts) = (column(0), column(1), column(2), column(3))
        scaled = scales.count { $0 > 0 }
    }
}

/// What R is divided by, once or more, when it grows beyond it.
private let step = 1e200

/// The distribution with one category that many times as likely and the others rescaled; nil if
/// there is none.
private func tilted(_ probabilities: [Double], at index: Int, by factor: Double) -> [Double]? {
    let share = probabilities[index]
    let raised = share * factor
    guard share > 0, share < 1, raised < 1 else { return nil }
    let rest = (1 - raised) / (1 - share)
    return probabilities.indices.map { $0 == index ? raised : probabilities[$0] * rest }
}
