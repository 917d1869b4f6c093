import RealModule

/// ln E of `SplitEvidence` when subjects without a known outcome are given to the categories in the
/// way least favourable to an alarm: what still alarms is robust to what is missing.
///
/// Giving one subject to category k multiplies every E_c by (c + n_k/p_k)/(c + N), so that giving
/// each in turn to the smallest n_k/p_k is least for every concentration at once, hence for their
/// mean (marginal allocation: Fox, Discrete optimization via marginal analysis, Management Science
/// 13, 1966). What goes to one level of n/p is given at once, whatever the number missing.
///
/// Throws as `lnMultinomialEvidence` does; `negativeCount` also for a negative `missing`.
package func worstCaseLnE(
    counts: [Int], missing: Int, probabilities: [Double]
) throws(StatisticsError) -> Double {
    try checkSplit(counts: counts, probabilities: probabilities)
    guard missing >= 0 else { throw .negativeCount }
    let imputed = leastFavourable(counts: counts, missing: missing, probabilities: probabilities)
    return lnMixtureEvidence(counts: imputed, probabilities: probabilities)
}

/// The counts with the missing given to the most under-represented categories.
func leastFavourable(counts: [Int], missing: Int, probabilities: [Double]) -> [Int] {
    let open = probabilities.indices.filter { probabilities[$0] > 0 }
    guard missing > 0, !open.isEmpty else { return counts }
    func raised(to level: Double) -> [Int] {
        var raised = counts
        for k in open {
            raised[k] = max(counts[k], Int((probabilities[k] * level).rounded(.up)))
        }
        return raised
    }
    let total = counts.reduce(0, +) + missing
    var low = 0.0
    var high = open.map { Double(total + 1) / probabilities[$0] }.min() ?? 0
    for _ in 0..<100 {
        let middle = (low + high) / 2
        if raised(to: middle).reduce(0, +) <= total { low = middle } else { high = middle }
    }
    var imputed = raised(to: low)
    // What is left is less than one for each category at the level.
    for _ in 0..<(total - imputed.reduce(0, +)) {
        let lowest = open.min {
            Double(imputed[$0]) / probabilities[$0] < Double(imputed[$1]) / probabilities[$1]
        }
        if let lowest { imputed[lowest] += 1 }
    }
    return imputed
}
