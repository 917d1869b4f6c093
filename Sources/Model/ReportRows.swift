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
    }
}

/// Quantiles of one phase in one segment, answered results only, and the failures beside them.
package struct LatencyRow: ReportRow {
    package var target: String
    package var plan: String
    package var segment: Segment
    package var phase: Phase
    /// Answered results that had this phase.
    package var n: Int
    package var p50Us: Int64?
    package var p90Us: Int64?
    package var p95Us: Int64?
    package var p99Us: Int64?
    package var maxUs: Int64?
    /// Failed results by reason.
    package var failures: [String: Int]
    /// p50 and p95 of the other values of the segment's dimension; nil where there are none.
    package var restP50Us: Int64?
    package var restP95Us: Int64?
    /// True: this segment stands out as slower than the rest of its dimension.
    package var isSlow: Bool

    package init(
        target: String, plan: String, segment: Segment, phase: Phase, n: Int, p50Us: Int64?,
        p90Us: Int64?, p95Us: Int64?, p99Us: Int64?, maxUs: Int64?, failures: [String: Int],
        restP50Us: Int64? = nil, restP95Us: Int64? = nil, isSlow: Bool = false
    ) {
        self.target = target
        self.plan = plan
        self.segment = segment
        self.phase = phase
        self.n = n
        self.p50Us = p50Us
        self.p90Us = p90Us
        self.p95Us = p95Us
        self.p99Us = p99Us
        self.maxUs = maxUs
        self.failures = failures
        self.restP50Us = restP50Us
        self.restP95Us = restP95Us
        self.isSlow = isSlow
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.name("segment")
        segment.write(to: &json)
        json.member("phase", phase.rawValue)
        json.member("n", n)
        json.member("p50_us", p50Us)
        json.member("p90_us", p90Us)
        json.member("p95_us", p95Us)
        json.member("p99_us", p99Us)
        json.member("max_us", maxUs)
        json.name("failures")
        json.object { json in
            for (reason, count) in failures.sorted(by: { $0.key < $1.key }) {
                json.member(reason, count)
            }
        }
        json.member("rest_p50_us", restP50Us)
        json.member("rest_p95_us", restP95Us)
        json.member("slow", isSlow)
    }
}

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

    package init(
        target: String, plan: String, segment: Segment, contexts: Int?, asked: Int, answered: Int,
        lastAt: Instant?
    ) {
        self.target = target
        self.plan = plan
        self.segment = segment
        self.contexts = contexts
        self.asked = asked
        self.answered = answered
        self.lastAt = lastAt
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
    }
}

/// One plan at a glance.
package struct SummaryRow: ReportRow {
    package var target: String
    package var plan: String
    /// The last round that began.
    package var round: RoundStatus?
    package var coverage: CoverageRow
    /// Splits, worst first, cohort only.
    package var splits: [SplitRow]
    /// Audiences that were served without a stated allocation.
    package var unplanned: [UnplannedAudience]
    /// Latency of everyone.
    package var latency: LatencyRow
    /// Segments that stand out, slowest first.
    package var slow: [LatencyRow]

    package init(
        target: String, plan: String, round: RoundStatus?, coverage: CoverageRow,
        splits: [SplitRow], unplanned: [UnplannedAudience], latency: LatencyRow,
        slow: [LatencyRow]
    ) {
        self.target = target
        self.plan = plan
        self.round = round
        self.coverage = coverage
        self.splits = splits
        self.unplanned = unplanned
        self.latency = latency
        self.slow = slow
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.name("round")
        writeRound(to: &json)
        json.name("coverage")
        json.object { coverage.writeMembers(to: &$0) }
        json.name("splits")
        json.array(splits) { json, row in json.object { row.writeMembers(to: &$0) } }
        json.name("unplanned")
        json.array(unplanned) { json, audience in
            json.object {
                $0.member("experience", audience.experience)
                $0.member("audience", audience.audience)
                $0.member("audience_name", audience.audienceName)
                $0.member("n", audience.n)
            }
        }
        json.name("latency")
        json.object { latency.writeMembers(to: &$0) }
        json.name("slow")
        json.array(slow) { json, row in json.object { row.writeMembers(to: &$0) } }
    }

    private func writeRound(to json: inout JSONText) {
        guard let round else { return json.value(String?.none) }
        json.object { json in
            json.member("number", round.number)
            json.member("started_at", round.startedAt)
            json.member("probes", round.probes)
            json.member("position", round.position)
            json.member("state", round.state.rawValue)
            json.name("dropped")
            json.object { json in
                for (cause, count) in round.dropped.sorted(by: { $0.key < $1.key }) {
                    json.member(cause, count)
                }
            }
        }
    }
}

/// An audience that was served and has no stated allocation.
package struct UnplannedAudience: Hashable, Sendable {
    package var experience: String
    package var audience: String
    package var audienceName: String?
    package var n: Int

    package init(experience: String, audience: String, audienceName: String?, n: Int) {
        self.experience = experience
        self.audience = audience
        self.audienceName = audienceName
        self.n = n
    }
}
