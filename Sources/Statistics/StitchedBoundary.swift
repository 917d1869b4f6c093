import RealModule

/// The polynomial stitched boundary for a sub-gamma sum of scale c at intrinsic time v (Howard,
/// Ramdas, McAuliffe, Sekhon, Ann. Stat. 49, 2021, theorem 1): a sum crosses it ever with
/// probability alpha at most. Below `smallestTime` it is that of `smallestTime`.
///
/// Epochs grow by the factor `epochGrowth` and share alpha by a zeta distribution of this power.
///
/// Throws `invalidAlpha`, or `invalidArgument` unless time and scale are at least 0, the smallest
/// time is positive, and power and growth are above 1.
package func polynomialStitchingBound(
    time v: Double, alpha: Double, smallestTime: Double, scale c: Double = 0,
    power s: Double = 1.4, epochGrowth eta: Double = 2
) throws(StatisticsError) -> Double {
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    guard v >= 0, smallestTime > 0, c >= 0, s > 1, eta > 1 else { throw .invalidArgument }
    let time = max(v, smallestTime)
    let level =
        s * .log(.log(eta * time / smallestTime)) + .log(zeta(s) / .pow(.log(eta), s))
        - .log(alpha)
    let stitched = StitchConstants(epochGrowth: eta)
    return stitched.bound(variance: time, scale: c, level: level)
}

/// How many of t observations more than t·q may lie at or below the q-quantile, at every t and for
/// every q at once, with probability 1 − alpha: the double stitching of Howard and Ramdas
/// (Sequential estimation of quantiles, Bernoulli 28(3), 2022, theorem 3). The upper limit of the
/// quantile is the order statistic at rank ⌈t·q + bound⌉.
///
/// Tightest from `sharpestAt` observations on; `spacing` is that of the grid of quantiles.
///
/// Throws `invalidAlpha`, `probabilityOutOfRange` unless 0 < q < 1, or `invalidArgument`.
package func doubleStitchingBound(
    quantile q: Double, count t: Double, alpha: Double, sharpestAt: Double,
    spacing delta: Double = 0.5, power s: Double = 1.4, epochGrowth eta: Double = 2
) throws(StatisticsError) -> Double {
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    guard q > 0, q < 1 else { throw .probabilityOutOfRange }
    guard t >= 0, sharpestAt >= 1, delta > 0, s > 1, eta > 1 else { throw .invalidArgument }
    let time = max(t, sharpestAt)
    let logit = Double.log(q / (1 - q))
    let shifted = logit + 2 * delta * (sharpestAt * eta / time).squareRoot()
    let worst = q >= 0.5 ? q : min(0.5, 1 / (1 + .exp(-shifted)))
    let variance = worst * (1 - worst)
    let gridSteps = (time / sharpestAt).squareRoot() * abs(logit) / (2 * delta) + 1
    let sum = zeta(s)
    let level =
        s * .log(.log(eta * time / sharpestAt)) + s * .log(gridSteps)
        + .log(2 * sum * (2 * sum + 1) / (alpha * .pow(.log(eta), s)))
    let stitched = StitchConstants(epochGrowth: eta)
    return delta * (eta * time * variance / sharpestAt).squareRoot()
        + stitched.bound(variance: variance * time, scale: (1 - 2 * q) / 3, level: level)
}

/// How far the empirical distribution function of t observations strays from the truth anywhere,
/// at every t from `smallestCount` on, with probability 1 − alpha: A √((ln(1 + ln(t/m)) + C)/t),
/// with the least C that the level allows (Howard, Ramdas 2022, theorem 2); ∞ below.
///
/// Throws `invalidAlpha`, or `invalidArgument` unless A > 1/√2 and m ≥ 1.
package func empiricalProcessBound(
    count t: Double, alpha: Double, smallestCount m: Double, leading a: Double = 0.85
) throws(StatisticsError) -> Double {
    guard alpha > 0, alpha < 1 else { throw .invalidAlpha }
    guard a > 0.5.squareRoot(), m >= 1 else { throw .invalidArgument }
    guard t >= m else { return .infinity }
    var (low, high) = (0.0, 1.0)
    while leastError(offset: high, leading: a) > alpha { (low, high) = (high, 2 * high) }
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if leastError(offset: middle, leading: a) > alpha { low = middle } else { high = middle }
    }
    return a * ((.log(onePlus: .log(t / m)) + high) / t).squareRoot()
}

/// The error probability of the empirical process bound at the best growth of epochs: a minimum
/// between two poles, found by golden section.
private func leastError(offset c: Double, leading a: Double) -> Double {
    func error(_ eta: Double) -> Double {
        let root = a - (2 * (eta - 1) / c).squareRoot()
        let gamma2 = 2 / eta * root * root
        guard root > 0, gamma2 > 1, eta > 1 else { return .infinity }
        return 4 * .exp(-gamma2 * c) * (1 + 1 / ((gamma2 - 1) * .log(eta)))
    }
    // The growth at which γ² falls to 1.
    var (near, far) = (1.0, 2 * a * a)
    for _ in 0..<60 {
        let middle = (near + far) / 2
        let reach = (middle / 2).squareRoot() + (2 * (middle - 1) / c).squareRoot()
        if reach < a { near = middle } else { far = middle }
    }
    return error(minimizer(of: error, between: 1, and: near))
}

/// Where a function with one minimum has it, by golden section to about half the digits.
func minimizer(
    of function: (Double) -> Double, between start: Double, and end: Double
) -> Double {
    let golden = (Double(5).squareRoot() - 1) / 2
    var (low, high) = (start, end)
    var (left, right) = (high - golden * (high - low), low + golden * (high - low))
    var (atLeft, atRight) = (function(left), function(right))
    for _ in 0..<80 {
        if atLeft <= atRight {
            (high, right, atRight) = (right, left, atLeft)
            left = high - golden * (high - low)
            atLeft = function(left)
        } else {
            (low, left, atLeft) = (left, right, atRight)
            right = low + golden * (high - low)
            atRight = function(right)
        }
    }
    return (low + high) / 2
}

/// What stitching over geometric epochs costs (Howard et al. 2021, equation 9).
private struct StitchConstants {
    let width: Double
    let shift: Double

    init(epochGrowth eta: Double) {
        width = (.pow(eta, 0.25) + .pow(eta, -0.25)) / Double(2).squareRoot()
        shift = (eta.squareRoot() + 1) / 2
    }

    func bound(variance: Double, scale: Double, level: Double) -> Double {
        let linear = shift * scale * level
        return (width * width * variance * level + linear * linear).squareRoot() + linear
    }
}

/// Riemann's zeta function, s > 1, by Euler and Maclaurin's formula from the 20th term on
/// (Abramowitz, Stegun 1964, 23.2.3 with 3.6.28); relative error about 1e-15.
private func zeta(_ s: Double) -> Double {
    let n = 20.0
    var sum = 0.0
    for k in 1..<20 { sum += .pow(Double(k), -s) }
    let power = Double.pow(n, -s)
    sum += power * n / (s - 1) + power / 2
    var term = power * s / n
    sum += term / 12
    term *= (s + 1) * (s + 2) / (n * n)
    sum -= term / 720
    term *= (s + 3) * (s + 4) / (n * n)
    sum += term / 30_240
    term *= (s + 5) * (s + 6) / (n * n)
    return sum - term / 1_209_600
}
