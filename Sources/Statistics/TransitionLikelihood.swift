import RealModule

/// How well two ways of moving units from one split to another explain who moved.
package struct TransitionLikelihood: Hashable, Sendable {
    /// ln likelihood of the table where as few move as the new split needs: a share of
    /// min(w_i, w'_i) stays in i, and Σ (w_i − w'_i)⁺, the total variation, moves.
    package let lnMinimalMove: Double
    /// The same where everybody is drawn anew: i and j are independent, and Σ w_k w'_k stay.
    package let lnReshuffle: Double

    /// Above 0: the minimal move is likelier.
    package var lnRatio: Double { lnMinimalMove - lnReshuffle }
}

/// The likelihoods of a K × K table of pairs, units by category before and now, under both
/// hypotheses, w and w' being the table's own margins (STATISTICS (4)).
///
/// So that a unit that moved otherwise is no proof, one move in a thousand of the first hypothesis is
/// one of the second. Assumes units that are drawn independently. Throws `raggedTable`,
/// `negativeCount`.
package func transitionLikelihood(
    _ table: [[Int]]
) throws(StatisticsError) -> TransitionLikelihood {
    try checkSquare(table)
    let n = Double(table.reduce(0) { $0 + $1.reduce(0, +) })
    guard n > 0 else { return TransitionLikelihood(lnMinimalMove: 0, lnReshuffle: 0) }
    let before = table.map { Double($0.reduce(0, +)) / n }
    let now = table.indices.map { j in Double(table.reduce(0) { $0 + $1[j] }) / n }
    let moved = zip(before, now).reduce(0) { $0 + max(0, $1.0 - $1.1) }
    var (minimal, reshuffle) = (0.0, 0.0)
    for i in table.indices {
        for j in table.indices where table[i][j] > 0 {
            let drawn = before[i] * now[j]
            let kept =
                i == j
                ? min(before[i], now[i])
                : moved > 0 ? max(0, before[i] - now[i]) * max(0, now[j] - before[j]) / moved : 0
            minimal += Double(table[i][j]) * .log((1 - strayShare) * kept + strayShare * drawn)
            reshuffle += Double(table[i][j]) * .log(drawn)
        }
    }
    return TransitionLikelihood(lnMinimalMove: minimal, lnReshuffle: reshuffle)
}

private let strayShare = 0.001
