import RealModule

/// The value of a dimension whose split differs most from that of the rest of its dimension.
package struct Contrast: Hashable, Sendable {
    /// Indices into the tables: the dimension, its value, the category in excess there.
    package let dimension: Int
    package let value: Int
    package let category: Int
    /// The standardised difference of the category's share there from its share in the rest.
    package let z: Double
    /// ln of the two-sided p-value times the number of contrasts that were looked at, at most 0.
    package let lnP: Double
    /// Subjects of the value in the category beyond those that the null expects there.
    package let excess: Double
    /// That excess over the excess of the whole; about 1 where the value explains all of it.
    package let shareOfExcess: Double
    /// ln of the evidence against the split of all other subjects of the dimension: below the
    /// limit of an alarm, the value explains the mismatch.
    package let remainderLnE: Double
}

/// Which segment has a split of its own; nil: none, so that a mismatch is that of all, and no
/// segment is to be blamed for it.
///
/// `dimensions` holds for each dimension (device, country, …) a row for each value: the counts by
/// category of its subjects. A value is held against the rest of its dimension, never against the
/// null: z = (p_v − p_r)/√(p(1−p)(1/n_v + 1/n_r)) with p pooled, half a subject nearer to 0 (the
/// score test of two proportions with Yates' correction; Fleiss, Levin, Paik, 3rd ed. 2003, §3.1),
/// with Bonferroni's bound over all values, and categories if more than two; so that a fault
/// common to all names some segment with probability alpha at most. Contrasts of which a cell has fewer than 5 expected are left out,
/// yet counted. Assumes distinct subjects and one look.
///
/// Throws as `lnMultinomialEvidence` does for any row, or `invalidAlpha`.
package func worstContrast(
    dimensions: [[[Int]]], probabilities: [Double], alpha: Double
) throws(StatisticsError) -> Contrast? {
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    for rows in dimensions {
        for row in rows { try checkSplit(counts: row, probabilities: probabilities) }
    }
    let categories = probabilities.count == 2 ? 1 : probabilities.count
    let contrasts = dimensions.reduce(0) { $0 + ($1.count > 1 ? $1.count : 0) } * categories
    var worst: (dimension: Int, value: Int, category: Int, z: Double)?
    for (dimension, rows) in dimensions.enumerated() where rows.count > 1 {
        let totals = columnSums(rows, width: probabilities.count)
        for (value, row) in rows.enumerated() {
            for category in 0..<categories {
                let z = contrast(row, of: totals, category: category)
                if let z, abs(z) > abs(worst?.z ?? 0) { worst = (dimension, value, category, z) }
            }
        }
    }
    guard let worst else { return nil }
    let lnP = min(0, .log(2 * Double(contrasts)) + lnNormalTail(abs(worst.z)))
    guard lnP <= .log(alpha) else { return nil }
    // Of two categories the other one is in excess where the first lacks.
    let isMirrored = probabilities.count == 2 && worst.z < 0
    return explained(
        dimensions[worst.dimension], probabilities: probabilities, dimension: worst.dimension,
        value: worst.value, category: isMirrored ? 1 : worst.category,
        z: isMirrored ? -worst.z : worst.z, lnP: lnP)
}

private func explained(
    _ rows: [[Int]], probabilities: [Double], dimension: Int, value: Int, category: Int,
    z: Double, lnP: Double
) -> Contrast {
    let totals = columnSums(rows, width: probabilities.count)
    func excess(_ counts: [Int]) -> Double {
        Double(counts[category]) - Double(counts.reduce(0, +)) * probabilities[category]
    }
    let rest = zip(totals, rows[value]).map { $0 - $1 }
    return Contrast(
        dimension: dimension, value: value, category: category, z: z, lnP: lnP,
        excess: excess(rows[value]), shareOfExcess: excess(rows[value]) / excess(totals),
        remainderLnE: lnMixtureEvidence(counts: rest, probabilities: probabilities))
}

/// The standardised contrast of a category in one row with the rest; nil where it is not testable.
private func contrast(_ row: [Int], of totals: [Int], category: Int) -> Double? {
    let all = Double(totals.reduce(0, +))
    let n = Double(row.reduce(0, +))
    let rest = all - n
    let pooled = Double(totals[category]) / all
    guard min(n, rest) * min(pooled, 1 - pooled) >= 5 else { return nil }
    let excess = Double(row[category]) - n * pooled
    let corrected = max(0, abs(excess) - 0.5)
    let z = corrected / (n * rest / all * pooled * (1 - pooled)).squareRoot()
    return excess < 0 ? -z : z
}

private func columnSums(_ rows: [[Int]], width: Int) -> [Int] {
    rows.reduce(into: [Int](repeating: 0, count: width)) { sums, row in
        for index in row.indices { sums[index] += row[index] }
    }
}
