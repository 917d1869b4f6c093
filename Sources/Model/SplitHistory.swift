/// How one split came to be what it is: shares and evidence since the epoch, of which a report's
/// span is told.
package struct SplitHistory: Hashable, Sendable {
    package struct Point: Hashable, Sendable {
        package var at: Instant
        /// Cohort subjects since the epoch.
        package var n: Int
        /// In the order of the row's, with confidence sequences at the level of the row's.
        package var arms: [Arm]
        /// Natural logarithm of the evidence against the allocation; +∞: proof.
        package var lnE: Double

        package init(at: Instant, n: Int, arms: [Arm], lnE: Double) {
            self.at = at
            self.n = n
            self.arms = arms
            self.lnE = lnE
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    package var audience: String?
    package var ramp: String?
    /// When the epoch began: whatever is told counts from here on.
    package var since: Instant
    /// Ascending in time, from the start of the report's span, or of the epoch if that is later.
    package var points: [Point]
    /// For each arm, in the same order, the stretches of time in which its band excludes what is
    /// meant; the first may have begun before the points do.
    package var off: [[Span]]
    /// When the evidence reached its limit, which may be before the points begin; nil: it did not.
    package var reachedAt: Instant?
    /// Ascending in time, within the points.
    package var marks: [ChartMark]

    /// `since`: of the epoch, which is the row's unless the row tells less than the epoch.
    package init(
        of row: SplitRow, since: Instant, points: [Point], off: [[Span]], reachedAt: Instant?,
        marks: [ChartMark] = []
    ) {
        target = row.target
        plan = row.plan
        experience = row.experience
        audience = row.audience
        ramp = row.ramp
        self.since = since
        self.points = points
        self.off = off
        self.reachedAt = reachedAt
        self.marks = marks
    }
}
