package import Model

/// What is true in a simulated workspace. Read from a file that `schema/world.schema.json`
/// describes.
package struct World: Sendable, Decodable {
    package var workspaceID: String
    package var apiKey: String
    /// Prefixes of addresses by the place that they lie in; other addresses are nowhere.
    package var places: [String: [String]]
    package var experiences: [ServedExperience]
    /// The first rule that holds decides how slow an answer is.
    package var latency: [LatencyRule]
    package var faults: [FaultRule]
    package var changes: [Change]
    /// Nil: ask as often as you like.
    package var rateLimit: RateLimit?

    package init(
        workspaceID: String, apiKey: String, places: [String: [String]] = [:],
        experiences: [ServedExperience], latency: [LatencyRule] = [], faults: [FaultRule] = [],
        changes: [Change] = [], rateLimit: RateLimit? = nil
    ) {
        self.workspaceID = workspaceID
        self.apiKey = apiKey
        self.places = places
        self.experiences = experiences
        self.latency = latency
        self.faults = faults
        self.changes = changes
        self.rateLimit = rateLimit
    }
}

/// An experience and who is served what.
package struct ServedExperience: Sendable, Decodable {
    package var key: String
    package var name: String
    /// `Active`, `Paused` or `Scheduled`; only an active one is served.
    package var status: String
    /// Percent of users who are held out, by a hash of their own.
    package var controlPercent: Double
    /// True: a held out user is told under `failures`, as mobile SDKs know it.
    package var tellsFailures: Bool
    /// In order of priority: the first that a user meets decides.
    package var audiences: [Audience]

    package init(
        key: String, name: String? = nil, status: String = "Active", controlPercent: Double = 0,
        tellsFailures: Bool = false, audiences: [Audience]
    ) {
        self.key = key
        self.name = name ?? key
        self.status = status
        self.controlPercent = controlPercent
        self.tellsFailures = tellsFailures
        self.audiences = audiences
    }
}

/// A segment of users in contexts, and the split among them.
package struct Audience: Sendable, Decodable {
    package var id: String
    package var name: String
    package var when: Rule
    /// Percent by variation.
    package var allocation: [Share]
    /// Percent of users who are included, from set times on; empty: all of them. A user once
    /// included stays: each has a fixed place between 0 and 100.
    package var ramp: [RampStep]
    /// What is served, by variation; `default` stands for the others.
    package var payloads: [String: [String: PayloadField]]

    package init(
        id: String, name: String, when: Rule = Rule(), allocation: [Share], ramp: [RampStep] = [],
        payloads: [String: [String: PayloadField]] = [:]
    ) {
        self.id = id
        self.name = name
        self.when = when
        self.allocation = allocation
        self.ramp = ramp
        self.payloads = payloads
    }
}

package struct Share: Sendable, Hashable, Decodable {
    package var variation: String
    package var percent: Double

    package init(_ variation: String, _ percent: Double) {
        self.variation = variation
        self.percent = percent
    }
}

package struct RampStep: Sendable, Hashable, Decodable {
    package var at: Instant
    package var percent: Double

    package init(at: Instant, percent: Double) {
        self.at = at
        self.percent = percent
    }
}

/// One member of a payload. `{{user}}`, `{{hour}}` and `{{geo}}` in a text are filled in.
package struct PayloadField: Sendable, Hashable, Decodable {
    package var value: String
    /// `string`, `number`, `boolean`, `float` or `json`; all but a string are written as they are.
    package var type: String

    package init(_ value: String, type: String = "string") {
        self.value = value
        self.type = type
    }
}

/// How long answers take: log-normal with a tail.
package struct LatencyRule: Sendable, Decodable {
    package var when: Rule
    package var medianMilliseconds: Double
    /// Standard deviation of the logarithm.
    package var sigma: Double
    /// Share of answers that take `tailFactor` times as long.
    package var tailShare: Double
    package var tailFactor: Double
    package var minimumMilliseconds: Double

    package init(
        when: Rule = Rule(), medianMilliseconds: Double, sigma: Double = 0.3,
        tailShare: Double = 0, tailFactor: Double = 5, minimumMilliseconds: Double = 0
    ) {
        self.when = when
        self.medianMilliseconds = medianMilliseconds
        self.sigma = sigma
        self.tailShare = tailShare
        self.tailFactor = tailFactor
        self.minimumMilliseconds = minimumMilliseconds
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
    package var from: Instant?
    package var until: Instant?
    /// What `Retry-After` says of a rate limit, where it is sent; nil: 1.
    package var retryAfterSeconds: Int?

    package init(
        _ kind: Kind, share: Double, when: Rule = Rule(), from: Instant? = nil,
        until: Instant? = nil, retryAfterSeconds: Int? = nil
    ) {
        self.kind = kind
        self.share = share
        self.when = when
        self.from = from
        self.until = until
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// How many requests may come in one second, and how long everybody is shut out after one more.
package struct RateLimit: Sendable, Hashable, Decodable {
    package var perSecond: Int
    package var retryAfterSeconds: Int

    package init(perSecond: Int, retryAfterSeconds: Int) {
        self.perSecond = perSecond
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// An edit at a set time; members that are nil stay as they are.
package struct Change: Sendable, Decodable {
    package var at: Instant
    package var experience: String
    /// Nil: the experience itself.
    package var audience: String?
    package var status: String?
    package var controlPercent: Double?
    package var allocation: [Share]?
    package var payloads: [String: [String: PayloadField]]?

    package init(
        at: Instant, experience: String, audience: String? = nil, status: String? = nil,
        controlPercent: Double? = nil, allocation: [Share]? = nil,
        payloads: [String: [String: PayloadField]]? = nil
    ) {
        self.at = at
        self.experience = experience
        self.audience = audience
        self.status = status
        self.controlPercent = controlPercent
        self.allocation = allocation
        self.payloads = payloads
    }
}

extension World {
    /// The experiences as they are at an instant: every change up to it applied.
    func experiences(at now: Instant) -> [ServedExperience] {
        let due = changes.filter { $0.at <= now }.sorted { $0.at < $1.at }
        guard !due.isEmpty else { return experiences }
        var present = experiences
        for change in due {
            guard let index = present.firstIndex(where: { $0.key == change.experience }) else {
                continue
            }
            present[index].apply(change)
        }
        return present
    }
}

extension ServedExperience {
    fileprivate mutating func apply(_ change: Change) {
        if let status = change.status { self.status = status }
        if let percent = change.controlPercent { controlPercent = percent }
        for index in audiences.indices
        where change.audience ?? audiences[index].id == audiences[index].id {
            if let allocation = change.allocation { audiences[index].allocation = allocation }
            if let payloads = change.payloads { audiences[index].payloads = payloads }
        }
    }
}
