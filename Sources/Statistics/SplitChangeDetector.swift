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
    package static let multipliers = [0.6, 0.7, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2, 1.3, 1.4]

    package let probabilities: [Double]
    private let weights: [Double]
    /// q_x/p_x and its logarithm, the alternatives of a category side by side.
    private let ratios: [Double]
    private let lnRatios: [Double]
    private var tracks: [Track]
    /// The weighted mean of the R whose scale is 0; ∞ once the null is excluded.
    private var mean = 0.0
    private var scaled = 0
    /// How many subjects were seen.
    package private(set) var count = 0

    /// What is kept of one alternative.
    private struct Track: Hashable {
        /// R over `step` to the power of the scale, which is 0 but for R that no number holds.
        var sum = 0.0
        var scale = 0.0
        /// The largest log-likelihood ratio, and after how many subjects it starts.
        var best = 0.0
        var start = 0.0
    }

    /// Over the grid of one category more or less likely at a time, the others rescaled; what is
    /// no distribution is left out.
    ///
    /// A tilt of a tenth has twice the weight of one of a fifth: the smaller it is the more
    /// subjects each unit of evidence takes. Those that are the same, as of two equal shares, are
    /// one with both weights.
    ///
    /// Throws `probabilityOutOfRange` or `probabilitiesNotNormalized`.
    package init(
        probabilities: [Double], multipliers: [Double] = multipliers
    ) throws(StatisticsError) {
        try checkDistribution(probabilities)
        var (alternatives, weights): ([[Double]], [Double]) = ([], [])
        for index in probabilities.indices {
            for factor in multipliers {
                guard let tilted = tilted(probabilities, at: index, by: factor) else { continue }
                let weight = 1 / abs(factor - 1)
                if let same = alternatives.firstIndex(where: { isSame($0, tilted) }) {
                    weights[same] += weight
                } else {
                    alternatives.append(tilted)
                    weights.append(weight)
                }
            }
        }
        let sum = weights.reduce(0, +)
        try self.init(
            probabilities: probabilities, alternatives: alternatives,
            weights: weights.map { $0 / sum })
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
        tracks = weights.map { _ in Track() }
    }

    /// ln of the weighted mean of R: alarm when it is at least ln of the run length wanted. −∞
    /// before the first subject.
    package var lnR: Double {
        if scaled == 0 || mean == .infinity { return .log(mean) }
        return lnOfSum(
            zip(weights, tracks).map { .log($0 * $1.sum) + $1.scale * .log(step) })
    }

    /// One more subject in a category.
    package mutating func update(category: Int) {
        let row = category * weights.count
        let before = Double(count)
        var mean = probabilities[category] > 0 ? 0 : Double.infinity
        var hasLarge = scaled > 0
        for index in tracks.indices {
            var track = tracks[index]
            // Beside an R beyond `step` the one that is added is nothing.
            track.sum = (track.sum + (track.scale == 0 ? 1 : 0)) * ratios[row + index]
            if track.best <= 0 { (track.best, track.start) = (0, before) }
            track.best += lnRatios[row + index]
            mean += weights[index] * track.sum
            hasLarge = hasLarge || track.sum > step
            tracks[index] = track
        }
        self.mean = self.mean == .infinity ? .infinity : mean
        count += 1
        if hasLarge { rescale() }
    }

    /// After how many subjects the change most likely began: the start of the stretch, up to now,
    /// whose likelihood some alternative raises most; nil while none does.
    package var likelyStart: Int? {
        guard let track = tracks.max(by: { $0.best < $1.best }), track.best > 0 else {
            return nil
        }
        return Int(track.start)
    }

    private mutating func rescale() {
        for index in tracks.indices {
            let sum = tracks[index].sum
            if sum > step, sum < .infinity {
                tracks[index].sum /= step
                tracks[index].scale += 1
            } else if sum < 1 / step.squareRoot(), tracks[index].scale > 0 {
                tracks[index].sum *= step
                tracks[index].scale -= 1
            }
        }
        scaled = tracks.count { $0.scale > 0 }
    }
}

extension SplitChangeDetector {
    /// All that changes, as bare numbers to be kept.
    package var state: [Double] {
        [Double(count), mean] + tracks.flatMap { [$0.sum, $0.scale, $0.best, $0.start] }
    }

    /// The detector of the same grid as it was.
    ///
    /// Throws also `lengthMismatch` for a state of another grid, `invalidArgument` for one of no
    /// detector.
    package init(
        probabilities: [Double], multipliers: [Double] = multipliers, state: [Double]
    ) throws(StatisticsError) {
        try self.init(probabilities: probabilities, multipliers: multipliers)
        guard state.count == 2 + 4 * tracks.count else { throw .lengthMismatch }
        guard state[0] >= 0, let count = Int(exactly: state[0]),
            !state.contains(where: \.isNaN)
        else { throw .invalidArgument }
        (self.count, mean) = (count, state[1])
        for index in tracks.indices {
            let place = 2 + 4 * index
            tracks[index] = Track(
                sum: state[place], scale: state[place + 1], best: state[place + 2],
                start: state[place + 3])
        }
        scaled = tracks.count { $0.scale > 0 }
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

private func isSame(_ one: [Double], _ other: [Double]) -> Bool {
    zip(one, other).allSatisfy { abs($0 - $1) < 1e-12 }
}
