import RealModule

/// A Shiryaev–Roberts e-detector of a change in a split, in steps of time (Shin, Ramdas, Rinaldo,
/// "E-detectors", New England Journal of Statistics in Data Science 2024, arXiv 2203.03532).
///
/// For each alternative R ← R + 1 when a step begins and R ← R · q(x)/p(x) with each subject; what
/// is watched is the mean of the R over the alternatives. R minus the number of steps is a
/// martingale under the null, at every subject, so the expected number of steps before it first
/// reaches a limit is at least that limit, whatever the number of subjects a step has: the run
/// length is set in time. Beside each R a CUSUM with its last start dates the change.
///
/// Held down to `ceiling` it falls again soon after a change was taken back; being smaller never
/// makes a false alarm more frequent.
package struct SplitChangeStream: Hashable, Sendable {
    /// ln R by alternative; −∞ before the first step.
    package private(set) var lnR: [Double]
    /// CUSUM by alternative: ln of the likelihood ratio since its start, 0 where that is now.
    package private(set) var rise: [Double]
    /// The step in which that run began, by alternative.
    package private(set) var start: [Int64]
    /// Subjects by cell since then, one alternative after the other.
    package private(set) var counts: [Int]
    /// The step that is open; nil: none was yet.
    package private(set) var step: Int64?

    package init(of alternatives: SplitAlternatives) {
        lnR = Array(repeating: -.infinity, count: alternatives.count)
        rise = Array(repeating: 0, count: alternatives.count)
        start = Array(repeating: 0, count: alternatives.count)
        counts = Array(repeating: 0, count: alternatives.count * alternatives.cells)
    }

    /// One that was kept.
    package init(
        lnR: [Double], rise: [Double], start: [Int64], counts: [Int], step: Int64?
    ) {
        self.lnR = lnR
        self.rise = rise
        self.start = start
        self.counts = counts
        self.step = step
    }

    /// Adds subjects of a step, by cell; steps never go back. `ceiling` bounds ln R, `riseCeiling`
    /// the CUSUM, so that a change that was taken back is forgotten, and `gainLimit` what these
    /// subjects add to both.
    package mutating func add(
        _ counts: [Int], in step: Int64, of alternatives: SplitAlternatives, ceiling: Double,
        riseCeiling: Double = .infinity, gainLimit: Double = .infinity
    ) {
        precondition(counts.count == alternatives.cells, "a count for each cell")
        let isNew = self.step.map { $0 < step } ?? true
        if isNew { self.step = step }
        for index in lnR.indices {
            if isNew { lnR[index] = lnOnePlusExp(lnR[index]) }
            let gain = min(gainLimit, alternatives.lnLikelihoodRatio(index, counts))
            lnR[index] = min(ceiling, lnR[index] + gain)
            let own = index * alternatives.cells
            if rise[index] <= 0 {
                start[index] = step
                for cell in counts.indices { self.counts[own + cell] = 0 }
            }
            for cell in counts.indices { self.counts[own + cell] += counts[cell] }
            rise[index] = min(riseCeiling, max(0, rise[index] + gain))
        }
    }

    /// ln of the mean of R over the alternatives.
    package func lnEvidence(of alternatives: SplitAlternatives) -> Double {
        lnSumExp(zip(lnR, alternatives.lnWeights).map { $0 + $1 })
    }

    /// The same where all alternatives weigh the same.
    package var lnMeanEvidence: Double { lnSumExp(lnR) - .log(Double(lnR.count)) }

    /// The step in which the change most likely began, and the subjects by cell since then; nil:
    /// nothing points to one.
    package var change: (step: Int64, counts: [Int])? {
        guard let top = rise.indices.max(by: { rise[$0] < rise[$1] }), rise[top] > 0 else {
            return nil
        }
        let cells = counts.count / rise.count
        return (start[top], Array(counts[(top * cells)..<((top + 1) * cells)]))
    }
}

/// ln(1 + eˣ).
private func lnOnePlusExp(_ x: Double) -> Double {
    x > 0 ? x + .log(onePlus: .exp(-x)) : .log(onePlus: .exp(x))
}
