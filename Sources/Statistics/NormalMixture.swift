import RealModule

/// The boundary that a sub-Gaussian sum of intrinsic time v ever crosses with probability alpha at
/// most: the normal mixture of Robbins (1970) as in Howard, Ramdas, McAuliffe, Sekhon
/// (Time-uniform, nonparametric, nonasymptotic confidence sequences, Ann. Stat. 49, 2021,
/// propositions 4 and 6), tightest at `sharpestAt`.
///
/// Two-sided √((v + ρ)(ln(1 + v/ρ) + 2 ln(1/alpha))); one-sided by bisection on the mixture over
/// half the normal distribution.
///
/// Throws `invalidArgument` for a negative time or a `sharpestAt` that is not positive,
/// `invalidAlpha` for a level out of (0, 1), or, to tune a one-sided boundary, (0, 1/2).
package func normalMixtureBound(
    time v: Double, alpha: Double, sharpestAt: Double, sharpestAlpha: Double, isOneSided: Bool
) throws(StatisticsError) -> Double {
    guard v >= 0, v.isFinite, sharpestAt > 0, sharpestAt.isFinite else { throw .invalidArgument }
    guard alpha > 0, alpha < 1, sharpestAlpha > 0, sharpestAlpha < (isOneSided ? 0.5 : 1) else {
        throw .invalidAlpha
    }
    let rho = sharpestAt / mixtureWidth(alpha: isOneSided ? 2 * sharpestAlpha : sharpestAlpha)
    let limit = -Double.log(alpha)
    let twoSided = ((v + rho) * (.log(onePlus: v / rho) + 2 * limit)).squareRoot()
    guard isOneSided else { return twoSided }
    func lnE(_ s: Double) -> Double {
        let z = s / (v + rho).squareRoot()
        return .log(4 * rho / (v + rho)) / 2 + z * z / 2 + lnNormalTail(-z)
    }
    // At the two-sided boundary half of the mixture holds all but the other tail's share.
    var (below, above) = (0.0, twoSided)
    if lnE(below) >= limit { return 0 }
    for _ in 0..<100 {
        let middle = (below + above) / 2
        if lnE(middle) < limit { below = middle } else { above = middle }
    }
    return above
}
