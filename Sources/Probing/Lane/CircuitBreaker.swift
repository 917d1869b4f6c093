import Model

/// Decides from a target's answers whether the next probe may leave.
///
///                 429                           its reset
///     ready ─────────────────► limited ────────────────────► ready
///       │    failures in a row
///       ├────────────────────► circuit_open ─wait─► half_open ─answered─► ready
///       │                          ▲                    │
///       │                          └──── trial failed ──┘
///       │    401, 403
///       └────────────────────► unauthorized ─trial answered─► ready
///                                   one trial a minute, with the key read anew
///
/// 401, 403 and 429 are obeyed from `circuit_open` and `half_open` as well, 401 and 403 also from
/// `limited`. Whatever else was in flight when a state began, a trial of a former state included,
/// changes nothing but the reset of `limited`, which may be put off.
struct CircuitBreaker {
    /// Failures in a row, 5xx or no connection, that open the circuit.
    static let failureLimit = 10
    static let firstWait: Int64 = 1_000_000_000
    static let longestWait: Int64 = 60_000_000_000
    /// A reset that a target asks for is believed up to here.
    static let longestLimit: Int64 = 3_600_000_000_000
    /// Between the trials of a key that is refused.
    static let usualTrialInterval: Int64 = 60_000_000_000

    private let trialInterval: Int64
    private(set) var state = TargetCondition.State.ready
    /// When the next probe may leave, on the monotonic clock.
    private(set) var until: Int64?
    private(set) var reason: Reason?
    private var failures = 0
    /// 429 answers and opened circuits since the last answered probe: what back-off grows with.
    private var setbacks = 0
    private var isTrialUnderWay = false
    private var isTrialAllowed = false

    init(trialInterval: Int64 = CircuitBreaker.usualTrialInterval) {
        self.trialInterval = trialInterval
    }

    /// True: an answered probe may change something.
    var isTroubled: Bool { state != .ready || failures > 0 || setbacks > 0 }

    enum Admission: Equatable {
        case pass
        /// Its outcome decides: told back with `isTrial`.
        case trial
        case drop(DropCause)
    }

    /// Whether the probe that is due now may leave.
    mutating func admit(at now: Int64) -> Admission {
        switch state {
        case .ready: return .pass
        case .limited:
            guard let until, now >= until else { return .drop(.limited) }
            become(.ready)
            return .pass
        case .open:
            guard let until, now >= until else { return .drop(.circuitOpen) }
            become(.halfOpen, reason: reason)
            isTrialUnderWay = true
            return .trial
        case .halfOpen:
            guard !isTrialUnderWay else { return .drop(.circuitOpen) }
            isTrialUnderWay = true
            return .trial
        case .unauthorized:
            guard isTrialAllowed, !isTrialUnderWay else { return .drop(.unauthorized) }
            isTrialAllowed = false
            isTrialUnderWay = true
            return .trial
        }
    }

    /// The key was read anew: the next probe that is due tries it.
    mutating func allowTrial() {
        isTrialAllowed = true
    }

    /// A trial could not leave after all: the next probe may be one.
    mutating func withdrawTrial() {
        isTrialUnderWay = false
        isTrialAllowed = state == .unauthorized
    }

    /// Takes note of how a probe ended. `wait` is what a 429 asked for, in nanoseconds; `jitter`
    /// is a draw from 0 ..< 1 (full jitter: Brooker, "Exponential Backoff And Jitter", 2015).
    mutating func note(
        _ failure: Failure?, isTrial: Bool, wait: Int64?, jitter: Double, at now: Int64
    ) {
        // A trial of a state that was left since is a probe like any other.
        let isTrial = isTrial && isTrialUnderWay
        if isTrial { isTrialUnderWay = false }
        switch verdict(on: failure) {
        case .limited: limit(wait: wait, jitter: jitter, isTrial: isTrial, failure, at: now)
        case .unauthorized: refuse(isTrial: isTrial, failure, at: now)
        case .broken: fail(isTrial: isTrial, jitter: jitter, failure, at: now)
        case .sound:
            failures = 0
            guard state == .ready || isTrial else { return }
            setbacks = 0
            if state != .ready { become(.ready) }
        case .silent:
            // It says nothing of the circuit, but a trial that says nothing has failed.
            if isTrial { fail(isTrial: true, jitter: jitter, failure, at: now) }
        }
    }

    private enum Judgement {
        case sound, limited, unauthorized, broken, silent
    }

    private func verdict(on failure: Failure?) -> Judgement {
        guard let failure else { return .sound }
        switch failure.outcome {
        case .limited: return .limited
        case .failed, .unreachable: return .broken
        case .rejected:
            return [.http(401), .http(403)].contains(failure.reason) ? .unauthorized : .sound
        case .timeout:
            let isSetUp = [.dnsTimeout, .connectTimeout, .tlsTimeout].contains(failure.reason)
            return isSetUp ? .broken : .silent
        case .malformed, .served, .unmatched: return .sound
        }
    }

    private mutating func limit(
        wait: Int64?, jitter: Double, isTrial: Bool, _ failure: Failure?, at now: Int64
    ) {
        failures = 0
        if state == .unauthorized {
            if isTrial { until = now + trialInterval }
            return
        }
        let isNew = state != .limited
        if isNew { setbacks += 1 }
        let asked = wait.map { min($0, Self.longestLimit) } ?? backOff(jitter)
        become(
            .limited, until: max(isNew ? now : until ?? now, now + asked), reason: failure?.reason)
    }

    private mutating func refuse(isTrial: Bool, _ failure: Failure?, at now: Int64) {
        guard state != .unauthorized || isTrial else { return }
        failures = 0
        isTrialAllowed = false
        become(.unauthorized, until: now + trialInterval, reason: failure?.reason)
    }

    private mutating func fail(
        isTrial: Bool, jitter: Double, _ failure: Failure?, at now: Int64
    ) {
        failures += 1
        switch state {
        case .ready where failures >= Self.failureLimit, .halfOpen where isTrial:
            setbacks += 1
            become(
                .open, until: now + max(Self.firstWait / 2, backOff(jitter)),
                reason: failure?.reason)
        case .unauthorized where isTrial:
            until = now + trialInterval
        case .ready, .halfOpen, .open, .limited, .unauthorized:
            break
        }
    }

    private func backOff(_ jitter: Double) -> Int64 {
        let doubled = Double(Self.firstWait) * Double(1 << min(max(0, setbacks - 1), 16))
        return Int64(min(doubled, Double(Self.longestWait)) * jitter)
    }

    private mutating func become(
        _ next: TargetCondition.State, until: Int64? = nil, reason: Reason? = nil
    ) {
        state = next
        self.until = until
        self.reason = reason
        if next == .ready { failures = 0 }
        if next == .limited || next == .unauthorized { isTrialUnderWay = false }
    }
}
