/// Whether probes may leave for a target, and why not.
package struct TargetCondition: Hashable, Sendable {
    package enum State: String, Sendable, Codable, CaseIterable, Hashable {
        /// Probes leave as they are due.
        case ready
        /// The target said 429: nothing leaves until its reset.
        case limited
        /// It failed again and again: nothing leaves until the next trial.
        case open = "circuit_open"
        /// One trial is under way; it decides.
        case halfOpen = "half_open"
        /// It refuses the key: one trial a minute.
        case unauthorized
    }

    package var state: State
    /// When it began.
    package var since: Instant
    /// When the next probe may leave; nil: at once.
    package var until: Instant?
    /// What the target answered last that led here: `http_429`, `refused`.
    package var reason: Reason?

    package init(state: State, since: Instant, until: Instant? = nil, reason: Reason? = nil) {
        self.state = state
        self.since = since
        self.until = until
        self.reason = reason
    }
}

/// A target and its condition, as it was last recorded.
package struct TargetStatus: Hashable, Sendable {
    package var target: String
    package var condition: TargetCondition
    /// When the certificate that the target shows expires; nil: none was seen.
    package var certificateExpiry: Instant?

    package init(target: String, condition: TargetCondition, certificateExpiry: Instant? = nil) {
        self.target = target
        self.condition = condition
        self.certificateExpiry = certificateExpiry
    }
}

/// An experience as its API's metadata lists it.
package struct ExperienceStatus: Hashable, Sendable {
    package var target: String
    package var key: String
    package var name: String?
    /// `Active`, `Paused` or `Scheduled`, as the API spells it; nil: listed no more.
    package var status: String?
    /// Since when it has this status, as far as we saw.
    package var since: Instant
    package var seenAt: Instant

    package init(
        target: String, key: String, name: String?, status: String?, since: Instant,
        seenAt: Instant
    ) {
        self.target = target
        self.key = key
        self.name = name
        self.status = status
        self.since = since
        self.seenAt = seenAt
    }
}

/// When an experience was last answered for, and last served, to a plan's subjects.
package struct ExperienceSighting: Hashable, Sendable {
    package var plan: String
    package var target: String
    package var experience: String
    /// The last observation that was resolved: served or unmatched.
    package var answeredAt: Instant
    /// Nil: never.
    package var servedAt: Instant?

    package init(
        plan: String, target: String, experience: String, answeredAt: Instant, servedAt: Instant?
    ) {
        self.plan = plan
        self.target = target
        self.experience = experience
        self.answeredAt = answeredAt
        self.servedAt = servedAt
    }
}
