/// The share that one variation got, with its interval.
package struct Arm: Hashable, Sendable {
    /// The variation's id, or `unmatched`, or `served` where arms are outcomes.
    package var variation: String
    /// The share that is meant; nil: none stated.
    package var allocation: Double?
    /// Subjects that the allocation would give, of those observed.
    package var expected: Double?
    package var observed: Int
    package var share: Double
    package var low: Double
    package var high: Double

    package init(
        variation: String, allocation: Double? = nil, expected: Double? = nil, observed: Int,
        share: Double, low: Double, high: Double
    ) {
        self.variation = variation
        self.allocation = allocation
        self.expected = expected
        self.observed = observed
        self.share = share
        self.low = low
        self.high = high
    }
}

package enum SplitVerdict: String, Sendable, CaseIterable {
    case ok, mismatch, inconclusive, untested
}

/// Why a verdict is `inconclusive`.
package enum Inconclusive: String, Sendable, CaseIterable {
    /// No allocation is stated for this audience.
    case noAllocation = "no_allocation"
    /// No cohort subject got this audience.
    case noCohort = "no_cohort"
    /// An expected count is below 5.
    case tooFew = "too_few"
}

/// The fixed-sample chi-square test beside a split.
package struct ChiSquare: Hashable, Sendable {
    package var statistic: Double
    package var degreesOfFreedom: Int
    package var p: Double

    package init(statistic: Double, degreesOfFreedom: Int, p: Double) {
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        self.p = p
    }
}

/// The split of one (experience, audience) over cohort subjects, or the panel's shares beside it.
package struct SplitRow: ReportRow {
    package var target: String
    package var plan: String
    package var experience: String
    /// Nil: the row of a control group, whose arms are `served` and `unmatched`.
    package var audience: String?
    package var audienceName: String?
    package var population: Population
    package var segment: Segment
    /// Distinct subjects.
    package var n: Int
    /// Cohort subjects that never got an answer.
    package var missing: Int
    package var arms: [Arm]
    package var chiSquare: ChiSquare?
    /// The smallest deviation of a share that this many subjects would have shown, 0…1.
    package var detectableDeviation: Double?
    package var verdict: SplitVerdict
    package var reason: Inconclusive?
    /// Since when the allocation holds.
    package var since: Instant

    package init(
        target: String, plan: String, experience: String, audience: String?,
        audienceName: String? = nil, population: Population, segment: Segment = .everyone, n: Int,
        missing: Int, arms: [Arm], chiSquare: ChiSquare? = nil, detectableDeviation: Double? = nil,
        verdict: SplitVerdict, reason: Inconclusive? = nil, since: Instant
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.audienceName = audienceName
        self.population = population
        self.segment = segment
        self.n = n
        self.missing = missing
        self.arms = arms
        self.chiSquare = chiSquare
        self.detectableDeviation = detectableDeviation
        self.verdict = verdict
        self.reason = reason
        self.since = since
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.member("experience", experience)
        json.member("audience", audience)
        json.member("audience_name", audienceName)
        json.member("population", population.rawValue)
        json.member("unit", "subject")
        json.name("segment")
        segment.write(to: &json)
        json.member("since", since)
        json.member("n", n)
        json.member("missing", missing)
        json.name("arms")
        json.array(arms) { $1.write(to: &$0, withAllocation: true) }
        json.name("chi_square")
        writeChiSquare(to: &json)
        json.member("sequential", String?.none)
        json.member("detectable_deviation", detectableDeviation)
        json.member("verdict", verdict.rawValue)
        json.member("reason", reason?.rawValue)
    }

    private func writeChiSquare(to json: inout JSONText) {
        guard let chiSquare else { return json.value(String?.none) }
        json.object {
            $0.member("statistic", chiSquare.statistic)
            $0.member("df", chiSquare.degreesOfFreedom)
            $0.member("p", chiSquare.p)
        }
    }
}

extension Arm {
    func write(to json: inout JSONText, withAllocation: Bool) {
        json.object {
            $0.member("variation", variation)
            if withAllocation {
                $0.member("allocation", allocation)
                $0.member("expected", expected)
            }
            $0.member("observed", observed)
            $0.member("share", share)
            $0.member("low", low)
            $0.member("high", high)
        }
    }
}
