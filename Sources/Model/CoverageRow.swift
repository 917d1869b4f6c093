/// How much of the matrix was asked.
package struct CoverageRow: ReportRow {
    package var target: String
    package var plan: String
    package var segment: Segment
    /// Contexts of the matrix in this segment; nil: the matrix is not known.
    package var contexts: Int?
    package var asked: Int
    package var answered: Int
    package var lastAt: Instant?
    /// Results that came during maintenance: in none of the counts.
    package var maintenance: Int

    package init(
        target: String, plan: String, segment: Segment, contexts: Int?, asked: Int, answered: Int,
        lastAt: Instant?, maintenance: Int = 0
    ) {
        self.target = target
        self.plan = plan
        self.segment = segment
        self.contexts = contexts
        self.asked = asked
        self.answered = answered
        self.lastAt = lastAt
        self.maintenance = maintenance
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.name("segment")
        segment.write(to: &json)
        json.member("contexts", contexts)
        json.member("asked", asked)
        json.member("answered", answered)
        json.member("last_at", lastAt)
        json.member("maintenance", maintenance)
    }
}
