import Statistics

/// Checks a case of a test of counts; nil: the method is none of these.
func checkCounts(_ vector: Vector) throws -> Bool? {
    switch vector.method {
    case "srm_chi_square":
        return vector.matches(
            try chiSquareTest(
                counts: vector.counts("counts"), probabilities: vector.inputs("probabilities")))
    case "g_test":
        return vector.matches(
            try gTest(
                counts: vector.counts("counts"), probabilities: vector.inputs("probabilities")))
    case "srm_multinomial_exact":
        let result = try exactMultinomialTest(
            counts: vector.counts("counts"), probabilities: vector.inputs("probabilities"))
        return vector.matches(result.p, "p_value")
            && vector.matches(result.observed, "observed_pmf")
    case "chi_square_homogeneity": return try vector.matches(homogeneity(vector.table))
    case "fisher_exact_2x2":
        return vector.matches(try fisherExactTest(vector.table), "p_value")
    case "mcnemar":
        let result = try mcNemarTest(vector.table)
        return vector.matches(result.chiSquare.statistic, "statistic")
            && vector.matches(result.chiSquare.p, "p_value")
            && vector.matches(result.exactP, "exact_p_value")
    case "bowker_symmetry": return vector.matches(try bowkerTest(vector.table))
    case "stuart_maxwell": return vector.matches(try stuartMaxwellTest(vector.table))
    default: return nil
    }
}

extension Vector {
    func counts(_ name: String) -> [Int] { inputs(name).map { Int($0) } }

    var table: [[Int]] {
        (input["table"] as? [[Any]] ?? []).map { $0.compactMap(number).map { Int($0) } }
    }

    /// Members that the case does not state are not compared.
    func matches(_ result: ChiSquareResult) -> Bool {
        matches(result.statistic, "statistic")
            && matches(Double(result.degreesOfFreedom), "df") && matches(result.p, "p_value")
            && (expected["ln_p_value"] == nil || matches(result.lnP, "ln_p_value"))
    }

    func matches(_ result: Homogeneity) -> Bool {
        matches(result.chiSquare)
            && (expected["g_statistic"] == nil
                || matches(result.likelihoodRatio.statistic, "g_statistic")
                    && matches(result.likelihoodRatio.p, "g_p_value"))
            && (expected["cramers_v"] == nil || matches(result.cramersV, "cramers_v"))
            && (expected["cramers_v_bias_corrected"] == nil
                || matches(result.correctedV, "cramers_v_bias_corrected"))
    }
}
