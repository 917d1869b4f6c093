import Model

/// What stands between a due probe and its target: the circuit, then the budget.
struct TargetGate {
    private var breaker: CircuitBreaker
    private var budget: TokenBucket?
    /// True: the probe admitted last is a trial.
    private(set) var isTrial = false

    init(
        budget: Rate?, trialInterval: Int64 = CircuitBreaker.usualTrialInterval, now: Int64
    ) {
        breaker = CircuitBreaker(trialInterval: trialInterval)
        self.budget = budget.map { TokenBucket($0, now: now) }
    }

    var state: TargetCondition.State { breaker.state }
    var until: Int64? { breaker.until }
    var reason: Reason? { breaker.reason }
    /// True: an answered probe may change something.
    var isTroubled: Bool { breaker.isTroubled }

    /// Whether the probe that is due now may leave; a token is taken only if it may.
    mutating func admit(at now: Int64) -> CircuitBreaker.Admission {
        let admission = breaker.admit(at: now)
        isTrial = admission == .trial
        if case .drop = admission { return admission }
        guard budget?.take(at: now) == false else { return admission }
        if isTrial { breaker.withdrawTrial() }
        return .drop(.budget)
    }

    mutating func takeAnyway(at now: Int64) {
        budget?.takeAnyway(at: now)
    }

    mutating func allowTrial() { breaker.allowTrial() }

    mutating func note(
        _ failure: Failure?, isTrial: Bool, wait: Int64?, jitter: Double, at now: Int64
    ) {
        breaker.note(failure, isTrial: isTrial, wait: wait, jitter: jitter, at: now)
        // What was not sent during a pause is not made up for after it.
        if let until = breaker.until { budget?.empty(until: until) }
    }
}
