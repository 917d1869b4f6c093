package import Statistics

/// What happened in one segment during one window, for one plan at one target.
package struct Rollup: Hashable, Sendable {
    package let key: RollupKey
    package var tally: Tally

    package init(key: RollupKey, tally: Tally) {
        self.key = key
        self.tally = tally
    }
}

package struct RollupKey: Hashable, Sendable {
    package let target: String
    package let plan: String
    package let segment: Segment
    package let window: Window

    package init(target: String, plan: String, segment: Segment, window: Window) {
        self.target = target
        self.plan = plan
        self.segment = segment
        self.window = window
    }

    package var scope: RollupScope {
        RollupScope(target: target, plan: plan, segment: segment)
    }

    /// The same segment in the longer window that contains this one.
    package func widened(to size: WindowSize) -> RollupKey {
        RollupKey(
            target: target, plan: plan, segment: segment,
            window: Window(size, containing: window.start))
    }
}

/// Whose a tally is, whatever the window.
package struct RollupScope: Hashable, Sendable {
    package let target: String
    package let plan: String
    package let segment: Segment

    package init(target: String, plan: String, segment: Segment) {
        self.target = target
        self.plan = plan
        self.segment = segment
    }
}

/// Mergeable counts and latency sketches. Merging is commutative and associative, and equal to
/// having added every result to one tally.
package struct Tally: Hashable, Sendable {
    /// Results that were answered.
    package var answered: Int
    /// Results that failed, by outcome and reason.
    package var failures: [Failure: Int]
    /// Observations by what was served to whom.
    package var counts: [CountKey: Int]
    /// Cohort subjects that never got an answer, by experience.
    package var missing: [String: Int]
    /// Phases of the answered results. Segments of order 1 and 2 keep latency and response only.
    package var phases: [Phase: QuantileSketch]
    /// Response times of the failed results: never mixed with the answered ones.
    package var failureResponse: QuantileSketch
    /// The last due instant.
    package var lastAt: Instant?
    /// Results that came while the target's operator worked on it: counted here and nowhere else.
    package var maintenance: Int

    package init() {
        answered = 0
        failures = [:]
        counts = [:]
        missing = [:]
        phases = [:]
        failureResponse = QuantileSketch()
        lastAt = nil
        maintenance = 0
    }

    /// Results, answered or failed.
    package var asked: Int { answered + failures.values.reduce(0, +) }

    package mutating func merge(_ other: Tally) {
        answered += other.answered
        failures.merge(other.failures, uniquingKeysWith: +)
        counts.merge(other.counts, uniquingKeysWith: +)
        missing.merge(other.missing, uniquingKeysWith: +)
        for (phase, sketch) in other.phases {
            phases[phase, default: QuantileSketch()].merge(sketch)
        }
        failureResponse.merge(other.failureResponse)
        maintenance += other.maintenance
        lastAt = [lastAt, other.lastAt].compactMap { $0 }.max()
    }

    package func merging(_ other: Tally) -> Tally {
        var tally = self
        tally.merge(other)
        return tally
    }
}

/// What observations are counted by.
///
/// Its parts stand behind one reference, with their hash: tallies of many windows are merged by it.
package struct CountKey: Hashable, Sendable {
    private let parts: Hashed<Values>

    package var experience: String { parts.value.experience }
    package var population: Population { parts.value.population }
    package var outcome: Outcome { parts.value.outcome }
    /// Nil: nothing was served, or without an audience.
    package var audience: String? { parts.value.audience }
    package var variation: String? { parts.value.variation }

    private struct Values: Hashable, Sendable {
        let experience: String
        let population: Population
        let outcome: Outcome
        let audience: String?
        let variation: String?
    }

    package init(
        experience: String, population: Population, outcome: Outcome, audience: String? = nil,
        variation: String? = nil
    ) {
        parts = Hashed(
            Values(
                experience: experience, population: population, outcome: outcome,
                audience: audience, variation: variation))
    }

    /// What an observation of a subject is counted by.
    package init(_ observation: Observation, of population: Population) {
        self.init(
            experience: observation.experience, population: population,
            outcome: observation.outcome, audience: observation.audience,
            variation: observation.variation)
    }
}
