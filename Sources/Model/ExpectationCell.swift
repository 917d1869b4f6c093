/// A cell that an expectation is about.
package struct ExpectationKey: Hashable, Sendable {
    package var target: String
    package var plan: String
    /// The expectation's `identity`.
    package var expectation: String
    package var context: Context

    package init(target: String, plan: String, expectation: String, context: Context) {
        self.target = target
        self.plan = plan
        self.expectation = expectation
        self.context = context
    }
}

/// One answer that was held against an expectation.
package struct ExpectationNote: Hashable, Sendable {
    package var key: ExpectationKey
    /// When it was due.
    package var at: Instant
    /// What was answered instead, for people; nil: what was expected.
    package var got: String?

    /// Bytes of what is told of an answer.
    package static let limit = 256

    package init(key: ExpectationKey, at: Instant, got: String?) {
        self.key = key
        self.at = at
        self.got = got
    }
}

/// How an expectation stands in one cell: every answer counts, the last one that was due decides.
package struct ExpectationCell: Hashable, Sendable {
    /// The expectation's `identity`.
    package var expectation: String
    package var context: Context
    package var answers: Int
    /// Those of them that were something else.
    package var brokenAnswers: Int
    /// When the last answer was due.
    package var seenAt: Instant
    /// The last time that it did not hold; nil: it always did.
    package var breach: Breach?

    /// Answers in a row that were something else.
    package struct Breach: Hashable, Sendable {
        package var since: Instant
        /// The last one of them.
        package var lastAt: Instant
        /// The first answer after it that was what is expected; nil: there was none yet.
        package var heldAt: Instant?
        /// What the last one was, for people.
        package var got: String

        package init(since: Instant, lastAt: Instant, heldAt: Instant?, got: String) {
            self.since = since
            self.lastAt = lastAt
            self.heldAt = heldAt
            self.got = got
        }
    }

    package init(
        expectation: String, context: Context, answers: Int, brokenAnswers: Int, seenAt: Instant,
        breach: Breach?
    ) {
        self.expectation = expectation
        self.context = context
        self.answers = answers
        self.brokenAnswers = brokenAnswers
        self.seenAt = seenAt
        self.breach = breach
    }

    /// The breach that lasts at an instant; nil: it holds, as far as is known of that time.
    package func breach(at instant: Instant) -> Breach? {
        breach.flatMap { breach in
            breach.since < instant && breach.heldAt.map { instant <= $0 } ?? true ? breach : nil
        }
    }
}
