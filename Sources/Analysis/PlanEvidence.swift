package import Model

/// Everything a report needs to know of one plan.
package struct PlanEvidence: Sendable {
    package var target: String
    package var plan: Plan
    /// What happened over the report's span, by segment; `.everyone` is among them if anything
    /// happened.
    package var tallies: [Segment: Tally]
    /// What happened to everyone since an experience's epoch, and when that was.
    package var epochs: [String: EpochEvidence]
    /// Contexts of the matrix by segment.
    package var contexts: [Segment: Int]
    package var round: RoundStatus?
    /// Names by audience id.
    package var audienceNames: [String: String]
    /// The last round that asked all it had to.
    package var wholeRound: RoundStatus?
    package var watch = TargetWatch()
    /// What happened in the present step of each ramp of the plan.
    package var ramps: [RampEvidence] = []
    /// How results were before that step and since; empty: nobody asked.
    package var rampHealth: [RampHealth] = []
    /// Everyone, day by day, since the first ramp's first step; empty: nobody asked.
    package var days: [DayEvidence] = []
    /// How the tests and detectors of splits stood at the last closed window.
    package var splits: [EpochSplit] = []
    /// Segments of one and two dimensions by experience, where a split that is off had them read.
    package var pairs: [String: PairEvidence] = [:]
    /// Flips of the panel over the span and a while before it, in time.
    package var flips: [CellChange] = []
    /// What came before only tells who flaps; nil: all of them are to be told.
    package var flipsSince: Instant?
    /// The targeting map at the end of the span; empty where there are no flips and nobody asked.
    package var map: [TargetingCell] = []
    /// How expectations that the plan states now stand, in cells that its matrix has now.
    package var expectations: [ExpectationCell] = []
    /// Experiences whose cohort gets another mix than in the same hours of the weeks before.
    package var shifts: [DistributionShift] = []
    /// Cohort counts of whole hours from 1970, back to a week before the span; empty: nobody asked.
    package var hours: [Int64: [CountKey: Int]] = [:]
    /// Payloads of the span; nil: nobody asked, or its rows are too many.
    package var contents: [ServedContent]?
    /// Of a baseline: which of its hours the tallies are of.
    package var compared = DriftRow.Hours.all
    /// Rates that rose, and what is usual beside them.
    var rates = RateWatch()

    var scope: PlanScope { PlanScope(target: target, plan: plan.name) }

    package init(
        target: String, plan: Plan, tallies: [Segment: Tally],
        epochs: [String: EpochEvidence] = [:], contexts: [Segment: Int] = [:],
        round: RoundStatus? = nil, audienceNames: [String: String] = [:]
    ) {
        self.target = target
        self.plan = plan
        self.tallies = tallies
        self.epochs = epochs
        self.contexts = contexts
        self.round = round
        self.audienceNames = audienceNames
    }

    package var everyone: Tally { tallies[.everyone] ?? Tally() }

    /// True if an allocation or another statement, by id or by name, is about this audience.
    func names(_ stated: String, _ audience: String) -> Bool {
        stated == audience || audienceNames[audience] == stated
    }

    /// The allocation of an audience, which may be stated by its id or by its name.
    func allocation(of experience: String, audience: String) -> Allocation? {
        plan.allocations.first { $0.experience == experience && names($0.audience, audience) }
    }
}

/// What happened to everyone on one UTC day, or the part of it that is over.
package struct DayEvidence: Sendable {
    package var span: Span
    package var tally: Tally

    package init(span: Span, tally: Tally) {
        self.span = span
        self.tally = tally
    }
}

/// What was noticed about a target beside what it served.
package struct TargetWatch: Sendable {
    /// True for one plan of each target: what is about the target as a whole is found there.
    package var isLead = false
    package var status: TargetStatus?
    /// What metadata lists.
    package var listed: [ExperienceStatus] = []
    /// Keys that some plan at the target watches; nil: all of them.
    package var watchedKeys: Set<String>?
    package var sightings: [ExperienceSighting] = []
    package var notices: [AnswerNotice] = []
    /// Objectives of the target, and how its results were; of the target's first plan alone.
    package var objectives: [ObjectiveEvidence] = []
    /// The last time at which the store could not be written to; nil: it could all the time.
    package var outage: StoreOutage?
    /// The damaged store that the present one took the place of, if that was not long ago.
    package var replacement: StoreReplacement?

    package init() {}
}

/// What happened since the allocations of one experience hold.
package struct EpochEvidence: Sendable {
    package var since: Instant
    /// The how manieth epoch that is, from 1.
    package var number: Int
    package var tally: Tally

    package init(since: Instant, number: Int = 1, tally: Tally) {
        self.since = since
        self.number = number
        self.tally = tally
    }
}

/// Since when the allocations of an experience are what they are: the epoch that the newest
/// configuration states, else the first of the unbroken run of configurations, up to the newest,
/// that state the same allocations. Nil: no configuration has this plan.
package func allocationEpoch(
    of experience: String, plan name: String, in configurations: [StoredConfiguration]
) -> Instant? {
    guard let newest = configurations.last?.configuration.plan(named: name) else { return nil }
    if let stated = newest.epoch[experience] { return stated }
    func stated(_ plan: Plan?) -> Set<Allocation>? {
        plan.map { Set($0.allocations.filter { $0.experience == experience }) }
    }
    let same = configurations.reversed().prefix {
        stated($0.configuration.plan(named: name)) == stated(newest)
    }
    return same.last?.validFrom
}

/// The how manieth epoch of an experience the present one is, from 1: each configuration that moved
/// its beginning began another.
package func allocationEpochNumber(
    of experience: String, plan name: String, in configurations: [StoredConfiguration]
) -> Int {
    var number = 0
    var last: Instant?
    for end in configurations.indices {
        let present = Array(configurations[...end])
        guard let since = allocationEpoch(of: experience, plan: name, in: present) else { continue }
        if since != last { number += 1 }
        last = since
    }
    return max(1, number)
}
