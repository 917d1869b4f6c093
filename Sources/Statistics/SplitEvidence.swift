import RealModule

/// Evidence against a split that may be looked at after every subject: the mean of
/// `lnMultinomialEvidence` over five concentrations, each sharp at another sample size (from about
/// a hundred subjects to a million).
///
/// Alarm when `lnEMax` ≥ ln(1/alpha): under the null that ever happens with probability alpha at
/// most. Assumes that each subject is counted once. What is to be kept is the counts and `lnEMax`.
///
/// Adding one subject multiplies five numbers, E_c ← E_c (c·p_j + n_j)/((c + N) p_j), and takes no
/// logarithm; the relative error grows with the square root of the number of subjects, 1e-11 at
/// 10⁹. Adding counts computes anew.
package struct SplitEvidence: Hashable, Sendable {
    /// The probabilities under the null, in the order of the counts.
    package let probabilities: [Double]
    package private(set) var counts: [Int]
    /// The largest `lnE` seen at any look since the beginning; at least 0.
    package private(set) var lnEMax: Double
    private var total: Double
    /// E_c over exp(lnScale).
    private var factors: SIMD8<Double>
    private var lnScale: SIMD8<Double>
    /// The largest mean of unscaled factors, so that looks below it cost no logarithm.
    private var peak: Double

    /// Nothing observed yet.
    ///
    /// Throws `probabilityOutOfRange` or `probabilitiesNotNormalized`.
    package init(probabilities: [Double]) throws(StatisticsError) {
        try self.init(
            probabilities: probabilities, counts: probabilities.map { _ in 0 }, lnEMax: 0)
    }

    /// As it was when its counts and its largest evidence were kept.
    ///
    /// Throws also `lengthMismatch` or `negativeCount`.
    package init(
        probabilities: [Double], counts: [Int], lnEMax: Double
    ) throws(StatisticsError) {
        try checkSplit(counts: counts, probabilities: probabilities)
        let sum = probabilities.reduce(0, +)
        self.probabilities = probabilities.map { $0 / sum }
        self.counts = counts
        self.lnEMax = max(0, lnEMax)
        (total, factors, lnScale, peak) = (0, SIMD8(repeating: 1), .zero, .infinity)
        recompute()
    }

    /// ln of the evidence of the counts as they stand; +∞ where the null excludes them.
    package var lnE: Double {
        if lnScale == .zero { return .log((factors * weights).sum()) }
        return lnOfSum(
            concentrations.indices.map { .log(factors[$0] * weights[$0]) + lnScale[$0] })
    }

    /// One more subject in a category, and a look.
    package mutating func add(_ category: Int) {
        let p = probabilities[category]
        let n = Double(counts[category])
        counts[category] += 1
        if p > 0 {
            factors *= (priors * p + n) / ((priors + total) * p)
        } else {
            // The idle lanes, of weight 0, must not become NaN.
            factors.replace(with: .infinity, where: weights .> 0)
        }
        total += 1
        if any(factors .> 1e100 .| factors .< 1e-100) { rescale() }
        look()
    }

    /// More subjects, those of another agent, say, and one look after all of them.
    ///
    /// Throws `lengthMismatch` or `negativeCount`, and then nothing is added.
    package mutating func add(counts more: [Int]) throws(StatisticsError) {
        guard more.count == counts.count else { throw .lengthMismatch }
        guard more.allSatisfy({ $0 >= 0 }) else { throw .negativeCount }
        for index in counts.indices { counts[index] += more[index] }
        recompute()
    }

    /// ln of the evidence of counts, from nothing but the counts.
    ///
    /// Throws as `lnMultinomialEvidence` does.
    package static func lnE(
        counts: [Int], probabilities: [Double]
    ) throws(StatisticsError) -> Double {
        try checkSplit(counts: counts, probabilities: probabilities)
        return lnMixtureEvidence(counts: counts, probabilities: probabilities)
    }

    private mutating func recompute() {
        total = Double(counts.reduce(0, +))
        factors = SIMD8(repeating: 1)
        for (index, concentration) in concentrations.enumerated() {
            lnScale[index] = lnEvidence(
                counts: counts, probabilities: probabilities, concentration: concentration)
        }
        if concentrations.indices.allSatisfy({ abs(lnScale[$0]) < 200 }) {
            for index in concentrations.indices { factors[index] = .exp(lnScale[index]) }
            lnScale = .zero
        }
        lnEMax = max(lnEMax, lnE)
        peak = .exp(min(lnEMax, 700))
    }

    private mutating func rescale() {
        for index in factors.indices where factors[index] < .infinity {
            lnScale[index] += .log(factors[index])
            factors[index] = 1
        }
    }

    private mutating func look() {
        if lnScale == .zero {
            let mean = (factors * weights).sum()
            guard mean > peak else { return }
            peak = mean
        }
        lnEMax = max(lnEMax, lnE)
    }
}

/// The mean of E over the concentrations of `SplitEvidence`, at checked arguments.
func lnMixtureEvidence(counts: [Int], probabilities: [Double]) -> Double {
    lnOfSum(
        concentrations.map {
            lnEvidence(counts: counts, probabilities: probabilities, concentration: $0)
        }) - .log(Double(concentrations.count))
}

private let concentrations = [10, 100, 1e3, 1e4, 1e5]

/// The concentrations by lane; the lanes beyond the fifth are idle.
private let priors = SIMD8<Double>(10, 100, 1e3, 1e4, 1e5, 1e5, 1e5, 1e5)
private let weights = SIMD8<Double>(0.2, 0.2, 0.2, 0.2, 0.2, 0, 0, 0)
