import Statistics

/// Checks a case of an interval; nil: the method is none of these.
func checkIntervals(_ vector: Vector) throws -> Bool? {
    let successes = vector.input["successes"] as? Int ?? 0
    let trials = vector.input["trials"] as? Int ?? 0
    let alpha = vector.param("alpha", 0.05)
    switch vector.method {
    case "wilson_interval":
        return vector.matches(
            try wilsonInterval(successes: successes, trials: trials, alpha: alpha))
    case "jeffreys_interval":
        let isClosed = vector.params["boundary"] as? String == "bcd"
        return vector.matches(
            try jeffreysInterval(
                successes: successes, trials: trials, alpha: alpha,
                boundary: isClosed ? .closed : .equalTailed))
    case "clopper_pearson_interval":
        return vector.matches(
            try clopperPearsonInterval(successes: successes, trials: trials, alpha: alpha))
    case "goodman_intervals":
        return vector.matches(
            try goodmanIntervals(counts: vector.counts("counts"), alpha: alpha))
    case "sison_glaz_intervals":
        return vector.matches(
            try sisonGlazIntervals(counts: vector.counts("counts"), alpha: alpha))
    case "quantile_order_statistic_ranks":
        let ranks = try exactQuantileRanks(
            n: vector.input["n"] as? Int ?? 0, quantile: vector.param("q"), alpha: alpha)
        return vector.matches(ranks.lower, "lower_rank")
            && vector.matches(ranks.upper, "upper_rank")
            && vector.matches(ranks.coverage, "coverage")
    case "baseline_shift_ln_e":
        let shift = try baselineShift(
            baselineSuccesses: vector.input["baseline_successes"] as? Int ?? 0,
            baselineTrials: vector.input["baseline_trials"] as? Int ?? 0,
            currentSuccesses: vector.input["current_successes"] as? Int ?? 0,
            currentTrials: vector.input["current_trials"] as? Int ?? 0,
            baselineAlpha: vector.param("baseline_alpha"),
            concentration: vector.param("concentration"))
        return vector.matches(shift.lnE, "ln_e")
            && vector.matches(shift.leastFavourable, "p_star")
            && vector.matches(shift.baseline.lower, "baseline_lower")
            && vector.matches(shift.baseline.upper, "baseline_upper")
    default: return nil
    }
}

extension Vector {
    func matches(_ interval: Interval) -> Bool {
        matches(interval.lower, "lower") && matches(interval.upper, "upper")
    }

    func matches(_ intervals: [Interval]) -> Bool {
        let wanted = (expected["intervals"] as? [[Any]] ?? []).map { $0.compactMap(number) }
        return wanted.count == intervals.count
            && zip(wanted, intervals).allSatisfy { wanted, got in
                isNear(got.lower, wanted[0]) && isNear(got.upper, wanted[1])
            }
    }

    /// Nil is expected as null.
    func matches(_ got: Int?, _ name: String) -> Bool { expected[name] as? Int == got }
}
