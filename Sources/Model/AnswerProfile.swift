/// Names the answers that are alike: one variation of one audience of an experience.
package struct AnswerKey: Hashable, Sendable {
    package var target: String
    package var plan: String
    package var experience: String
    package var audience: String?
    package var variation: String?

    package init(
        target: String, plan: String, experience: String, audience: String?, variation: String?
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.variation = variation
    }
}

/// What is known of the answers under one key.
package struct AnswerProfile: Hashable, Sendable {
    /// Keys and data types of the payload, as `Observation.shape`.
    package var shape: String
    /// The hash that the payload has each time; nil: it was not the same often enough, or varies
    /// from one subject or context to another.
    package var fingerprint: String?

    package init(shape: String, fingerprint: String?) {
        self.shape = shape
        self.fingerprint = fingerprint
    }
}

/// Something that a check of answers noticed, under one key.
package struct AnswerNotice: Hashable, Sendable {
    package enum Kind: String, Sendable, Codable, CaseIterable, Hashable {
        /// The campaign id names another variation or audience than the answer's own members.
        case identity
        /// The payload has other keys or data types than before.
        case shape
        /// A payload that was the same each time is another one.
        case content
    }

    package var key: AnswerKey
    package var kind: Kind
    package var firstAt: Instant
    package var lastAt: Instant
    package var count: Int
    /// What was seen, and what was expected.
    package var detail: String

    package init(
        key: AnswerKey, kind: Kind, firstAt: Instant, lastAt: Instant, count: Int = 1,
        detail: String
    ) {
        self.key = key
        self.kind = kind
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.count = count
        self.detail = detail
    }
}

/// What checking some answers came to: profiles that changed, what was noticed, and how they stand
/// to what is expected.
package struct AnswerNotes: Hashable, Sendable {
    package var profiles: [AnswerKey: AnswerProfile]
    /// One for each key and kind, counting these answers alone.
    package var notices: [AnswerNotice]
    /// One for each answer and expectation about it, in the order of the answers.
    package var expectations: [ExpectationNote]

    package init(
        profiles: [AnswerKey: AnswerProfile] = [:], notices: [AnswerNotice] = [],
        expectations: [ExpectationNote] = []
    ) {
        self.profiles = profiles
        self.notices = notices
        self.expectations = expectations
    }
}
