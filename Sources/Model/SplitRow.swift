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

/// The test that holds at every look (an e-process since the epoch began).
package struct SequentialTest: Hashable, Sendable {
    /// Natural logarithm of the evidence against the allocation, now and at its largest; +∞: proof.
    package var lnE: Double
    package var lnEMax: Double
    package var alpha: Double
    /// ln(1/alpha): the evidence that is wanted.
    package var lnLimit: Double

    package init(lnE: Double, lnEMax: Double, alpha: Double, lnLimit: Double) {
        self.lnE = lnE
        self.lnEMax = lnEMax
        self.alpha = alpha
        self.lnLimit = lnLimit
    }

    package var isReached: Bool { lnEMax >= lnLimit }
}

/// What the subjects who never got an answer could change.
package struct MissingBound: Hashable, Sendable {
    /// The evidence if they had gone where they speak least for a mismatch.
    package var lnE: Double
    /// True: a mismatch that is told would be told all the same.
    package var isRobust: Bool

    package init(lnE: Double, isRobust: Bool) {
        self.lnE = lnE
        self.isRobust = isRobust
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
    /// Nil: there is no allocation to test, or no subject.
    package var sequential: SequentialTest?
    /// Nil: no subject is missing, or there is no test.
    package var missingBound: MissingBound?
    /// The smallest deviation of a share that this many subjects would have shown, 0…1.
    package var detectableDeviation: Double?
    package var verdict: SplitVerdict
    package var reason: Inconclusive?
    /// Since when the allocation holds.
    package var since: Instant
    /// The how manieth epoch that is, from 1.
    package var epoch: Int
    /// The audience of the ramp whose present step the row is about, as it is stated; nil: of none.
    package var ramp: String?
    /// The same audience outside the segment; empty: the row is about everyone.
    package var elsewhere: [Arm]
    /// The segment that explains a mismatch; nil: none does by itself, or there is no mismatch.
    package var culprit: Culprit?
    /// Segments by how far they are off, worst first; empty: not asked.
    package var segments: [SegmentShare]
    /// The audiences of the row's segment, before and since; nil: the row is about everyone, or
    /// there is no baseline.
    package var mix: SegmentMix?

    package init(
        target: String, plan: String, experience: String, audience: String?,
        audienceName: String? = nil, population: Population, segment: Segment = .everyone, n: Int,
        missing: Int, arms: [Arm], chiSquare: ChiSquare? = nil, sequential: SequentialTest? = nil,
        missingBound: MissingBound? = nil, detectableDeviation: Double? = nil,
        verdict: SplitVerdict, reason: Inconclusive? = nil, since: Instant, epoch: Int = 1,
        ramp: String? = nil, elsewhere: [Arm] = [], culprit: Culprit? = nil,
        segments: [SegmentShare] = []
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
        self.sequential = sequential
        self.missingBound = missingBound
        self.detectableDeviation = detectableDeviation
        self.verdict = verdict
        self.reason = reason
        self.since = since
        self.epoch = epoch
        self.ramp = ramp
        self.elsewhere = elsewhere
        self.culprit = culprit
        self.segments = segments
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
        json.name("sequential")
        writeSequential(to: &json)
        json.name("missing_bound")
        writeMissingBound(to: &json)
        json.member("detectable_deviation", detectableDeviation)
        json.member("verdict", verdict.rawValue)
        json.member("reason", reason?.rawValue)
        json.member("epoch", epoch)
        json.member("ramp", ramp)
        json.name("elsewhere")
        json.array(elsewhere) { $1.write(to: &$0, withAllocation: true) }
        json.name("culprit")
        if let culprit { culprit.write(to: &json) } else { json.value(String?.none) }
        json.name("segments")
        json.array(segments) { $1.write(to: &$0) }
        json.name("mix")
        if let mix { mix.write(to: &json) } else { json.value(String?.none) }
    }

    private func writeSequential(to json: inout JSONText) {
        guard let sequential else { return json.value(String?.none) }
        json.object {
            $0.member("ln_e", sequential.lnE)
            $0.member("ln_e_max", sequential.lnEMax)
            $0.member("alpha", sequential.alpha)
        }
    }

    private func writeMissingBound(to json: inout JSONText) {
        guard let missingBound else { return json.value(String?.none) }
        json.object {
            $0.member("ln_e", missingBound.lnE)
            $0.member("robust", missingBound.isRobust)
        }
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
