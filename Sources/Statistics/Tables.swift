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
/// `emptyInput` without a cell, `raggedTable`, `negativeCount`, or `invalidArgument` for more
/// counts than an Int holds; so do the tests of pairs.
package func homogeneity(_ table: [[Int]]) throws(StatisticsError) -> Homogeneity {
    let n = Double(try checkTable(table))
    let rows = table.map { Double($0.reduce(0, +)) }
    let columns = table[0].indices.map { c in Double(table.reduce(0) { $0 + $1[c] }) }
    let (r, c) = (rows.count { $0 > 0 }, columns.count { $0 > 0 })
    let degrees = max(0, r - 1) * max(0, c - 1)
    var (pearson, ratio) = (0.0, 0.0)
    for (i, row) in table.enumerated() where rows[i] > 0 {
        for (j, count) in row.enumerated() where columns[j] > 0 {
            let expected = rows[i] / n * columns[j]
            let difference = Double(count) - expected
            pearson += difference / expected * difference
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

/// The Stuart–Maxwell test of marginal homogeneity of a K × K table of pairs: dᵀ V⁻¹ d with the
/// differences d of the margins (Stuart 1955; Maxwell 1970).
///
/// Where no category of one group moves into another group V is singular: what each group keeps
/// is known. Each is then a test of its own, without its last category, and the statistics and
/// degrees of freedom are added; a category that nothing moves into or out of has none. Nothing
/// moves: p is 1.
package func stuartMaxwellTest(_ table: [[Int]]) throws(StatisticsError) -> ChiSquareResult {
    try checkSquare(table)
    var (statistic, degrees) = (0.0, 0)
    for group in movingGroups(table) where group.count > 1 {
        let kept = group.dropLast()
        func sum(_ values: [Int]) -> Double { Double(values.reduce(0, +)) }
        let d = kept.map { i in sum(group.map { table[i][$0] }) - sum(group.map { table[$0][i] }) }
        let v = kept.map { i in
            kept.map { j in
                i == j
                    ? group.reduce(0) { $0 + ($1 == i ? 0 : moves(table, i, $1)) }
                    : -moves(table, i, j)
            }
        }
        statistic += zip(d, solved(v, d)).reduce(0) { $0 + $1.0 * $1.1 }
        degrees += kept.count
    }
    return ChiSquareResult(max(0, statistic), degrees)
}

/// How many pairs moved between two categories, either way.
private func moves(_ table: [[Int]], _ i: Int, _ j: Int) -> Double {
    Double(table[i][j] + table[j][i])
}

/// The categories in groups between which nothing moves, in order.
private func movingGroups(_ table: [[Int]]) -> [[Int]] {
    var group = Array(table.indices)
    for i in table.indices {
        for j in table.indices where group[i] != group[j] && moves(table, i, j) > 0 {
            let (one, other) = (group[i], group[j])
            for place in group.indices where group[place] == other { group[place] = one }
        }
    }
    return table.indices.map { name in table.indices.filter { group[$0] == name } }
}

/// x of A x = b by elimination with pivots; A is not singular.
private func solved(_ a: [[Double]], _ b: [Double]) -> [Double] {
    var rows = zip(a, b).map { $0 + [$1] }
    let n = rows.count
    for column in 0..<n {
        let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) }
        rows.swapAt(column, pivot ?? column)
        for row in 0..<n where row != column {
            let factor = rows[row][column] / rows[column][column]
            for place in column...n { rows[row][place] -= factor * rows[column][place] }
        }
    }
    return (0..<n).map { rows[$0][n] / rows[$0][$0] }
}

/// The sum of all cells. Throws what every test of a table refuses.
@discardableResult
func checkTable(_ table: [[Int]]) throws(StatisticsError) -> Int {
    guard let width = table.first?.count, width > 0 else { throw .emptyInput }
    guard table.allSatisfy({ $0.count == width }) else { throw .raggedTable }
    guard table.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else { throw .negativeCount }
    return try sum(table.flatMap(\.self))
}

func checkSquare(_ table: [[Int]]) throws(StatisticsError) {
    try checkTable(table)
    guard table.count == table[0].count else { throw .raggedTable }
}
