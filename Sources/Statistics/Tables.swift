import RealModule

/// Whether the rows of a table come from one distribution.
package struct Homogeneity: Hashable, Sendable {
    /// Pearson's statistic and the likelihood ratio's, with the same degrees of freedom.
    package let chiSquare: ChiSquareResult
    package let likelihoodRatio: ChiSquareResult
    /// Cramér's V, 0…1.
    package let cramersV: Double
    /// The same without its bias (Bergsma, J. Korean Stat. Soc. 42, 2013).
    package let correctedV: Double
}

/// The chi-square tests of homogeneity of an R × C table of counts (Pearson 1900; Wilks 1938).
///
/// Empty rows and columns are left out of the degrees of freedom. Assumes independent units and
/// one look; rough where an expected count is below 5. No data: p is 1, V is 0. Throws
/// `raggedTable`, `negativeCount`.
package func homogeneity(_ table: [[Int]]) throws(StatisticsError) -> Homogeneity {
    try checkTable(table)
    let rows = table.map { Double($0.reduce(0, +)) }
    let columns = (table.first ?? []).indices.map { c in
        Double(table.reduce(0) { $0 + $1[c] })
    }
    let n = rows.reduce(0, +)
    let (r, c) = (rows.count { $0 > 0 }, columns.count { $0 > 0 })
    let degrees = max(0, r - 1) * max(0, c - 1)
    var (pearson, ratio) = (0.0, 0.0)
    for (i, row) in table.enumerated() where rows[i] > 0 {
        for (j, count) in row.enumerated() where columns[j] > 0 {
            let expected = rows[i] / n * columns[j]
            let difference = Double(count) - expected
            pearson += difference * difference / expected
            ratio += 2 * deviance(Double(count), expected: expected)
        }
    }
    let (v, corrected) = cramersV(pearson, n: n, rows: r, columns: c)
    return Homogeneity(
        chiSquare: ChiSquareResult(pearson, degrees),
        likelihoodRatio: ChiSquareResult(max(0, ratio), degrees), cramersV: v,
        correctedV: corrected)
}

private func cramersV(
    _ statistic: Double, n: Double, rows r: Int, columns c: Int
) -> (Double, Double) {
    guard n > 0, r > 1, c > 1 else { return (0, 0) }
    let phi = statistic / n
    let plain = (phi / Double(min(r, c) - 1)).squareRoot()
    guard n > 1 else { return (plain, 0) }
    let (rows, columns) = (Double(r), Double(c))
    let unbiased = max(0, phi - (rows - 1) * (columns - 1) / (n - 1))
    let width = min(
        rows - (rows - 1) * (rows - 1) / (n - 1), columns - (columns - 1) * (columns - 1) / (n - 1))
    return (plain, width > 1 ? (unbiased / (width - 1)).squareRoot() : 0)
}

/// McNemar's test of a 2 × 2 table of pairs: off-diagonal counts, without continuity correction
/// (McNemar 1947), and the exact two-sided binomial probability.
///
/// No discordant pair: p is 1. Throws `raggedTable`, `negativeCount`.
package func mcNemarTest(
    _ table: [[Int]]
) throws(StatisticsError) -> (chiSquare: ChiSquareResult, exactP: Double) {
    try checkSquare(table)
    guard table.count == 2 else { throw .raggedTable }
    let (b, c) = (table[0][1], table[1][0])
    let n = b + c
    guard n > 0 else { return (ChiSquareResult(0, 1), 1) }
    let difference = Double(b - c)
    let exact = min(1, 2 * binomialCumulative(min(b, c), n: n, q: 0.5))
    return (ChiSquareResult(difference * difference / Double(n), 1), exact)
}

/// Bowker's test of symmetry of a K × K table of pairs: Σ (n_ij − n_ji)²/(n_ij + n_ji) (Bowker,
/// JASA 43, 1948). Empty pairs are left out of the degrees of freedom.
package func bowkerTest(_ table: [[Int]]) throws(StatisticsError) -> ChiSquareResult {
    try checkSquare(table)
    var (statistic, degrees) = (0.0, 0)
    for i in table.indices {
        for j in table.indices where j > i && table[i][j] + table[j][i] > 0 {
            let difference = Double(table[i][j] - table[j][i])
            statistic += difference * difference / Double(table[i][j] + table[j][i])
            degrees += 1
        }
    }
    return ChiSquareResult(statistic, degrees)
}

/// The Stuart–Maxwell test of marginal homogeneity of a K × K table of pairs: dᵀ V⁻¹ d over the
/// first K − 1 categories that occur off the diagonal (Stuart 1955; Maxwell 1970).
///
/// Categories that nothing moves into or out of are left out. Nothing moves: p is 1.
package func stuartMaxwellTest(_ table: [[Int]]) throws(StatisticsError) -> ChiSquareResult {
    try checkSquare(table)
    let moving = table.indices.filter { i in
        table.indices.contains { $0 != i && table[i][$0] + table[$0][i] > 0 }
    }
    guard moving.count > 1 else { return ChiSquareResult(0, 0) }
    let kept = moving.dropLast()
    func sum(_ values: [Int]) -> Double { Double(values.reduce(0, +)) }
    let d = kept.map { i in sum(moving.map { table[i][$0] }) - sum(moving.map { table[$0][i] }) }
    let v = kept.map { i in
        kept.map { j in
            i == j
                ? sum(moving.map { table[i][$0] + table[$0][i] }) - Double(2 * table[i][i])
                : -Double(table[i][j] + table[j][i])
        }
    }
    guard let solution = solved(v, d) else { return ChiSquareResult(0, 0) }
    let statistic = zip(d, solution).reduce(0) { $0 + $1.0 * $1.1 }
    return ChiSquareResult(max(0, statistic), kept.count)
}

/// x of A x = b by elimination with pivots; nil: A is singular.
private func solved(_ a: [[Double]], _ b: [Double]) -> [Double]? {
    var rows = zip(a, b).map { $0 + [$1] }
    let n = rows.count
    for column in 0..<n {
        guard let pivot = (column..<n).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
            abs(rows[pivot][column]) > 1e-12
        else { return nil }
        rows.swapAt(column, pivot)
        for row in 0..<n where row != column {
            let factor = rows[row][column] / rows[column][column]
            for place in column...n { rows[row][place] -= factor * rows[column][place] }
        }
    }
    return (0..<n).map { rows[$0][n] / rows[$0][$0] }
}

func checkTable(_ table: [[Int]]) throws(StatisticsError) {
    guard table.allSatisfy({ $0.count == table[0].count }) else { throw .raggedTable }
    guard table.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else { throw .negativeCount }
}

func checkSquare(_ table: [[Int]]) throws(StatisticsError) {
    try checkTable(table)
    guard table.allSatisfy({ $0.count == table.count }) else { throw .raggedTable }
}
