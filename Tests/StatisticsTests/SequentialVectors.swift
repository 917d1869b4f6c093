import Foundation
import Statistics

/// Checks a case of a sequential method; nil: the method is none of these.
func checkSequential(_ vector: Vector) throws -> Bool? {
    do {
        switch vector.method {
        case "srm_sequential": return try sequential(vector)
        case "srm_sequential_mixture": return try sequentialMixture(vector)
        case "e_detector": return try eDetector(vector)
        case "bernoulli_confidence_sequence": return try confidenceSequence(vector)
        case "quantile_ab_p_value":
            let p = try quantileComparison(
                vector.inputs("a"), vector.inputs("b"), quantile: vector.param("q"),
                sharpestAt: vector.param("t_opt"), sharpestAlpha: vector.param("alpha_opt", 0.05))
            return vector.matches(p, "p_value")
        default:
            guard let bound = try boundary(vector) else { return nil }
            return vector.matches(bound.value, bound.name)
        }
    } catch let error as StatisticsError {
        return error.rawValue == vector.expected["error"] as? String
    }
}

private func sequential(_ vector: Vector) throws -> Bool {
    let odds = vector.param("prior_odds", 1)
    let looks = try sequentialSplitTest(
        batches: vector.batches, probabilities: vector.inputs("probabilities"),
        concentrations: [vector.param("concentration")], weights: [1])
    return vector.matches(looks.map(\.lnE), "ln_bayes_factor")
        && vector.matches(looks.map(\.p), "p_value")
        && vector.matches(looks.map(\.lnP), "ln_p_value")
        && vector.matches(looks.map { $0.posterior(priorOdds: odds) }, "posterior_probability")
}

private func sequentialMixture(_ vector: Vector) throws -> Bool {
    let concentrations = (vector.params["concentrations"] as? [Any] ?? []).compactMap(number)
    let weights = (vector.params["weights"] as? [Any] ?? []).compactMap(number)
    let looks = try sequentialSplitTest(
        batches: vector.batches, probabilities: vector.inputs("probabilities"),
        concentrations: concentrations, weights: weights)
    return vector.matches(looks.map(\.lnE), "ln_e")
        && vector.matches(looks.map(\.lnP), "ln_p_value")
}

private func eDetector(_ vector: Vector) throws -> Bool {
    let alternatives = (vector.params["alternatives"] as? [[Any]] ?? []).map {
        $0.compactMap(number)
    }
    let weights = (vector.params["weights"] as? [Any] ?? []).compactMap(number)
    let probabilities = vector.inputs("probabilities")
    var detector = try SplitChangeDetector(
        probabilities: probabilities, alternatives: alternatives, weights: weights)
    // The CUSUM is not built into the product, which uses the sharper sum: M ← max(M, 1) q/p.
    var cusums = weights.map { _ in 1.0 }
    var lnR: [Double] = []
    var lnCusum: [Double] = []
    for category in vector.input["observations"] as? [Int] ?? [] {
        detector.update(category: category)
        lnR.append(detector.lnR)
        for (index, alternative) in alternatives.enumerated() {
            cusums[index] =
                max(cusums[index], 1) * alternative[category] / probabilities[category]
        }
        lnCusum.append(log(zip(weights, cusums).reduce(0) { $0 + $1.0 * $1.1 }))
    }
    return vector.matches(lnR, "ln_shiryaev_roberts") && vector.matches(lnCusum, "ln_cusum")
}

private func confidenceSequence(_ vector: Vector) throws -> Bool {
    let interval = try betaBinomialConfidenceSequence(
        successes: vector.input["successes"] as? Int ?? -1,
        trials: vector.input["trials"] as? Int ?? -1, alpha: vector.param("alpha"),
        sharpestAt: vector.param("t_opt"), sharpestAlpha: vector.param("alpha_opt", 0.05))
    return vector.matches(interval.lower, "lower") && vector.matches(interval.upper, "upper")
}

/// The methods that yield one number.
private func boundary(_ vector: Vector) throws -> (value: Double, name: String)? {
    let isOneSided = vector.params["one_sided"] as? Bool ?? true
    switch vector.method {
    case "beta_binomial_log_mixture", "beta_binomial_mixture_bound":
        let mixture = try BetaBinomialMixture(
            g: vector.param("g"), h: vector.param("h"), sharpestAt: vector.param("v_opt"),
            alpha: vector.param("alpha_opt", 0.05), isOneSided: isOneSided)
        let time = vector.input("v")
        return vector.method == "beta_binomial_log_mixture"
            ? (mixture.lnE(sum: vector.input("s"), time: time), "ln_e")
            : (mixture.bound(time: time, alpha: vector.param("alpha")), "bound")
    case "normal_mixture_bound":
        let bound = try normalMixtureBound(
            time: vector.input("v"), alpha: vector.param("alpha"),
            sharpestAt: vector.param("v_opt"), sharpestAlpha: vector.param("alpha_opt", 0.05),
            isOneSided: isOneSided)
        return (bound, "bound")
    case "poly_stitching_bound":
        let bound = try polynomialStitchingBound(
            time: vector.input("v"), alpha: vector.param("alpha"),
            smallestTime: vector.param("v_min"), scale: vector.param("c", 0),
            power: vector.param("s", 1.4), epochGrowth: vector.param("eta", 2))
        return (bound, "bound")
    case "quantile_double_stitching_bound":
        let bound = try doubleStitchingBound(
            quantile: vector.input("q"), count: vector.input("t"), alpha: vector.param("alpha"),
            sharpestAt: vector.param("t_opt"), spacing: vector.param("delta", 0.5),
            power: vector.param("s", 1.4), epochGrowth: vector.param("eta", 2))
        return (bound, "bound")
    case "empirical_process_lil_bound":
        let bound = try empiricalProcessBound(
            count: vector.input("t"), alpha: vector.param("alpha"),
            smallestCount: vector.param("t_min"), leading: vector.param("A", 0.85))
        return (bound, "bound")
    default: return nil
    }
}

extension Vector {
    fileprivate var batches: [[Int]] { input["batches"] as? [[Int]] ?? [] }

    fileprivate func input(_ name: String) -> Double { number(input[name]) ?? .nan }
}
