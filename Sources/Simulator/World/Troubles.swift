package import Model

/// From one instant on, until another; nil: at all times before, or after.
package struct Period: Sendable, Hashable {
    package var from: Instant?
    package var until: Instant?

    package init(from: Instant? = nil, until: Instant? = nil) {
        self.from = from
        self.until = until
    }

    func contains(_ now: Instant) -> Bool {
        now >= from ?? now && until.map { now < $0 } ?? true
    }
}

/// How long answers take: log-normal with a tail.
package struct LatencyRule: Sendable, Decodable {
    package var when: Rule
    package var period: Period
    package var medianMilliseconds: Double
    /// Standard deviation of the logarithm.
    package var sigma: Double
    /// Share of answers that take `tailFactor` times as long.
    package var tailShare: Double
    package var tailFactor: Double
    package var minimumMilliseconds: Double

    package init(
        when: Rule = Rule(), period: Period = Period(), medianMilliseconds: Double,
        sigma: Double = 0.3, tailShare: Double = 0, tailFactor: Double = 5,
        minimumMilliseconds: Double = 0
    ) {
        self.when = when
        self.period = period
        self.medianMilliseconds = medianMilliseconds
        self.sigma = sigma
        self.tailShare = tailShare
        self.tailFactor = tailFactor
        self.minimumMilliseconds = minimumMilliseconds
    }
}

/// Answers that take some times as long as their latency rule says. Factors of those that hold
/// multiply.
package struct Slowdown: Sendable, Decodable {
    package var when: Rule
    package var period: Period
    /// Hours of the day, UTC and real, not those that were asked for; empty: all.
    package var clockHours: [Int]
    package var factor: Double

    package init(
        when: Rule = Rule(), period: Period = Period(), clockHours: [Int] = [], factor: Double
    ) {
        self.when = when
        self.period = period
        self.clockHours = clockHours
        self.factor = factor
    }

    func holds(for question: Question, at now: Instant) -> Bool {
        period.contains(now) && (clockHours.isEmpty || clockHours.contains(now.hour))
            && when.holds(for: question)
    }
}

/// A share of answers whose variation is drawn by chance, by the audience's allocation, instead of
/// by the user: the same user is served now this one, now that one.
package struct Instability: Sendable, Decodable {
    package var when: Rule
    package var period: Period
    /// Of the answers to the users concerned.
    package var share: Double
    /// Of all users, by a hash of their own: those concerned.
    package var userShare: Double

    package init(
        when: Rule = Rule(), period: Period = Period(), share: Double, userShare: Double = 1
    ) {
        self.when = when
        self.period = period
        self.share = share
        self.userShare = userShare
    }
}

/// A share of requests that end badly. Shares of the rules that hold add up.
package struct FaultRule: Sendable, Decodable {
    package enum Kind: String, Sendable, CaseIterable, Decodable {
        case serverError = "server_error"
        case rateLimit = "rate_limit"
        case reset
        case garbage
        case html
        case truncated
        case slowBody = "slow_body"
        case wrongShape = "wrong_shape"
        /// To another host name; who follows it calls an endpoint that does not exist.
        case redirect
        /// The campaign id names another variation than the one that is served.
        case wrongID = "wrong_id"
    }

    package var kind: Kind
    package var share: Double
    package var when: Rule
    /// Variation by experience: only answers that would serve one of these.
    package var serving: [String: String]
    package var period: Period
    /// What `Retry-After` says of a rate limit, where it is sent; nil: 1.
    package var retryAfterSeconds: Int?

    package init(
        _ kind: Kind, share: Double, when: Rule = Rule(), serving: [String: String] = [:],
        from: Instant? = nil, until: Instant? = nil, retryAfterSeconds: Int? = nil
    ) {
        self.kind = kind
        self.share = share
        self.when = when
        self.serving = serving
        period = Period(from: from, until: until)
        self.retryAfterSeconds = retryAfterSeconds
    }

    func holds(for question: Question, serving truths: [Truth], at now: Instant) -> Bool {
        period.contains(now) && when.holds(for: question)
            && (serving.isEmpty
                || truths.contains {
                    $0.served.variation != nil
                        && serving[$0.served.experience] == $0.served.variation
                })
    }
}
