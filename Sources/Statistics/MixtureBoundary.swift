import RealModule

/// 2 ln(1/alpha) + ln(1 + 2 ln(1/alpha)): the intrinsic time at which a normal mixture is tightest
/// is this many times its precision (Howard, Ramdas, McAuliffe, Sekhon, Ann. Stat. 49, 2021,
/// proposition 3 and its approximation of the Lambert function).
func mixtureWidth(alpha: Double) -> Double {
    let l = -2 * Double.log(alpha)
    return l + .log(onePlus: l)
}

/// A mixture is never tuned for less than this share of its variance.
let smallestConcentration = 1e-3

/// The beta-binomial mixture of Howard and Ramdas (2022): evidence against sums of increments that
/// are mean 0 and sub-Bernoulli, each between −g and h.
///
/// For a sum s at intrinsic time v, with k = g + h,
///
///     ln E = v/(gh) ln k − (v + hs)/(hk) ln g − (v − gs)/(gk) ln h + ln B(a, b) − ln B(a₀, b₀),
///
/// a = (r + v − gs)/(gk), b = (r + v + hs)/(hk) and a₀, b₀ the same at s = v = 0; one-sided, the
/// beta functions are incomplete, up to h/k. Its r makes it tightest at `sharpestAt`.
package struct BetaBinomialMixture: Hashable, Sendable {
    package let g: Double
    package let h: Double
    package let isOneSided: Bool
    private let r: Double
    private let normalizer: Double

    /// Throws `invalidArgument` for a g, h or time that is not positive, `invalidAlpha` for an
    /// alpha out of (0, 1), one-sided (0, 1/2).
    package init(
        g: Double, h: Double, sharpestAt time: Double, alpha: Double, isOneSided: Bool
    ) throws(StatisticsError) {
        guard g > 0, h > 0, time > 0, g.isFinite, h.isFinite, time.isFinite else {
            throw .invalidArgument
        }
        guard alpha > 0, alpha < (isOneSided ? 0.5 : 1) else { throw .invalidAlpha }
        (self.g, self.h, self.isOneSided) = (g, h, isOneSided)
        let rho = time / mixtureWidth(alpha: isOneSided ? 2 * alpha : alpha)
        r = max(rho - g * h, smallestConcentration * g * h)
        normalizer =
            lnBeta(r / (g * (g + h)), r / (h * (g + h)))
            + (isOneSided
                ? lnRegularizedBeta(r / (g * (g + h)), r / (h * (g + h)), h / (g + h)) : 0)
    }

    /// ln E; +∞ for a sum that cannot be reached at that time.
    package func lnE(sum s: Double, time v: Double) -> Double {
        let k = g + h
        let a = (r + v - g * s) / (g * k)
        let b = (r + v + h * s) / (h * k)
        guard a > 0, b > 0 else { return .infinity }
        let likelihood =
            v / (g * h) * .log(k) - (v + h * s) / (h * k) * .log(g) - (v - g * s) / (g * k)
            * .log(h)
        return likelihood + lnBeta(a, b) + (isOneSided ? lnRegularizedBeta(a, b, h / k) : 0)
            - normalizer
    }

    /// The sum at which E reaches 1/alpha at this time; at most v/g, the largest possible.
    package func bound(time v: Double, alpha: Double) -> Double {
        let limit = -Double.log(alpha)
        var (below, above) = (0.0, v / g)
        if lnE(sum: above, time: v) < limit { return above }
        for _ in 0..<100 {
            let middle = (below + above) / 2
            if lnE(sum: middle, time: v) < limit { below = middle } else { above = middle }
        }
        return above
    }
}
