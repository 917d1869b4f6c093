import RealModule

/// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), a, b > 0.
///
/// Where an argument is large its Stirling forms are subtracted on paper (Didonato, Morris,
/// Algorithm 708, ACM TOMS 18, 1992), so that nothing cancels; relative error about 1e-14.
package func lnBeta(_ a: Double, _ b: Double) -> Double {
    precondition(a > 0 && b > 0, "B(a, b) wants positive arguments")
    let (small, large) = (min(a, b), max(a, b))
    guard large >= 10 else { return .logGamma(a) + .logGamma(b) - .logGamma(a + b) }
    let remainder = stirlingRemainder(large) - stirlingRemainder(small + large)
    let tail = -(large - 0.5) * .log(onePlus: small / large)
    guard small >= 10 else {
        return .logGamma(small) + tail - small * .log(small + large) + small + remainder
    }
    return (small - 0.5) * .log(small) - small * .log(small + large) + tail
        + .log(2 * .pi) / 2 + stirlingRemainder(small) + remainder
}

/// ln I_x(a, b), the regularised incomplete beta function, a, b > 0 and 0 ≤ x ≤ 1.
///
/// By the continued fraction of Abramowitz, Stegun 1964, 26.5.8, with Lentz's algorithm, from the
/// side of the mean on which it converges fast; the number of terms grows with √max(a, b).
/// Relative error about 1e-12 up to a, b of 10⁶.
package func lnRegularizedBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
    precondition(a > 0 && b > 0 && (0...1).contains(x), "I_x(a, b) wants a, b > 0, 0 ≤ x ≤ 1")
    if x == 0 { return -.infinity }
    if x == 1 { return 0 }
    let density = lnBetaDensity(a, b, x)
    if x <= (a + 1) / (a + b + 2) {
        return density - .log(a) + .log(betaFraction(a, b, x))
    }
    let lnOther = density - .log(b) + .log(betaFraction(b, a, 1 - x))
    return lnOneMinusExp(lnOther)
}

/// ln(xᵃ (1 − x)ᵇ / B(a, b)).
private func lnBetaDensity(_ a: Double, _ b: Double, _ x: Double) -> Double {
    guard min(a, b) >= 10 else { return a * .log(x) + b * .log(onePlus: -x) - lnBeta(a, b) }
    // Both powers against their values at the mean, where they are B's own.
    let sum = a + b
    let excess = (-a).addingProduct(x, sum)
    let powers =
        a * lnMinusExcess(x * sum / a, excess / a) + b
        * lnMinusExcess((1 - x) * sum / b, -excess / b)
    let remainder = stirlingRemainder(a) + stirlingRemainder(b) - stirlingRemainder(sum)
    return powers + .log(a / sum * b / (2 * .pi)) / 2 - remainder
}

private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func nonZero(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / nonZero(1 - (a + b) * x / (a + 1))
    var fraction = d
    for index in 1..<20_000_000 {
        let m = Double(index)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / nonZero(1 + even * d)
        c = nonZero(1 + even / c)
        fraction *= c * d
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / nonZero(1 + odd * d)
        c = nonZero(1 + odd / c)
        fraction *= c * d
        if abs(c * d - 1) <= .ulpOfOne { break }
    }
    return fraction
}
