import RealModule

/// ln Γ(x), x > 0 (the C library's lgamma: relative error about 1e-15).
package func lnGamma(_ x: Double) -> Double {
    precondition(x > 0, "ln Γ(x) wants x > 0")
    return .logGamma(x)
}

/// ln of the binomial coefficient, 0 ≤ k ≤ n: −ln(n + 1) − ln B(k + 1, n − k + 1).
package func lnChoose(_ n: Double, _ k: Double) -> Double {
    precondition(k >= 0 && k <= n, "n over k wants 0 ≤ k ≤ n")
    if k == 0 || k == n { return 0 }
    return -.log(onePlus: n) - lnBeta(k + 1, n - k + 1)
}

/// ln erfc(x): twice the tail of the normal distribution beyond x √2.
package func lnErfc(_ x: Double) -> Double {
    if abs(x) < 0.5 { return .log(onePlus: -.erf(x)) }
    if x < 0 { return .log(onePlus: .erf(-x)) }
    return .log(2) + lnNormalTail(x * 2.0.squareRoot())
}

/// ln Σ exp(x) without overflow; −∞ of none.
package func lnSumExp(_ terms: [Double]) -> Double { lnOfSum(terms) }

/// The x that chi-square with `degreesOfFreedom` exceeds with probability p, 0 < p < 1; 0 with no
/// degree of freedom. By bisection of the logarithm of the tail, to the last digits.
package func chiSquareUpperQuantile(_ p: Double, degreesOfFreedom: Double) -> Double {
    precondition(p > 0 && p < 1 && degreesOfFreedom >= 0, "a tail is between 0 and 1")
    if degreesOfFreedom == 0 { return 0 }
    let wanted = Double.log(p)
    func isBelow(_ x: Double) -> Bool {
        lnRegularizedGammaQ(degreesOfFreedom / 2, x / 2) > wanted
    }
    var high = max(1, degreesOfFreedom)
    while isBelow(high) { high *= 2 }
    return bisected(from: 0, to: high, isBelow)
}

/// The x with I_x(a, b) = p, a, b > 0; 0 and 1 at the ends.
///
/// By bisection of ln I on the side where x is small, so that quantiles near 0 and near 1 keep
/// their digits.
package func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    precondition((0...1).contains(p) && a > 0 && b > 0, "a quantile wants 0 ≤ p ≤ 1, a, b > 0")
    if p == 0 { return 0 }
    if p == 1 { return 1 }
    let lnP = Double.log(p)
    if lnRegularizedBeta(a, b, 0.5) >= lnP {
        return bisectedLog { lnRegularizedBeta(a, b, $0) < lnP }
    }
    let lnQ = Double.log(onePlus: -p)
    return 1 - bisectedLog { lnRegularizedBeta(b, a, $0) < lnQ }
}

/// Where a claim about growing numbers of 0…1/2 ends, by halving on a logarithmic scale; 0 where
/// no number is that small.
private func bisectedLog(_ isBelow: (Double) -> Bool) -> Double {
    let low = Double.leastNonzeroMagnitude
    if !isBelow(low) { return 0 }
    return .exp(bisected(from: .log(low), to: .log(0.5)) { isBelow(.exp($0)) })
}

/// Where a claim that holds at `low` and not at `high` ends.
func bisected(from low: Double, to high: Double, _ isBelow: (Double) -> Bool) -> Double {
    var (low, high) = (low, high)
    for _ in 0..<200 {
        let middle = low + (high - low) / 2
        guard middle > low, middle < high else { break }
        if isBelow(middle) { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
}
