import RealModule

/// The smallest deviation of a share from `probability` that `SplitEvidence` shows with this power
/// among n subjects, watched all the time at level alpha; nil: none, or too few subjects.
///
/// The count at which ln E of two categories reaches ln(1/alpha) at n is found by bisection, the
/// deviation from the binomial distribution's exact tail at that count. An alarm at an earlier
/// look that is gone at n is not counted, so that the true power is somewhat higher. Toward ½, the
/// larger of both directions.
package func minimumDetectableDeviation(
    subjects n: Int, probability p: Double, alpha: Double, power: Double
) -> Double? {
    guard n > 0, p > 0, p < 1, isLevel(alpha), isLevel(power) else { return nil }
    let share = min(p, 1 - p)
    let limit = -Double.log(alpha)
    let critical = firstCount(from: Int(Double(n) * share), to: n) { count in
        lnMixtureEvidence(counts: [count, n - count], probabilities: [share, 1 - share]) >= limit
    }
    guard let critical else { return nil }
    return smallestRate(reaching: critical, of: n, power: power).map { max(0, $0 - share) }
}

/// The smallest share of subjects that must have moved for `RateEvidence` to show it with this
/// power after so many re-probes of a panel, watched all the time at level alpha, when a rate of
/// flips is tolerated; nil: none.
///
/// As for a deviation: the number of flips that alarms at the end, and the exact tail. With none
/// tolerated the first flip alarms: 1 − (1 − power)^(1/re-probes).
package func minimumDetectableFlipShare(
    reprobes: Int, tolerated: Double, alpha: Double, power: Double
) -> Double? {
    guard reprobes > 0, isLevel(alpha), isLevel(power) else { return nil }
    let limit = -Double.log(alpha)
    let critical = firstCount(from: 0, to: reprobes) { flips in
        let evidence = try? RateEvidence(tolerated: tolerated, events: flips, trials: reprobes)
        return (evidence?.lnE ?? -.infinity) >= limit
    }
    return critical.flatMap { smallestRate(reaching: $0, of: reprobes, power: power) }
}

/// The smallest factor by which all of a candidate's latencies must be longer for
/// `PairedLatencyTest` to show it with this power after so many pairs, watched all the time at
/// level alpha; nil: none.
///
/// For log-normal latencies whose logarithms spread by the standard deviation `logSpread` on each
/// side of a pair, beyond what both share: the candidate is the slower one with probability
/// Φ(ln factor / (√2 logSpread)). The sign alone must carry the mean of the five, so that the true
/// power is higher, most for a change of the tail.
package func minimumDetectableSlowdown(
    pairs: Int, logSpread: Double, alpha: Double, power: Double
) -> Double? {
    guard pairs > 0, logSpread > 0, isLevel(alpha), isLevel(power) else { return nil }
    let limit = -Double.log(alpha) + .log(Double(PairedLatencyTest.Criterion.allCases.count))
    let critical = firstCount(from: pairs / 2, to: pairs) { slow in
        lnSignEvidence(.init(slowCandidates: slow, slowControls: pairs - slow)) >= limit
    }
    guard let critical,
        let rate = smallestRate(reaching: critical, of: pairs, power: power)
    else { return nil }
    return .exp(Double(2).squareRoot() * logSpread * max(0, normalQuantile(rate)))
}

private func isLevel(_ value: Double) -> Bool { value > 0 && value < 1 }

/// The first count of a range from which on it holds; nil if it does not at its end.
private func firstCount(from start: Int, to end: Int, _ holds: (Int) -> Bool) -> Int? {
    guard holds(end) else { return nil }
    var (low, high) = (start - 1, end)
    while high - low > 1 {
        let middle = low + (high - low) / 2
        if holds(middle) { high = middle } else { low = middle }
    }
    return high
}

/// The rate at which at least `count` of n happen with this probability:
/// P(X ≥ count) = I_rate(count, n − count + 1).
private func smallestRate(reaching count: Int, of n: Int, power: Double) -> Double? {
    guard count > 0 else { return 0 }
    let (a, b) = (Double(count), Double(n - count + 1))
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if lnRegularizedBeta(a, b, middle) >= .log(power) { high = middle } else { low = middle }
    }
    return high
}
