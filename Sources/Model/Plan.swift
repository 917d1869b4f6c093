/// A rate of probes.
package struct Rate: Hashable, Sendable, Codable {
    package let perSecond: Double

    package init(perSecond: Double) {
        precondition(perSecond > 0 && perSecond.isFinite, "a rate is a positive number")
        self.perSecond = perSecond
    }

    package var perMinute: Double { perSecond * 60 }
    package var perDay: Double { perSecond * 86_400 }
}

/// What a user asks to be probed: experiences, a matrix, subjects, and the split that is meant.
package struct Plan: Hashable, Sendable, Codable {
    package var name: String
    /// The name of its target.
    package var target: String
    package var experiences: ExperienceSelection
    package var cadence: Cadence
    package var rate: Rate
    package var subjects: SubjectPlan
    package var matrix: MatrixDefinition
    package var allocations: [Allocation]
    /// Audiences whose split is moved on purpose: tracked, not tested.
    package var untested: [ExperienceAudience]
    /// Percent of subjects held out, by experience whose every cohort subject must match.
    package var controls: [String: Double]
    package var epoch: Epoch
    package var overlong: Overlong
    /// Nil: always.
    package var active: ActiveHours?
    package var connections: ConnectionPolicy
    /// Further targets that every probe is asked at as well, side by side.
    package var compared: [String]
    /// Allocations that step; none beside an allocation of the same audience.
    package var ramps: [Ramp]
    package var expectations: [Expectation]
    package var thresholds: Thresholds
    /// Pairs of dimensions that are watched like single ones; each sorted.
    package var watch: [[String]]

    package init(
        name: String, target: String, experiences: ExperienceSelection, cadence: Cadence,
        rate: Rate, subjects: SubjectPlan, matrix: MatrixDefinition,
        allocations: [Allocation] = [], untested: [ExperienceAudience] = [],
        controls: [String: Double] = [:], epoch: Epoch = Epoch(), overlong: Overlong = .skip,
        active: ActiveHours? = nil, connections: ConnectionPolicy = .keepAlive,
        compared: [String] = [], ramps: [Ramp] = [], expectations: [Expectation] = [],
        thresholds: Thresholds = Thresholds(), watch: [[String]] = []
    ) {
        self.name = name
        self.target = target
        self.experiences = experiences
        self.cadence = cadence
        self.rate = rate
        self.subjects = subjects
        self.matrix = matrix
        self.allocations = allocations
        self.untested = untested
        self.controls = controls
        self.epoch = epoch
        self.overlong = overlong
        self.active = active
        self.connections = connections
        self.compared = compared
        self.ramps = ramps
        self.expectations = expectations
        self.thresholds = thresholds
        self.watch = watch
    }

    /// Stores keep configurations of former versions, which lack the newer members.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        target = try values.decode(String.self, forKey: .target)
        experiences = try values.decode(ExperienceSelection.self, forKey: .experiences)
        cadence = try values.decode(Cadence.self, forKey: .cadence)
        rate = try values.decode(Rate.self, forKey: .rate)
        subjects = try values.decode(SubjectPlan.self, forKey: .subjects)
        matrix = try values.decode(MatrixDefinition.self, forKey: .matrix)
        allocations = try values.decode([Allocation].self, forKey: .allocations)
        untested = try values.decode([ExperienceAudience].self, forKey: .untested)
        controls = try values.decode([String: Double].self, forKey: .controls)
        epoch = try values.decode(Epoch.self, forKey: .epoch)
        overlong = try values.decodeIfPresent(Overlong.self, forKey: .overlong) ?? .skip
        active = try values.decodeIfPresent(ActiveHours.self, forKey: .active)
        connections =
            try values.decodeIfPresent(ConnectionPolicy.self, forKey: .connections) ?? .keepAlive
        compared = try values.decodeIfPresent([String].self, forKey: .compared) ?? []
        ramps = try values.decodeIfPresent([Ramp].self, forKey: .ramps) ?? []
        expectations =
            try values.decodeIfPresent([Expectation].self, forKey: .expectations) ?? []
        thresholds =
            try values.decodeIfPresent(Thresholds.self, forKey: .thresholds) ?? Thresholds()
        watch = try values.decodeIfPresent([[String]].self, forKey: .watch) ?? []
    }

    /// Its own target, then those that are compared with it.
    package var targets: [String] { [target] + compared }
}

/// What happens when a round is due and the one before has not ended.
package enum Overlong: String, Hashable, Sendable, Codable, CaseIterable {
    /// The round that is due does not take place.
    case skip
    /// Both run side by side, each at the plan's rate.
    case overlap
}

/// Which connection a probe travels on.
package enum ConnectionPolicy: String, Hashable, Sendable, Codable, CaseIterable {
    /// One that is open, if there is one.
    case keepAlive = "keep_alive"
    /// Always a new one, its name looked up anew, no TLS session resumed: what a cold client sees.
    case newConnection = "new_connection"
}

/// Which experiences a plan watches.
package enum ExperienceSelection: Hashable, Sendable, Codable {
    /// The active keys that the metadata API lists.
    case all
    case keys([String])
}

/// When rounds start.
package enum Cadence: Hashable, Sendable, Codable {
    /// One each period, in microseconds.
    case every(microseconds: Int64)
    /// The next when the one before has ended.
    case continuous
}

/// Which subjects a plan sends.
package struct SubjectPlan: Hashable, Sendable, Codable {
    package var panel: Panel?
    package var cohort: Cohort?

    package init(panel: Panel? = nil, cohort: Cohort? = nil) {
        self.panel = panel
        self.cohort = cohort
    }

    package enum Panel: Hashable, Sendable, Codable {
        case generated(count: Int, prefix: String)
        case file(path: String)
    }

    package struct Cohort: Hashable, Sendable, Codable {
        package enum Source: Hashable, Sendable, Codable {
            case generated(prefix: String)
            case file(path: String)
        }
        /// Share of cohort subjects among a round's subjects-in-context, 0…1.
        package var share: Double
        package var source: Source
        /// New customer ids a UTC day at most; nil: no limit.
        package var perDay: Int?

        package init(share: Double, source: Source, perDay: Int? = nil) {
            self.share = share
            self.source = source
            self.perDay = perDay
        }
    }
}

/// The split that is meant for one audience of one experience.
package struct Allocation: Hashable, Sendable, Codable {
    package var experience: String
    /// An audience's id or its name, as the user wrote it.
    package var audience: String
    /// Percent by variation, in the order written; they sum to 100.
    package var shares: [VariationShare]

    package init(experience: String, audience: String, shares: [VariationShare]) {
        self.experience = experience
        self.audience = audience
        self.shares = shares
    }
}

package struct VariationShare: Hashable, Sendable, Codable {
    package var variation: String
    package var percent: Double

    package init(variation: String, percent: Double) {
        self.variation = variation
        self.percent = percent
    }
}

/// An audience of an experience, by id or by name.
package struct ExperienceAudience: Hashable, Sendable, Codable {
    package var experience: String
    package var audience: String

    package init(experience: String, audience: String) {
        self.experience = experience
        self.audience = audience
    }
}

/// Since when the stated allocations hold. Nil: since the configuration that first stated them.
package struct Epoch: Hashable, Sendable, Codable {
    package var common: Instant?
    package var byExperience: [String: Instant]

    package init(common: Instant? = nil, byExperience: [String: Instant] = [:]) {
        self.common = common
        self.byExperience = byExperience
    }

    package subscript(experience: String) -> Instant? { byExperience[experience] ?? common }
}
