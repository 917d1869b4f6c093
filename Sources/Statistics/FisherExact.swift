import RealModule

/// Fisher's exact test of a 2 × 2 table, two-sided: all tables with the same margins that are at most
/// as probable as the one observed, within a relative 1e-7 (Fisher 1922).
///
/// Sums each tail outward from where it begins until nothing is added, some σ terms: less than a
/// second at 10¹² counts. Throws `raggedTable` for other than 2 × 2, `negativeCount`, or
/// `invalidArgument` for more than 10¹² counts.
package func fisherExactTest(_ table: [[Int]]) throws(StatisticsError) -> Double {
    let n = try checkTable(table)
    guard table.count == 2, table[0].count == 2 else { throw .raggedTable }
    guard n <= largestExactCount else { throw .invalidArgument }
    let law = Hypergeometric(
        row: table[0][0] + table[0][1], column: table[0][0] + table[1][0], total: n)
    let x = table[0][0]
    let limit = law.lnP(x) + .log(onePlus: 1e-7)
    let mode = law.mode
    guard law.lnP(mode) > limit else { return 1 }
    // On the other side of the mode the probabilities fall: the first one within the limit.
    let isLeft = x < mode
    var (inside, outside) = (mode, isLeft ? law.range.upperBound + 1 : law.range.lowerBound - 1)
    while abs(outside - inside) > 1 {
        let middle = inside + (outside - inside) / 2
        if law.lnP(middle) > limit { inside = middle } else { outside = middle }
    }
    let tails = [
        law.lnTail(from: x, isUpper: !isLeft), law.lnTail(from: outside, isUpper: isLeft),
    ]
    return min(1, .exp(lnOfSum(tails)))
}

/// How many of a row's units are in the column, its margins given.
private struct Hypergeometric {
    let row: Int
    let column: Int
    let total: Int

    var range: ClosedRange<Int> { max(0, row + column - total)...min(row, column) }

    /// The most probable count.
    var mode: Int {
        let guess = Double(row + 1) * (Double(column + 1) / Double(total + 2))
        var mode = min(max(Int(guess), range.lowerBound), range.upperBound)
        while mode < range.upperBound, ratio(mode) > 1 { mode += 1 }
        while mode > range.lowerBound, ratio(mode - 1) < 1 { mode -= 1 }
        return mode
    }

    /// ln P(x) as binomials of both rows against that of their sum, by their saddle points: the
    /// huge terms never appear (Loader, Fast and accurate computation of binomial probabilities,
    /// 2000).
    func lnP(_ x: Int) -> Double {
        lnBinomial(x, of: row) + lnBinomial(column - x, of: total - row)
            - lnBinomial(column, of: total)
    }

    /// ln of the sum of P from x on to the end of that side; −∞ outside.
    func lnTail(from x: Int, isUpper: Bool) -> Double {
        guard range.contains(x) else { return -.infinity }
        var (term, sum, place) = (1.0, 1.0, x)
        while term > sum * 1e-18 {
            if isUpper {
                guard place < range.upperBound else { break }
                term *= ratio(place)
                place += 1
            } else {
                guard place > range.lowerBound else { break }
                place -= 1
                term /= ratio(place)
            }
            sum += term
        }
        return lnP(x) + .log(sum)
    }

    /// P(x + 1)/P(x).
    private func ratio(_ x: Int) -> Double {
        Double(row - x) / Double(x + 1)
            * (Double(column - x) / Double(total - row - column + x + 1))
    }

    private func lnBinomial(_ x: Int, of n: Int) -> Double {
        let (k, n) = (Double(x), Double(n))
        let (p, q) = (Double(column) / Double(total), Double(total - column) / Double(total))
        if k == 0 { return n == 0 ? 0 : n * (p < 0.5 ? .log(onePlus: -p) : .log(q)) }
        if k == n { return n * (q < 0.5 ? .log(onePlus: -q) : .log(p)) }
        return stirlingRemainder(n) - stirlingRemainder(k) - stirlingRemainder(n - k)
            - deviance(k, expected: n * p) - deviance(n - k, expected: n * q)
            + .log(n / (2 * .pi * k * (n - k))) / 2
    }
}
