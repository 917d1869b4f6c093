import RealModule

/// Ways in which a split may be off: each share, by itself, 10 to 40 percent smaller or larger, the
/// others scaled to fit.
///
/// Small departures weigh more (4, 3, 2, 1): large ones are noticed quickly whatever their weight.
/// Alternatives that are the same, as of two shares, are one with both weights.
package struct SplitAlternatives: Hashable, Sendable {
    /// ln(q/p) of each alternative, its cells one after the other.
    let lnRatios: [Double]
    /// Logarithms; the weights sum to 1.
    let lnWeights: [Double]
    /// Cells of the split.
    package let cells: Int

    package var count: Int { lnWeights.count }

    private static let factors: [(factor: Double, weight: Double)] = [
        (0.9, 4), (1.1, 4), (0.8, 3), (1.2, 3), (0.7, 2), (1.3, 2), (0.6, 1), (1.4, 1),
    ]

    /// Probabilities of the null, each above 0, which sum to 1.
    ///
    /// Throws `probabilityOutOfRange` for one that is 0 or less, `probabilitiesNotNormalized`.
    package init(of probabilities: [Double]) throws(StatisticsError) {
        guard probabilities.allSatisfy({ $0 > 0 && $0 <= 1 }) else { throw .probabilityOutOfRange }
        guard abs(probabilities.reduce(0, +) - 1) <= 1e-9 else {
            throw .probabilitiesNotNormalized
        }
        var ratios: [[Double]] = []
        var weights: [Double] = []
        for cell in probabilities.indices where probabilities[cell] < 1 {
            for (factor, weight) in Self.factors where probabilities[cell] * factor < 1 {
                let own = probabilities[cell] * factor
                let others = (1 - own) / (1 - probabilities[cell])
                let ratio = probabilities.indices.map { Double.log($0 == cell ? factor : others) }
                let same = ratios.firstIndex {
                    zip($0, ratio).allSatisfy { abs($0 - $1) < 1e-12 }
                }
                if let same {
                    weights[same] += weight
                } else {
                    ratios.append(ratio)
                    weights.append(weight)
                }
            }
        }
        let total = weights.reduce(0, +)
        lnRatios = ratios.flatMap { $0 }
        lnWeights = weights.map { .log($0 / total) }
        cells = probabilities.count
    }

    /// Ways in which the first of two cells may be more likely than it may be at most: its odds a
    /// quarter larger, doubled, five times as large. All weigh the same.
    ///
    /// Evidence of them is valid for every rate up to that one, whatever it is from subject to
    /// subject. Throws `probabilityOutOfRange` unless 0 < rate < 1.
    package init(above rate: Double) throws(StatisticsError) {
        guard rate > 0, rate < 1 else { throw .probabilityOutOfRange }
        let odds = rate / (1 - rate)
        lnRatios = Self.multiples.flatMap { multiple in
            let raised = multiple * odds / (1 + multiple * odds)
            return [Double.log(raised / rate), .log((1 - raised) / (1 - rate))]
        }
        lnWeights = Self.multiples.map { _ in -.log(Double(Self.multiples.count)) }
        cells = 2
    }

    private static let multiples = [1.25, 2, 5]

    /// ln of the likelihood ratio of an alternative for counts by cell.
    func lnLikelihoodRatio(_ alternative: Int, _ counts: [Int]) -> Double {
        var sum = 0.0
        for cell in 0..<cells where counts[cell] > 0 {
            sum += Double(counts[cell]) * lnRatios[alternative * cells + cell]
        }
        return sum
    }
}
