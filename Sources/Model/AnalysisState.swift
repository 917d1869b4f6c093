/// What analysis carries from window to window. A pure function of the rows that came before, so
/// that any window can be closed again from the state before it.
package struct AnalysisState: Hashable, Sendable, Codable {
    /// Sorted by target, plan and experience.
    package var splits: [SplitEvidence]

    package init(splits: [SplitEvidence] = []) {
        self.splits = splits
    }
}

/// Cohort subjects of one experience since its epoch began.
package struct SplitEvidence: Hashable, Sendable, Codable {
    package struct Arm: Hashable, Sendable, Codable {
        package var outcome: Outcome
        package var audience: String?
        package var variation: String?
        package var count: Int

        package init(outcome: Outcome, audience: String?, variation: String?, count: Int) {
            self.outcome = outcome
            self.audience = audience
            self.variation = variation
            self.count = count
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    package var since: Instant
    /// Sorted by outcome, audience and variation; resolved answers only.
    package var arms: [Arm]
    /// Subjects that never got an answer.
    package var missing: Int

    package init(
        target: String, plan: String, experience: String, since: Instant, arms: [Arm] = [],
        missing: Int = 0
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.since = since
        self.arms = arms
        self.missing = missing
    }
}

/// A state as it was when every window that ends by an instant was closed.
package struct StateSnapshot: Hashable, Sendable {
    package var at: Instant
    package var state: AnalysisState

    /// Microseconds from one that is kept to the next: on whole hours.
    package static let period = Instant.microsecondsPerHour

    package init(at: Instant, state: AnalysisState) {
        self.at = at
        self.state = state
    }
}

/// What was found when a window was closed, each finding as its JSON.
package struct WindowFindings: Hashable, Sendable {
    package var start: Instant
    package var findings: [String]

    package init(start: Instant, findings: [String]) {
        self.start = start
        self.findings = findings
    }
}

/// Everything that one step of closing windows commits, together or not at all.
package struct ClosedWindows: Hashable, Sendable {
    /// Windows of five minutes that were closed, whole.
    package var span: Span
    package var rollups: [Rollup]
    package var findings: [WindowFindings]
    /// The last one is of the new watermark.
    package var snapshots: [StateSnapshot]
    /// The watermark that all this was worked out from; nil: there was none.
    package var former: Instant?

    package init(
        span: Span, rollups: [Rollup], findings: [WindowFindings] = [],
        snapshots: [StateSnapshot] = [], former: Instant?
    ) {
        self.span = span
        self.rollups = rollups
        self.findings = findings
        self.snapshots = snapshots
        self.former = former
    }

    package var watermark: Instant { span.until }
}
