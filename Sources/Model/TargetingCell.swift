/// What a cell answered over an interval, as its panel subject got it.
package struct TargetingCell: Hashable, Sendable {
    package var experience: String
    package var context: Context
    /// The panel subject that asks in this context; nil: an older version wrote it.
    package var subject: String?
    /// `served` or `unmatched`.
    package var outcome: Outcome
    package var audience: String?
    package var variation: String?
    package var since: Instant
    /// Half open; nil: it still does.
    package var until: Instant?

    package init(
        experience: String, context: Context, subject: String? = nil, outcome: Outcome,
        audience: String? = nil, variation: String? = nil, since: Instant, until: Instant? = nil
    ) {
        self.experience = experience
        self.context = context
        self.subject = subject
        self.outcome = outcome
        self.audience = audience
        self.variation = variation
        self.since = since
        self.until = until
    }

    package var answer: CellAnswer {
        CellAnswer(outcome: outcome, audience: audience, variation: variation)
    }
}

/// What was served to a panel subject in a cell, or that nothing was.
package struct CellAnswer: Hashable, Sendable {
    package var outcome: Outcome
    package var audience: String?
    package var variation: String?

    package init(outcome: Outcome, audience: String? = nil, variation: String? = nil) {
        self.outcome = outcome
        self.audience = audience
        self.variation = variation
    }
}

/// A flip: the same subject got another answer in the same cell than the time before.
package struct CellChange: Hashable, Sendable {
    package var experience: String
    package var context: Context
    package var subject: String
    package var before: CellAnswer
    package var after: CellAnswer
    /// When it was asked and first got the new answer.
    package var at: Instant
    /// Since when it had the former one.
    package var formerSince: Instant
    /// When it last got that: the change came after it; nil: unknown.
    package var formerSeen: Instant?

    package init(
        experience: String, context: Context, subject: String, before: CellAnswer,
        after: CellAnswer, at: Instant, formerSince: Instant, formerSeen: Instant? = nil
    ) {
        self.experience = experience
        self.context = context
        self.subject = subject
        self.before = before
        self.after = after
        self.at = at
        self.formerSince = formerSince
        self.formerSeen = formerSeen
    }

    /// True: another variation of the same audience; else the targeting itself is another one.
    package var isWithinAudience: Bool {
        before.outcome == .served && after.outcome == .served && before.audience == after.audience
    }
}
