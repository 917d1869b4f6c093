/// What a cell answered over an interval, as its panel subject got it.
package struct TargetingCell: Hashable, Sendable {
    package var experience: String
    package var context: Context
    /// `served` or `unmatched`.
    package var outcome: Outcome
    package var audience: String?
    package var variation: String?
    package var since: Instant
    /// Half open; nil: it still does.
    package var until: Instant?

    package init(
        experience: String, context: Context, outcome: Outcome, audience: String? = nil,
        variation: String? = nil, since: Instant, until: Instant? = nil
    ) {
        self.experience = experience
        self.context = context
        self.outcome = outcome
        self.audience = audience
        self.variation = variation
        self.since = since
        self.until = until
    }
}
