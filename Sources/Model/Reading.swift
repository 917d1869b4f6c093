/// Observations in the order of the store, for whoever carries them elsewhere.
package protocol ObservationReading: Sendable {
    /// The lines after a cursor, at most `limit`, in ascending `seq`; empty: there are no more.
    /// `since` and `until` bound the due instant, half open.
    func observationLines(
        after seq: Int64, since: Instant?, until: Instant?, limit: Int
    ) throws -> [ObservationLine]
}

/// Rows and what was made of them, for whoever closes windows.
package protocol WindowReading: Sendable {
    /// The instant before which every window is closed; nil: none was closed yet.
    func watermark() throws -> Instant?
    /// An instant from a given one on before which no result was due; nil: none is due after it.
    func firstDue(from instant: Instant) throws -> Instant?
    /// Hands over the results that were due within a span, in the store's order.
    func digests(
        in span: Span, target: String?, plan: String?, _ body: (ResultDigest) throws -> Void) throws
    /// The rollups of one size whose windows start within a span, merged.
    func tallies(
        size: WindowSize, in span: Span, target: String?, plan: String?, shapes: [[String]]?
    ) throws -> [RollupScope: Tally]
    /// The same, window by window.
    func rollups(
        size: WindowSize, in span: Span, target: String?, plan: String?, shapes: [[String]]?
    ) throws -> [Rollup]
    /// The last state that is of an instant, or before it; nil: there is none.
    func snapshot(at instant: Instant) throws -> StateSnapshot?
    /// What was found in the windows that start within a span.
    func windowFindings(in span: Span) throws -> [WindowFindings]
    func audienceNames() throws -> [String: String]
    /// Every configuration that ran, oldest first.
    func configurations() throws -> [StoredConfiguration]
    /// What retention has left.
    func horizon() throws -> Horizon
    /// Results that came too late for their window, of windows that start within a span.
    func lateResults(in span: Span) throws -> Int
    /// The flips of a plan's panel at a target that were due within a span, in time.
    func cellChanges(in span: Span, plan: String, target: String) throws -> [CellChange]
    /// What every cell of a plan at a target answered at an instant.
    func targetingMap(plan: String, target: String, at instant: Instant) throws -> [TargetingCell]
}

/// The one that closes windows.
package protocol WindowStore: WindowReading {
    /// False, and nothing is changed: the watermark is not what it was when these were worked out.
    func commit(_ closed: ClosedWindows) throws -> Bool
    /// Commits windows that were closed once more: the watermark stays.
    func replace(_ closed: ClosedWindows) throws
    /// Takes the watermark back: what was worked out of later windows is forgotten, rows stay.
    func rewind(to snapshot: StateSnapshot?, after former: Instant) throws
}

/// How one round of a plan stands.
package struct RoundStatus: Hashable, Sendable {
    package enum State: String, Sendable, Codable, CaseIterable {
        case running, complete, incomplete
    }

    package var plan: String
    package var target: String
    /// From 1.
    package var number: Int
    package var startedAt: Instant
    /// Probes of the round: its index space and what was carried over.
    package var probes: Int
    /// Every position below this one is settled: recorded, dropped or skipped.
    package var position: Int
    /// Probes that were not sent, by cause.
    package var dropped: [String: Int]
    package var state: State
    /// Cohort subjects of its index space, as its start decided.
    package var cohortSubjects: Int
    /// Subjects of a cohort file that earlier rounds had used.
    package var cohortUsed: Int
    /// Hash of what the round was planned from: a restart resumes it only if this is the same.
    package var fingerprint: String

    package init(
        plan: String, target: String, number: Int, startedAt: Instant, probes: Int,
        position: Int = 0, dropped: [String: Int] = [:], state: State = .running,
        cohortSubjects: Int = 0, cohortUsed: Int = 0, fingerprint: String = ""
    ) {
        self.plan = plan
        self.target = target
        self.number = number
        self.startedAt = startedAt
        self.probes = probes
        self.position = position
        self.dropped = dropped
        self.state = state
        self.cohortSubjects = cohortSubjects
        self.cohortUsed = cohortUsed
        self.fingerprint = fingerprint
    }
}

/// A configuration as the store keeps it.
package struct StoredConfiguration: Hashable, Sendable {
    package let hash: String
    package let validFrom: Instant
    package let configuration: EffectiveConfiguration

    package init(hash: String, validFrom: Instant, configuration: EffectiveConfiguration) {
        self.hash = hash
        self.validFrom = validFrom
        self.configuration = configuration
    }
}
