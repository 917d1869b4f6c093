import RealModule

/// ln Q(a, x): the logarithm of the regularised upper incomplete gamma function, a > 0, x ≥ 0.
///
/// Abramowitz, Stegun (1964), 6.5.29 (series, where x < a + 1) and 6.5.31 (continued fraction,
/// by the modified Lentz algorithm; Press et al., Numerical Recipes, 3rd ed. 2007, §6.2). The
/// fraction yields the tail itself, so that no tail is lost to 1 − P. Relative error of Q about
/// 1e-12 for a from 10⁻³ (1e-15/a below) to 10⁶; the number of terms grows with √a.
package func lnRegularizedGammaQ(_ a: Double, _ x: Double) -> Double {
    precondition(a > 0 && x >= 0, "Q(a, x) wants a > 0 and x ≥ 0")
    if x == 0 { return 0 }
    if x == .infinity { return -.infinity }
    return x < a + 1 ? lnOneMinusExp(lnGammaSeries(a, x)) : lnGammaFraction(a, x)
}

/// P(a, x), the regularised lower incomplete gamma function.
package func regularizedGammaP(_ a: Double, _ x: Double) -> Double {
    precondition(a > 0 && x >= 0, "P(a, x) wants a > 0 and x ≥ 0")
    if x == 0 { return 0 }
    if x == .infinity { return 1 }
    return x < a + 1 ? .exp(lnGammaSeries(a, x)) : -.expMinusOne(lnGammaFraction(a, x))
}

/// ln(1 − eᵗ), t ≤ 0, with the digits of the smaller of both (Mächler 2012); −∞ at 0.
func lnOneMinusExp(_ t: Double) -> Double {
    if t >= 0 { return -.infinity }
    return t > -0.6931 ? .log(-.expMinusOne(t)) : .log(onePlus: -.exp(t))
}

/// ln(xᵃ e⁻ˣ / Γ(a + 1)), the factor that both expansions share.
///
/// For large a the three terms are huge and cancel; with Stirling's series for ln Γ (Abramowitz,
/// Stegun 1964, 6.1.41) what remains is −a (μ − ln(1 + μ)), μ = x/a − 1, and small terms.
private func lnFactor(_ a: Double, _ x: Double) -> Double {
    guard a >= 30 else { return a * .log(x) - x - .logGamma(1 + a) }
    let inverse = 1 / a
    let square = inverse * inverse
    let correction = inverse * (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1_260.0)))
    let mu = (x - a) / a
    return a * lnMinusExcess(x / a, mu) - .log(2 * .pi * a) / 2 - correction
}

/// ln q − μ of a quotient q = 1 + μ ≥ 0 without cancellation: where μ is small, with r = μ/(2 + μ),
/// 2 artanh(r) − μ.
func lnMinusExcess(_ quotient: Double, _ mu: Double) -> Double {
    guard abs(mu) < 0.5 else { return .log(quotient) - mu }
    let r = mu / (2 + mu)
    var power = r * r
    var sum = 0.0
    for odd in stride(from: 3.0, through: 61, by: 2) {
        sum += power / odd
        power *= r * r
    }
    return r * (2 * sum - mu)
}

/// ln P(a, x) by the series 1 + Σ xⁿ / ((a+1) … (a+n)).
private func lnGammaSeries(_ a: Double, _ x: Double) -> Double {
    var term = 1.0
    var sum = term
    var divisor = a
    repeat {
        divisor += 1
        term *= x / divisor
        sum += term
    } while term > sum * 1e-17
    return lnFactor(a, x) + .log(sum)
}

/// ln Q(a, x) by the continued fraction 1/(x+1−a− 1(1−a)/(x+3−a− 2(2−a)/(x+5−a− …))).
private func lnGammaFraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var fraction = d
    var index = 1.0
    while true {
        let coefficient = -index * (index - a)
        b += 2
        d = 1 / nonZero(coefficient * d + b, tiny)
        c = nonZero(b + coefficient / c, tiny)
        let delta = c * d
        fraction *= delta
        if abs(delta - 1) <= .ulpOfOne || index > 1e7 { break }
        index += 1
    }
    return lnFactor(a, x) + .log(a) + .log(fraction)
}

private func nonZero(_ value: Double, _ tiny: Double) -> Double {
    abs(value) < tiny ? tiny : value
}
