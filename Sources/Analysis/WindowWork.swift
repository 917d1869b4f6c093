package import Model

/// Works out what closed windows bring, one span after the other.
package struct WindowWork: Sendable {
    let store: any WindowReading
    private var configurations: [StoredConfiguration] = []
    private var audienceNames: [String: String] = [:]
    /// What the last closed window left.
    package internal(set) var state = AnalysisState()
    private var roller = Roller(shapes: [:])
    var usual = UsualHours()
    private var drift = DriftWatch()

    package init(store: any WindowReading) {
        self.store = store
    }

    /// Windows are closed from here on, each after the one before.
    package mutating func begin(from state: AnalysisState) throws {
        self.state = state
        usual.beginStep()
        let stored = try store.configurations()
        audienceNames = try store.audienceNames()
        guard stored != configurations else { return }
        configurations = stored
        roller = Roller(shapes: shapesOfPlans)
    }

    /// The shapes of every plan that ever ran, by its name; those that it had at any time.
    private var shapesOfPlans: [String: [[String]]] {
        var shapes: [String: [[String]]] = [:]
        for plan in configurations.flatMap(\.configuration.plans) {
            let known = shapes[plan.name] ?? []
            let more = rollupShapes(of: plan.matrix) + plan.watch
            shapes[plan.name] = known + more.filter { !known.contains($0) }
        }
        return shapes
    }

    /// Closes the windows of a span, which is aligned to five minutes. Returns how many results they
    /// hold, and what is to be committed.
    package mutating func close(
        _ span: Span, after watermark: Instant?
    ) throws -> (results: Int, ClosedWindows) {
        var count = 0
        var pairs = Pairs(of: configurations)
        try store.digests(in: span, target: nil, plan: nil) {
            roller.add($0)
            pairs.add($0)
            count += 1
        }
        let fresh = roller.take()
        let hours = try widened(fresh, to: .hour, closing: span)
        let days = try widened(hours, to: .day, closing: span)
        drift.take(hours, since: span.since)
        var closed = ClosedWindows(span: span, rollups: fresh + hours + days, former: watermark)
        usual.add(hours)
        try evaluate(fresh, pairs.byWindow(), over: span, into: &closed)
        return (count, closed)
    }

    /// The longer windows that end within the span: merged from the fresh shorter ones and from
    /// those that were stored before it.
    private func widened(
        _ fresh: [Rollup], to size: WindowSize, closing span: Span
    ) throws -> [Rollup] {
        guard let source = size.source else { return [] }
        let first = Window(size, containing: span.since)
        let end = Window(size, containing: span.until).start
        guard first.start < end else { return [] }
        var merged = merge(fresh.filter { $0.key.window.start < end }, into: size)
        guard first.start < span.since else { return merged }
        let closed = Window(source, containing: span.since).start
        var begun = try store.tallies(
            size: source, in: Span(since: first.start, until: closed), target: nil, plan: nil,
            shapes: nil)
        merged.removeAll { rollup in
            guard rollup.key.window == first else { return false }
            begun[rollup.key.scope, default: Tally()].merge(rollup.tally)
            return true
        }
        return merged
            + begun.map { scope, tally in
                let key = RollupKey(
                    target: scope.target, plan: scope.plan, segment: scope.segment, window: first)
                return Rollup(key: key, tally: tally)
            }
    }
}

/// Evaluation, window by window.
extension WindowWork {
    private mutating func evaluate(
        _ rollups: [Rollup], _ pairs: [Instant: [Pairs.Key: [Pairs.Pair]]], over span: Span,
        into closed: inout ClosedWindows
    ) throws {
        var byWindow: [Instant: [PlanScope: [Segment: Tally]]] = [:]
        for rollup in rollups {
            let scope = PlanScope(target: rollup.key.target, plan: rollup.key.plan)
            byWindow[rollup.key.window.start, default: [:]][scope, default: [:]][
                rollup.key.segment] = rollup.tally
        }
        let flips = try Flips(of: configurations, in: span, from: store)
        // Where nothing was probed nothing is found, and the state stays as it is.
        for start in byWindow.keys.sorted() {
            snapshots(until: start, into: &closed)
            let window = Window(.fiveMinutes, containing: start)
            let shown = Shown(
                window: window, tallies: byWindow, flips: flips, pairs: pairs[start] ?? [:],
                since: span.since)
            let (findings, points) = try evaluate(shown)
            closed.points += points
            if !findings.isEmpty {
                closed.findings.append(WindowFindings(start: start, findings: findings))
            }
        }
        snapshots(until: span.until, into: &closed)
        if closed.snapshots.last?.at != span.until {
            closed.snapshots.append(StateSnapshot(at: span.until, state: state))
        }
    }

    /// Keeps the state at the last whole period that begins at or before an instant.
    private func snapshots(until instant: Instant, into closed: inout ClosedWindows) {
        let period = StateSnapshot.period
        let at = Instant(
            microseconds: instant.microseconds.flooredDivision(by: period) * period)
        guard at > closed.snapshots.last?.at ?? closed.span.since else { return }
        closed.snapshots.append(StateSnapshot(at: at, state: state))
    }

    private mutating func evaluate(
        _ shown: Shown
    ) throws -> (findings: [String], points: [SplitPoint]) {
        let window = shown.window
        var held = configurations.filter { $0.validFrom < window.end }
        // Of a clock that was set back: the first one holds for what came before it.
        if held.isEmpty { held = Array(configurations.prefix(1)) }
        guard let present = held.last?.configuration else { return ([], []) }
        let asked = present.plans.flatMap { plan in plan.targets.map { (plan, $0) } }
        let streams = state.splits.reduce(0) { $0 + $1.streams.count }
        var points: [SplitPoint] = []
        var watched = 0
        let evidence = try asked.map { planned, target -> PlanEvidence in
            var plan = planned
            plan.target = target
            let scope = PlanScope(target: target, plan: plan.name)
            var evidence = PlanEvidence(
                target: target, plan: plan,
                tallies: shown.tallies[window.start]?[scope] ?? [.everyone: Tally()],
                audienceNames: audienceNames)
            try state.add(
                evidence.everyone, of: plan, in: window, configurations: held, from: store)
            evidence.epochs = state.epochs(of: plan)
            evidence.ramps = state.ramps(of: plan)
            points += state.watch(evidence, in: window, lnLimit: changeLimit(streams: streams))
            evidence.splits = state.splits(of: plan)
            watched += try watchRates(&evidence, shown)
            evidence.flips = shown.flips.changes(of: scope, until: window.end)
            evidence.flipsSince = window.start
            if evidence.flips.contains(where: { $0.at >= window.start }) {
                evidence.map = try store.targetingMap(
                    plan: plan.name, target: target, at: window.end)
            }
            evidence.shifts = try drift.shifts(
                of: evidence, at: window.end, plans: asked.count, configurations: held, in: store)
            return evidence
        }
        state.watchedRates = max(state.watchedRates, watched)
        let findings = windowFindings(evidence, at: window.end).map { finding in
            var json = JSONText()
            finding.write(to: &json)
            return json.text
        }
        return (findings, points)
    }
}

/// A plan at one of its targets.
struct PlanScope: Hashable, Sendable {
    let target: String
    let plan: String
}

/// The panel's flips of the windows that are closed in one step.
struct Flips {
    private var byScope: [PlanScope: [CellChange]] = [:]

    /// So long back who changed before is remembered.
    private static let memory = Instant.microsecondsPerDay

    init(
        of configurations: [StoredConfiguration], in span: Span, from store: any WindowReading
    ) throws {
        let plans = configurations.flatMap(\.configuration.plans)
        for scope in Set(
            plans.flatMap { plan in plan.targets.map { PlanScope(target: $0, plan: plan.name) } })
        {
            byScope[scope] = try store.cellChanges(
                in: Span(since: span.since.advanced(by: -Self.memory), until: span.until),
                plan: scope.plan, target: scope.target)
        }
    }

    func changes(of scope: PlanScope, until end: Instant) -> [CellChange] {
        (byScope[scope] ?? []).filter {
            $0.at < end && $0.at >= end.advanced(by: -Self.memory)
        }
    }
}
