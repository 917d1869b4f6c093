import RealModule

/// p-values corrected for their number, in their own order.
package struct AdjustedPValues: Hashable, Sendable {
    /// False discovery rate of independent tests (Benjamini, Hochberg 1995).
    package let benjaminiHochberg: [Double]
    /// The same under any dependence (Benjamini, Yekutieli 2001).
    package let benjaminiYekutieli: [Double]
    /// Family-wise error (Holm 1979).
    package let holm: [Double]
}

/// Throws `probabilityOutOfRange` for a p outside 0…1.
package func adjusted(_ p: [Double]) throws(StatisticsError) -> AdjustedPValues {
    guard p.allSatisfy((0...1).contains) else { throw .probabilityOutOfRange }
    let n = p.count
    let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    let harmonic = (1...max(1, n)).reduce(0.0) { $0 + 1 / Double($1) }
    func stepUp(_ factor: Double) -> [Double] {
        var result = p
        var least = 1.0
        for (rank, index) in order.enumerated().reversed() {
            least = min(least, p[index] * Double(n) * factor / Double(rank + 1))
            result[index] = least
        }
        return result
    }
    var holm = p
    var largest = 0.0
    for (rank, index) in order.enumerated() {
        largest = max(largest, min(1, p[index] * Double(n - rank)))
        holm[index] = largest
    }
    return AdjustedPValues(
        benjaminiHochberg: stepUp(1), benjaminiYekutieli: stepUp(harmonic), holm: holm)
}

/// The e-values that e-BH rejects at false discovery rate q, by their places: the k largest, k the
/// largest with e₍ₖ₎ ≥ S/(k q) (Wang, Ramdas, JRSS-B 84, 2022).
///
/// Holds under any dependence, at one look: not for running suprema (Tavyrikov, Goeman, de Heide,
/// arXiv 2501.19360). A rate outside 0…1 rejects nothing, and what is no number is not rejected.
package func eBenjaminiHochberg(lnE: [Double], q: Double) -> [Int] {
    guard q > 0, q <= 1 else { return [] }
    let order = lnE.indices.filter { !lnE[$0].isNaN }.sorted { (lnE[$1], $0) < (lnE[$0], $1) }
    let limit = Double.log(Double(lnE.count)) - .log(q)
    let count = order.indices.last { place in
        lnE[order[place]] >= limit - .log(Double(place + 1)) - 1e-12
    }
    return count.map { order[...$0].sorted() } ?? []
}
