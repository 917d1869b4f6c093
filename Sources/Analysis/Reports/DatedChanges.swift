package import Model

/// Whatever changed at a known time, for charts to mark: what findings date, and configurations that
/// took the place of others.
package struct DatedChanges: Sendable {
    struct Change {
        var mark: ChartMark
        var target: String?
        var plan: String
        /// Nil: all of the plan.
        var experience: String?
        /// Nil: all of the experience.
        var audience: String?
        /// How sure it is, beside others of its kind.
        var weight = 0.0
    }

    private let all: [Change]
    private let audienceNames: [String: String]

    /// `findings`: those of now, and those that windows had; one thing may be told many times.
    /// `configurations`: all there ever were, in time.
    package init(
        findings: [Finding], configurations: [StoredConfiguration],
        audienceNames: [String: String] = [:]
    ) {
        let rounds = configurations.last?.configuration.plans.map { ($0.name, $0.roundUs) } ?? []
        let roundUs = Dictionary(rounds, uniquingKeysWith: { first, _ in first })
        let found = findings.compactMap(Change.init)
        all =
            (merged(found, roundUs: roundUs) + begun(configurations))
            .sorted { ($0.mark.at, $0.mark.words) < ($1.mark.at, $1.mark.words) }
        self.audienceNames = audienceNames
    }

    /// Kinds of findings that tell of a change.
    package static var kinds: [FindingKind] {
        FindingKind.allCases.filter { ChartMark.Kind(rawValue: $0.rawValue) != nil }
    }
}

/// What concerns which chart. A change where a chart begins has nothing before it, and is no mark.
extension DatedChanges {
    package func marks(of history: SplitHistory) -> [ChartMark] {
        guard let first = history.points.first, let last = history.points.last else { return [] }
        return marks(
            over: Span(since: first.at, until: last.at), target: history.target,
            plan: history.plan
        ) { isOfSplits($0, history.experience) && isAbout($0, history.audience) }
    }

    /// All of the plan's: answers may come slower because of any of them.
    package func marks(of heat: LatencyHeat) -> [ChartMark] {
        guard let first = heat.columns.first, let last = heat.columns.last else { return [] }
        return marks(
            over: Span(since: first.span.since, until: last.span.until), target: heat.target,
            plan: heat.plan
        ) { _ in true }
    }

    /// `span`: the days that are told of the ramp.
    package func marks(of history: RampHistory, over span: Span) -> [ChartMark] {
        let ramp = history.ramp
        return marks(over: span, target: history.target, plan: history.plan) { change in
            isOfSplits(change, ramp.experience)
                && (ramp.audience == Ramp.everyone || isAbout(change, named: ramp.audience))
        }
    }

    private func marks(
        over span: Span, target: String, plan: String, where concerns: (Change) -> Bool
    ) -> [ChartMark] {
        all.filter {
            $0.plan == plan && $0.target ?? target == target && span.since < $0.mark.at
                && $0.mark.at <= span.until && concerns($0)
        }.map(\.mark)
    }

    /// True: it may change what an experience serves.
    private func isOfSplits(_ change: Change, _ experience: String) -> Bool {
        ![.latencyRegression, .errorRate].contains(change.mark.kind)
            && change.experience ?? experience == experience
    }

    /// A split without an audience is that of being served at all.
    private func isAbout(_ change: Change, _ audience: String?) -> Bool {
        change.mark.kind == .splitChange
            ? change.audience == audience : change.audience ?? audience == audience
    }

    /// The same of an audience that is stated by its id or by its name.
    private func isAbout(_ change: Change, named audience: String) -> Bool {
        guard let own = change.audience else { return change.mark.kind != .splitChange }
        return own == audience || audienceNames[own] == audience
    }
}

extension DatedChanges.Change {
    /// Nil: the finding is no change, or nobody knows since when.
    fileprivate init?(_ finding: Finding) {
        guard let at = finding.since, let kind = ChartMark.Kind(rawValue: finding.kind.rawValue)
        else { return nil }
        // A mix is one of the whole experience.
        let audience = kind == .distributionDrift ? nil : finding.audience
        self.init(
            mark: ChartMark(at: at, kind: kind, words: finding.why), target: finding.target,
            plan: finding.plan, experience: finding.experience, audience: audience,
            weight: finding.evidence?.value ?? 0)
    }

    fileprivate var subject: [String?] {
        [mark.kind.rawValue, target, plan, experience, audience]
    }
}

/// One change is found window after window, each time dated a little otherwise; the panel sees it
/// cell by cell, over a round. What is told of one thing within three hours, or within a round of
/// the panel, is one change: in the words of whoever had most evidence, and dated by them, but that
/// the panel is right about the first flip.
private func merged(
    _ changes: [DatedChanges.Change], roundUs: [String: Int64]
) -> [DatedChanges.Change] {
    let reach = 3 * Instant.microsecondsPerHour
    return Dictionary(grouping: changes, by: \.subject).values.flatMap { told in
        var groups: [[DatedChanges.Change]] = []
        for change in told.sorted(by: { $0.mark.at < $1.mark.at }) {
            let isOfPanel = change.mark.kind == .targetingChange
            let apart = isOfPanel ? max(reach, roundUs[change.plan] ?? 0) : reach
            if let first = groups.last?.first, first.mark.at.distance(to: change.mark.at) <= apart {
                groups[groups.count - 1].append(change)
            } else {
                groups.append([change])
            }
        }
        return groups.compactMap { group in
            var surest = group.max { $0.weight < $1.weight }
            if surest?.mark.kind == .targetingChange, let first = group.first {
                surest?.mark.at = first.mark.at
            }
            return surest
        }
    }
}
