import RealModule

/// Counts summed from the beginning, by the categories that occur or by all.
struct HourlySums {
    let hours: Int
    let width: Int
    private var sums: [Int]

    init(_ counts: [[Int]], keepsAll: Bool = false) {
        let kept = (counts.first ?? []).indices.filter { k in
            keepsAll || counts.contains { $0[k] > 0 }
        }
        hours = counts.count
        width = kept.count
        sums = Array(repeating: 0, count: width)
        sums.reserveCapacity((hours + 1) * width)
        for (hour, row) in counts.enumerated() {
            for (place, k) in kept.enumerated() { sums.append(sums[hour * width + place] + row[k]) }
        }
    }

    /// The counts of the hours [s, t).
    func counts(_ s: Int, _ t: Int) -> [Double] {
        (0..<width).map { Double(sums[t * width + $0] - sums[s * width + $0]) }
    }

    /// How many categories occur.
    var occurring: Int { counts(0, hours).count { $0 > 0 } }

    /// −2 Σ N_k ln(N_k/N) of the hours [s, t).
    func deviance(_ s: Int, _ t: Int) -> Double {
        var (total, entropy) = (0.0, 0.0)
        for k in 0..<width {
            let n = Double(sums[t * width + k] - sums[s * width + k])
            guard n > 0 else { continue }
            total += n
            entropy += n * .log(n)
        }
        return total > 0 ? 2 * (total * .log(total) - entropy) : 0
    }
}

/// 2 Σ O ln(O/E) of two samples of the same categories: about chi-square with K − 1 degrees of
/// freedom where both are from one distribution (Wilks 1938). 0 where one is empty.
func departure(_ a: [Double], _ b: [Double]) -> Double {
    let (n, m) = (a.reduce(0, +), b.reduce(0, +))
    guard n > 0, m > 0 else { return 0 }
    var sum = 0.0
    for k in a.indices {
        let both = a[k] + b[k]
        guard both > 0 else { continue }
        sum += deviance(a[k], expected: both * n / (n + m))
        sum += deviance(b[k], expected: both * m / (n + m))
    }
    return 2 * sum
}

/// The part of it that ordered categories owe to a move up or down: the squared Wilcoxon statistic
/// with mid-ranks as scores, about chi-square with 1 degree of freedom (Mann, Whitney 1947).
func move(_ a: [Double], _ b: [Double]) -> Double {
    let (n, m) = (a.reduce(0, +), b.reduce(0, +))
    guard n > 0, m > 0 else { return 0 }
    var (below, spread, first, second) = (0.0, 0.0, 0.0, 0.0)
    for k in a.indices {
        let both = a[k] + b[k]
        let score = (below + both / 2) / (n + m) - 0.5
        below += both
        spread += both * score * score
        first += a[k] * score
        second += b[k] * score
    }
    let difference = first / n - second / m
    return spread > 0 ? difference * difference / spread * n * m : 0
}

/// The departure at each cut of ordered categories, those above against those below it, from the
/// uppermost cut down: K − 1 values, each about chi-square with 1 degree of freedom.
func cutDepartures(_ a: [Double], _ b: [Double]) -> [Double] {
    let (n, m) = (a.reduce(0, +), b.reduce(0, +))
    var (above, otherAbove) = (0.0, 0.0)
    return zip(a, b).dropFirst().reversed().map { one, other in
        above += one
        otherAbove += other
        return departure([above, n - above], [otherAbove, m - otherAbove])
    }
}

/// The hours with those emptied that stand alone: that depart, with a probability of 1e-5, both from
/// the three hours before and from those of the three after that depart less (fewer at an end),
/// which do not from each other. So two bad hours side by side stand alone as well. The last hour
/// is not judged.
func withoutLoneHours(_ counts: [[Int]]) -> [[Int]] {
    let sums = HourlySums(counts)
    guard sums.width > 1, counts.count > 2 else { return counts }
    let limit = chiSquareUpperQuantile(1e-5, degreesOfFreedom: Double(sums.width - 1))
    var hours = (0..<counts.count).map { sums.counts($0, $0 + 1) }
    var kept = counts
    for hour in 1..<(counts.count - 1) {
        let before = total(hours[max(0, hour - 3)..<hour])
        guard departure(hours[hour], before) > limit else { continue }
        let after = withoutWorst(hours[(hour + 1)..<min(counts.count, hour + 4)], before)
        if departure(hours[hour], after) > limit, departure(before, after) < limit {
            kept[hour] = kept[hour].map { _ in 0 }
            hours[hour] = hours[hour].map { _ in 0 }
        }
    }
    return kept
}

/// The sum of hours, of two or more without the one that departs most from others.
private func withoutWorst(_ hours: ArraySlice<[Double]>, _ others: [Double]) -> [Double] {
    let sorted = hours.sorted { departure($0, others) > departure($1, others) }
    return total(sorted.dropFirst(hours.count > 1 ? 1 : 0))
}

private func total(_ hours: ArraySlice<[Double]>) -> [Double] {
    hours.dropFirst().reduce(hours.first ?? []) { zip($0, $1).map(+) }
}
