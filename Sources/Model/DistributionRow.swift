/// What an observation count is a count of.
package enum CountUnit: String, Sendable {
    /// Cohort observations: each is a subject of its own.
    case subject
    /// Panel observations: the same subjects again and again.
    case probe
}

/// What was served in one segment, by variation; arm `unmatched` where nothing was.
package struct DistributionRow: ReportRow {
    package var target: String
    package var plan: String
    package var experience: String
    /// Nil: arms are audiences' totals and `unmatched` over the whole experience.
    package var audience: String?
    package var audienceName: String?
    package var segment: Segment
    package var population: Population
    package var unit: CountUnit
    package var n: Int
    package var arms: [Arm]

    package init(
        target: String, plan: String, experience: String, audience: String?,
        audienceName: String? = nil, segment: Segment, population: Population, unit: CountUnit,
        n: Int, arms: [Arm]
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.audienceName = audienceName
        self.segment = segment
        self.population = population
        self.unit = unit
        self.n = n
        self.arms = arms
    }

    /// How the intervals are made: they hold at every look at once.
    package static let method = "confidence sequence 95 %, beta-binomial mixture"

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.member("experience", experience)
        json.member("audience", audience)
        json.member("audience_name", audienceName)
        json.name("segment")
        segment.write(to: &json)
        json.member("population", population.rawValue)
        json.member("unit", unit.rawValue)
        json.member("n", n)
        json.name("arms")
        json.array(arms) { $1.write(to: &$0, withAllocation: false) }
        json.member("method", Self.method)
    }
}
