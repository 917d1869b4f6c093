import Model

extension LatencyRule {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case when, sigma, from, until
        case median = "median_ms"
        case tailShare = "tail_share"
        case tailFactor = "tail_factor"
        case minimum = "min_ms"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            when: try members.decodeIfPresent(Rule.self, forKey: .when) ?? Rule(),
            period: Period(from: try members.instant(.from), until: try members.instant(.until)),
            medianMilliseconds: try members.decode(Double.self, forKey: .median),
            sigma: try members.decodeIfPresent(Double.self, forKey: .sigma) ?? 0.3,
            tailShare: try members.decodeIfPresent(Double.self, forKey: .tailShare) ?? 0,
            tailFactor: try members.decodeIfPresent(Double.self, forKey: .tailFactor) ?? 5,
            minimumMilliseconds: try members.decodeIfPresent(Double.self, forKey: .minimum) ?? 0)
        guard medianMilliseconds >= 0, medianMilliseconds < 600_000 else {
            throw members.fault(.median, "a median is 0 … 600000 ms")
        }
    }
}

extension Slowdown {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case when, factor, from, until
        case clockHours = "clock_hours"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            when: try members.decodeIfPresent(Rule.self, forKey: .when) ?? Rule(),
            period: Period(from: try members.instant(.from), until: try members.instant(.until)),
            clockHours: try members.decodeIfPresent([Int].self, forKey: .clockHours) ?? [],
            factor: try members.decode(Double.self, forKey: .factor))
        guard factor > 0, factor <= 1_000 else {
            throw members.fault(.factor, "a factor is above 0, and 1000 at most")
        }
    }
}

extension Instability {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case when, share, from, until
        case userShare = "user_share"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            when: try members.decodeIfPresent(Rule.self, forKey: .when) ?? Rule(),
            period: Period(from: try members.instant(.from), until: try members.instant(.until)),
            share: try members.decode(Double.self, forKey: .share),
            userShare: try members.decodeIfPresent(Double.self, forKey: .userShare) ?? 1)
        guard (0...1).contains(share) else { throw members.fault(.share, "a share is 0 … 1") }
        guard (0...1).contains(userShare) else {
            throw members.fault(.userShare, "a share is 0 … 1")
        }
    }
}

extension FaultRule {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, share, when, serving, from, until
        case retryAfter = "retry_after_s"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.members(CodingKeys.self)
        self.init(
            try members.decode(Kind.self, forKey: .kind),
            share: try members.decode(Double.self, forKey: .share),
            when: try members.decodeIfPresent(Rule.self, forKey: .when) ?? Rule(),
            serving: try members.decodeIfPresent([String: String].self, forKey: .serving) ?? [:],
            from: try members.instant(.from), until: try members.instant(.until),
            retryAfterSeconds: try members.wait(.retryAfter))
        guard (0...1).contains(share) else { throw members.fault(.share, "a share is 0 … 1") }
        guard retryAfterSeconds == nil || kind == .rateLimit else {
            throw members.fault(.retryAfter, "only a rate_limit says when to come back")
        }
    }
}
