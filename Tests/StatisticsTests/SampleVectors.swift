import Foundation
import Statistics

/// Checks a case of a sample, or of many tests at once; nil: the method is none of these.
func checkSamples(_ vector: Vector) throws -> Bool? {
    switch vector.method {
    case "ks_two_sample":
        let result = try kolmogorovSmirnovTest(vector.inputs("a"), vector.inputs("b"))
        return vector.matches(result.statistic, "statistic")
            && vector.matches(result.limitP, "limit_p_value")
            && (vector.expected["exact_p_value"] == nil
                || vector.matches(result.exactP ?? .nan, "exact_p_value"))
    case "mann_whitney":
        let result = try mannWhitneyTest(vector.inputs("a"), vector.inputs("b"))
        return vector.matches(result.u, "u_a") && vector.matches(result.normalP, "p_value_normal")
            && vector.matches(result.superiority, "prob_superiority")
            && (number(vector.expected["p_value_exact"]) == nil
                || vector.matches(result.exactP ?? .nan, "p_value_exact"))
    case "sample_quantile":
        return vector.matches(
            try sampleQuantile(
                vector.inputs("values"), vector.param("q"),
                type: vector.params["type"] as? Int ?? 7), "value")
    case "p_value_adjustment":
        let result = try adjusted(vector.inputs("p_values"))
        return vector.matches(result.benjaminiHochberg, "benjamini_hochberg")
            && vector.matches(result.benjaminiYekutieli, "benjamini_yekutieli")
            && vector.matches(result.holm, "holm")
    case "e_bh":
        let rejected = eBenjaminiHochberg(lnE: vector.inputs("ln_e"), q: vector.param("q"))
        return rejected == vector.expected["rejected"] as? [Int]
    case "ddsketch_quantiles": return try logarithmicSketch(vector)
    case "hdr_histogram_percentiles": return try significantDigits(vector)
    default: return nil
    }
}

private func logarithmicSketch(_ vector: Vector) throws -> Bool {
    var sketch = try LogarithmicSketch(relativeAccuracy: vector.param("relative_accuracy"))
    for value in vector.inputs("values") { try sketch.add(value) }
    let quantiles = try vector.inputs("qs").map { try sketch.quantile($0) }
    return vector.matches(quantiles, "quantiles") && vector.matches(sketch.gamma, "gamma")
}

private func significantDigits(_ vector: Vector) throws -> Bool {
    var histogram = try SignificantDigitsHistogram(
        lowest: Int(vector.param("lowest")), highest: Int(vector.param("highest")),
        significantDigits: Int(vector.param("significant_digits")))
    for value in vector.counts("values") { try histogram.add(value) }
    let values = vector.inputs("percentiles").map { Double(histogram.value(atPercentile: $0)) }
    return vector.matches(values, "values") && vector.matches(Double(histogram.max), "max")
        && vector.matches(Double(histogram.count), "count")
}

/// Checks a case of a special function; nil: it is unknown.
func checkSpecialFunction(_ vector: Vector) -> Bool? {
    let x = vector.inputs("args")
    let value: Double? =
        switch vector.input["function"] as? String {
        case "ln_gamma": lnGamma(x[0])
        case "ln_regularized_gamma_q": lnRegularizedGammaQ(x[0], x[1])
        case "regularized_gamma_q": exp(lnRegularizedGammaQ(x[0], x[1]))
        case "regularized_gamma_p": regularizedGammaP(x[0], x[1])
        case "regularized_beta": exp(lnRegularizedBeta(x[0], x[1], x[2]))
        case "ln_normal_sf": lnNormalTail(x[0])
        case "normal_quantile": normalQuantile(x[0])
        case "chi_square_upper_quantile": chiSquareUpperQuantile(x[0], degreesOfFreedom: x[1])
        case "beta_quantile": betaQuantile(x[0], x[1], x[2])
        case "ln_erfc": lnErfc(x[0])
        case "ln_choose": lnChoose(x[0], x[1])
        case "log_sum_exp": lnSumExp(x)
        default: nil
        }
    return value.map { vector.matches($0, "value") }
}
