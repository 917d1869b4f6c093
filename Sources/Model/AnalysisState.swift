/// What analysis carries from window to window. A pure function of the rows that came before, so
/// that any window can be closed again from the state before it.
package struct AnalysisState: Hashable, Sendable, Decodable {
    /// Sorted by target, plan, experience and audience.
    package var splits: [EpochSplit]
    /// Rates that rise. Sorted by target, plan, segment and measure; one that is at rest is left
    /// out.
    package var rates: [RateStream]
    /// The most rates that were watched at once.
    package var watchedRates: Int

    package init(splits: [EpochSplit] = [], rates: [RateStream] = [], watchedRates: Int = 0) {
        self.splits = splits
        self.rates = rates
        self.watchedRates = watchedRates
    }

    private enum CodingKeys: CodingKey {
        case splits, rates, watchedRates
    }

    /// States of before rates were watched are read as well.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        splits = try values.decode([EpochSplit].self, forKey: .splits)
        rates = try values.decodeIfPresent([RateStream].self, forKey: .rates) ?? []
        watchedRates = try values.decodeIfPresent(Int.self, forKey: .watchedRates) ?? 0
    }
}

/// Cohort subjects of one experience since its epoch began, and how the tests of their split stand.
package struct EpochSplit: Hashable, Sendable, Decodable {
    package struct Arm: Hashable, Sendable, Decodable {
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
    /// The audience of a ramp, as it is stated, whose epochs are its own; nil: all audiences.
    package var ramp: String?
    package var since: Instant
    /// The how manieth epoch this is, from 1: the j-th is tested at α/(j(j+1)).
    package var epoch: Int
    /// Sorted by outcome, audience and variation; resolved answers only.
    package var arms: [Arm]
    /// Subjects that never got an answer.
    package var missing: Int
    /// Sorted by audience.
    package var tests: [SplitTest]
    /// Sorted by audience and segment.
    package var streams: [SegmentStream]

    package init(
        target: String, plan: String, experience: String, ramp: String? = nil, since: Instant,
        epoch: Int = 1, arms: [Arm] = [], missing: Int = 0, tests: [SplitTest] = [],
        streams: [SegmentStream] = []
    ) {
        self.target = target
        self.plan = plan
        self.experience = experience
        self.ramp = ramp
        self.since = since
        self.epoch = epoch
        self.arms = arms
        self.missing = missing
        self.tests = tests
        self.streams = streams
    }

    private enum CodingKeys: CodingKey {
        case target, plan, experience, ramp, since, epoch, arms, missing, tests, streams
    }

    /// One that an older version kept says nothing of tests.
    package init(from decoder: any Decoder) throws {
        let kept = try decoder.container(keyedBy: CodingKeys.self)
        target = try kept.decode(String.self, forKey: .target)
        plan = try kept.decode(String.self, forKey: .plan)
        experience = try kept.decode(String.self, forKey: .experience)
        ramp = try kept.decodeIfPresent(String.self, forKey: .ramp)
        since = try kept.decode(Instant.self, forKey: .since)
        epoch = try kept.decodeIfPresent(Int.self, forKey: .epoch) ?? 1
        arms = try kept.decode([Arm].self, forKey: .arms)
        missing = try kept.decode(Int.self, forKey: .missing)
        tests = try kept.decodeIfPresent([SplitTest].self, forKey: .tests) ?? []
        streams = try kept.decodeIfPresent([SegmentStream].self, forKey: .streams) ?? []
    }
}

/// How the sequential test of one split stands: looked at with every window.
package struct SplitTest: Hashable, Sendable, Decodable {
    /// The empty text: of a control group, whose arms are served and unmatched.
    package var audience: String
    package var lnE: Double
    /// The largest that it ever was, and when it first was.
    package var lnEMax: Double
    package var maxAt: Instant

    package init(audience: String, lnE: Double, lnEMax: Double, maxAt: Instant) {
        self.audience = audience
        self.lnE = lnE
        self.lnEMax = lnEMax
        self.maxAt = maxAt
    }
}

/// What the detector of changes knows of one split in one segment, and the subjects of the epoch.
package struct SegmentStream: Hashable, Sendable, Decodable {
    /// The empty text: of a control group.
    package var audience: String
    /// As text; empty: everyone.
    package var segment: String
    /// Subjects by stated arm, in the order in which the shares are stated.
    package var counts: [Int]
    /// By alternative: ln R, the CUSUM, and the hour since 1970 in which that began.
    package var lnR: [Double]
    package var rise: [Double]
    package var start: [Int64]
    /// Subjects by arm since then, one alternative after the other.
    package var since: [Int]
    /// The last hour that brought subjects.
    package var hour: Int64
    /// The first one.
    package var firstHour: Int64

    package init(
        audience: String, segment: String, counts: [Int], lnR: [Double] = [], rise: [Double] = [],
        start: [Int64] = [], since: [Int] = [], hour: Int64, firstHour: Int64
    ) {
        self.audience = audience
        self.segment = segment
        self.counts = counts
        self.lnR = lnR
        self.rise = rise
        self.start = start
        self.since = since
        self.hour = hour
        self.firstHour = firstHour
    }
}

/// How the sequential test of a split stood when a window was closed: a point of its path.
package struct SplitPoint: Hashable, Sendable {
    /// Of the window.
    package var start: Instant
    package var target: String
    package var plan: String
    package var experience: String
    /// The empty text: of a control group.
    package var audience: String
    package var since: Instant
    package var epoch: Int
    /// Cohort subjects since then, by arm.
    package var arms: [String: Int]
    package var lnE: Double
    package var lnEMax: Double

    package init(
        start: Instant, target: String, plan: String, experience: String, audience: String,
        since: Instant, epoch: Int, arms: [String: Int], lnE: Double, lnEMax: Double
    ) {
        self.start = start
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.since = since
        self.epoch = epoch
        self.arms = arms
        self.lnE = lnE
        self.lnEMax = lnEMax
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
    /// Splits that the windows brought subjects of.
    package var points: [SplitPoint]
    /// The last one is of the new watermark.
    package var snapshots: [StateSnapshot]
    /// The watermark that all this was worked out from; nil: there was none.
    package var former: Instant?

    package init(
        span: Span, rollups: [Rollup], findings: [WindowFindings] = [],
        points: [SplitPoint] = [], snapshots: [StateSnapshot] = [], former: Instant?
    ) {
        self.span = span
        self.rollups = rollups
        self.findings = findings
        self.points = points
        self.snapshots = snapshots
        self.former = former
    }

    package var watermark: Instant { span.until }
}
