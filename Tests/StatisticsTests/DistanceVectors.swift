import Statistics

/// Checks a case of a distance; nil: the method is none of these.
func checkDistances(_ vector: Vector) throws -> Bool? {
    let (baseline, current) = (vector.counts("baseline"), vector.counts("current"))
    switch vector.method {
    case "psi":
        let isFloor = vector.params["smoothing"] as? String == "evidently_floor"
        let psi = try populationStabilityIndex(
            baseline, current, smoothing: isFloor ? .floor : .jeffreys)
        return vector.matches(psi, "psi")
    case "jensen_shannon_distance":
        let divergence = try jensenShannonDivergence(baseline, current)
        let distance = try jensenShannonDistance(baseline, current)
        return vector.matches(divergence.squareRoot(), "distance_base_e")
            && vector.matches(distance, "distance_base_2")
            && vector.matches(divergence, "divergence_base_e")
    case "total_variation":
        let hellinger = try hellingerDistance(baseline, current)
        return vector.matches(try totalVariation(baseline, current), "distance")
            && vector.matches(hellinger, "hellinger")
    case "wasserstein_1":
        let (a, b) = (vector.inputs("a"), vector.inputs("b"))
        let distance = try wassersteinDistance(a, b)
        let mean = a.reduce(0, +) / Double(a.count)
        let variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(a.count)
        let spread = max(variance.squareRoot(), vector.param("sd_floor", 0.001))
        return vector.matches(distance, "distance")
            && vector.matches(distance / spread, "normalized_by_baseline_sd")
    case "wasserstein_1_weighted":
        return vector.matches(
            try wassersteinDistance(
                vector.inputs("a"), weights: vector.inputs("a_weights"), vector.inputs("b"),
                weights: vector.inputs("b_weights")), "distance")
    default: return nil
    }
}
