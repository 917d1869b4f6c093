import Analysis
import Model
import Planning
import Storage

/// Answers questions about a store: reads rollups for closed windows and rows for the rest, and
/// hands them to the analysis.
struct ReportAssembly {
    let store: Store
    let now: Instant
    /// What the daemon knows of its store, which cannot say so itself; nil: nothing is wrong now.
    var outage: StoreOutage?

    /// So long a damaged store that was replaced is told of.
    private static let replacementShown = 7 * Instant.microsecondsPerDay

    func report(_ question: ReportQuestion) throws -> Report {
        let watermark = try store.watermark()
        let horizon = try store.horizon()
        // Told as it can be: from the hour or the day on that is left of it.
        func reachable(_ span: Span) -> Span {
            Cover(span, watermark: watermark, horizon: horizon).span
        }
        let span = reachable(question.span(now: now))
        let baseline = try
            (question.baselineSpan(of: span, now: now)
            ?? usualBaseline(of: span, question)).map(reachable).map {
                Baseline(
                    span: $0,
                    evidence: try self.evidence(
                        over: $0, question, watermark: watermark, isBaseline: true,
                        like: question.kind == .drift ? LikeHours(of: span, in: $0) : nil))
            }
        var evidence = try self.evidence(over: span, question, watermark: watermark)
        if question.kind == .split, question.dimensions.isEmpty {
            evidence = try withPairs(evidence, until: span.until, watermark: watermark)
        }
        var report = Analysis.report(
            question.kind, over: reported(span, question, evidence), evidence: evidence,
            baseline: baseline, watermark: watermark, experience: question.experience,
            by: question.dimensions)
        if question.isDrawn { report.charts = try charts(of: report) }
        return report
    }

    /// Drift is told against something: as many whole weeks before as the span begins, unless it is
    /// told otherwise.
    private func usualBaseline(of span: Span, _ question: ReportQuestion) -> Span? {
        guard question.kind == .drift else { return nil }
        let week = 7 * Instant.microsecondsPerDay
        let weeks = max(1, -(-span.since.distance(to: span.until)).flooredDivision(by: week))
        return Span(since: span.since.advanced(by: -weeks * week), until: span.since)
    }

    /// A split report is about the time since the first epoch, unless it is told otherwise.
    private func reported(
        _ span: Span, _ question: ReportQuestion, _ evidence: [PlanEvidence]
    ) -> Span {
        guard question.kind == .split, question.since == nil else { return span }
        let epochs = evidence.flatMap { $0.epochs.values.map(\.since) }
        return Span(since: epochs.min() ?? span.since, until: span.until)
    }

    private func evidence(
        over span: Span, _ question: ReportQuestion, watermark: Instant?, isBaseline: Bool = false,
        like: LikeHours? = nil
    ) throws -> [PlanEvidence] {
        let parts = like?.spans ?? [span]
        let configurations = try store.configurations()
        guard let newest = configurations.last?.configuration else { return [] }
        try requireDimensions(question.dimensions, of: newest)
        let names = try store.audienceNames()
        let statuses = try store.targetStatuses()
        var work =
            isBaseline
            ? WindowWork(store: store) : try closed(until: span.until, watermark: watermark).work
        var leads: Set<String> = []
        var drift = DriftWatch()
        let asked = newest.plans.flatMap { plan in plan.targets.map { (plan, $0) } }
        return try asked.map { planned, target in
            // At a target that it is compared with, a plan is as if it were its own.
            var plan = planned
            plan.target = target
            let reader = TallyReader(
                store: store, plan: plan, watermark: watermark, horizon: try store.horizon())
            let shapes = shapes(for: question, of: plan)
            var evidence = PlanEvidence(
                target: plan.target, plan: plan,
                tallies: try reader.tallies(over: parts, shapes: shapes), audienceNames: names)
            evidence.compared = like?.kind ?? .all
            if question.kind == .drift {
                try evidence.readDrift(
                    over: span, of: parts, isBaseline: isBaseline, watermark: watermark, from: store
                )
            }
            evidence.round = try store.lastRound(plan: plan.name, target: plan.target)
            evidence.wholeRound = try store.lastWholeRound(plan: plan.name, target: plan.target)
            evidence.watch = try watch(of: plan, in: newest, since: span.since)
            evidence.watch.status = statuses[target]
            evidence.watch.isLead = leads.insert(target).inserted
            if evidence.watch.isLead, !isBaseline {
                evidence.watch.objectives = try objectives(
                    of: target, in: newest, until: span.until, watermark: watermark)
            }
            evidence.contexts = contexts(of: evidence, shapes: shapes)
            evidence.splits = work.state.splits(of: plan)
            evidence.ramps = work.state.ramps(of: plan)
            if !isBaseline { try addRates(to: &evidence, &work, reader, question, at: span.until) }
            if !isBaseline { evidence.rampHealth = try health(of: plan, at: span.until, reader) }
            try addPanel(to: &evidence, over: span, question)
            evidence.expectations = try expectationCells(of: plan)
            if question.kind == .rollout { evidence.days = try days(of: plan, reader) }
            evidence.epochs =
                isBaseline
                ? earlier(evidence, over: span)
                : try epochs(
                    of: evidence, span: span, isBounded: question.since != nil, reader: reader,
                    configurations: configurations)
            if !isBaseline, let watermark {
                evidence.shifts = try drift.shifts(
                    of: evidence, at: min(span.until, watermark), plans: asked.count,
                    configurations: configurations, in: store)
            }
            return evidence
        }
    }

    /// The state of analysis at an instant: what was kept, and the windows that have ended since.
    ///
    /// Where nobody closes windows, as of a store that only `probe` writes to, they are closed here
    /// and forgotten. `points` are those that they brought.
    func closed(
        until instant: Instant, watermark: Instant?
    ) throws -> (work: WindowWork, points: [SplitPoint]) {
        let kept = try store.snapshot(at: instant)
        let end = Window(.fiveMinutes, containing: instant).start
        var begun = kept?.at
        if begun == nil {
            begun = try store.firstDue(from: Instant(microseconds: .min)).map {
                Window(.fiveMinutes, containing: $0).start
            }
        }
        var work = WindowWork(store: store)
        try work.begin(from: kept?.state ?? AnalysisState())
        guard let begun, begun < end, begun.distance(to: end) <= Self.catchUp,
            reachableRows.map({ begun >= $0 }) ?? true
        else { return (work, []) }
        let (_, closed) = try work.close(Span(since: begun, until: end), after: watermark)
        return (work, closed.points)
    }

    /// Rates that rose; and what latencies usually are, where somebody asks.
    private func addRates(
        to evidence: inout PlanEvidence, _ work: inout WindowWork, _ reader: TallyReader,
        _ question: ReportQuestion, at instant: Instant
    ) throws {
        let plan = evidence.plan
        let risen = work.risenSpan(of: plan, until: instant)
        guard risen != nil || [.latency, .summary].contains(question.kind) else { return }
        let all = rollupShapes(of: plan.matrix)
        let asked = question.kind == .latency ? shapes(for: question, of: plan) : [[]]
        try work.addRates(
            to: &evidence,
            recent: try risen.map { try reader.tallies(over: $0, shapes: all) } ?? [:],
            shapes: risen == nil ? asked.filter(all.contains) : all, at: instant)
    }

    /// More than so much is not caught up with: it would take minutes.
    private static let catchUp = 7 * Instant.microsecondsPerDay

    private var reachableRows: Instant? { try? store.horizon().rows }

    /// How a target's results were over the spans that its objectives are watched by, of all plans.
    private func objectives(
        of target: String, in configuration: EffectiveConfiguration, until: Instant,
        watermark: Instant?
    ) throws -> [ObjectiveEvidence] {
        let own = configuration.objectives.filter { $0.target == target }
        guard !own.isEmpty else { return [] }
        let horizon = try store.horizon()
        var tallies: [Int64: Tally] = [:]
        for length in Set(ObjectiveEvidence.watched.flatMap { [$0.long, $0.short] }) {
            let span = Span(since: until.advanced(by: -length), until: until)
            for planned in configuration.plans where planned.targets.contains(target) {
                var plan = planned
                plan.target = target
                let reader = TallyReader(
                    store: store, plan: plan, watermark: watermark, horizon: horizon)
                if let tally = try reader.tallies(over: span, shapes: [[]])[.everyone] {
                    tallies[length, default: Tally()].merge(tally)
                }
            }
        }
        return own.map { ObjectiveEvidence(objective: $0, tallies: tallies) }
    }

    /// The panel's flips, and the map where somebody needs it.
    private func addPanel(
        to evidence: inout PlanEvidence, over span: Span, _ question: ReportQuestion
    ) throws {
        evidence.flips = try store.cellChanges(
            in: span, plan: evidence.plan.name, target: evidence.target)
        let needsMap = [.stability, .targeting, .drift].contains(question.kind)
        guard needsMap || !evidence.flips.isEmpty else { return }
        evidence.map = try store.targetingMap(
            plan: evidence.plan.name, target: evidence.target, at: span.until)
    }

    /// Cells of what the plan expects now: of what it once did, or where it asks no more, nothing is
    /// told.
    private func expectationCells(of plan: Plan) throws -> [ExpectationCell] {
        guard !plan.expectations.isEmpty else { return [] }
        let stated = Set(plan.expectations.map(\.identity))
        let matrix = Matrix(plan.matrix)
        return try store.expectationCells(plan: plan.name, target: plan.target).filter {
            stated.contains($0.expectation) && matrix.contains($0.context)
        }
    }

    /// How results were since the present step of each ramp, and a day before that.
    private func health(
        of plan: Plan, at instant: Instant, _ reader: TallyReader
    ) throws -> [RampHealth] {
        try plan.ramps.compactMap { ramp in
            guard let spans = RampHealth.spans(of: ramp, at: instant),
                let before = try reader.tallies(over: spans.before, shapes: [[]])[.everyone],
                let since = try reader.tallies(over: spans.since, shapes: [[]])[.everyone]
            else { return nil }
            return RampHealth(ramp: ramp, before: before, since: since)
        }
    }

    /// Everyone by day, since the day before the first ramp's first step; 92 days at most.
    private func days(of plan: Plan, _ reader: TallyReader) throws -> [DayEvidence] {
        guard let first = plan.ramps.compactMap(\.steps.first?.at).min() else { return [] }
        let day = Instant.microsecondsPerDay
        var start = max(
            Window(.day, containing: first).start.advanced(by: -day),
            Window(.day, containing: now).start.advanced(by: -91 * day))
        var days: [DayEvidence] = []
        while start < now {
            let span = Span(since: start, until: min(now, start.advanced(by: day)))
            let tally = try reader.tallies(over: span, shapes: [[]])[.everyone] ?? Tally()
            days.append(DayEvidence(span: span, tally: tally))
            start = start.advanced(by: day)
        }
        return days
    }

    /// What was noticed about a plan's target beside what it served.
    private func watch(
        of plan: Plan, in configuration: EffectiveConfiguration, since: Instant
    ) throws -> TargetWatch {
        var watch = TargetWatch()
        watch.outage =
            try outage ?? store.lastOutage().flatMap { $0.until ?? $0.since > since ? $0 : nil }
        watch.replacement = try store.replacement().flatMap {
            $0.at > now.advanced(by: -Self.replacementShown) ? $0 : nil
        }
        watch.listed = try store.experienceStatuses(of: plan.target)
        watch.sightings = try store.sightings(plan: plan.name, target: plan.target)
        watch.notices = try store.answerNotices(
            plan: plan.name, target: plan.target, since: since)
        let plans = configuration.plans.filter { $0.targets.contains(plan.target) }
        if !plans.contains(where: { $0.experiences == .all }) {
            watch.watchedKeys = Set(
                plans.flatMap { plan -> [String] in
                    if case .keys(let keys) = plan.experiences { keys } else { [] }
                })
        }
        return watch
    }

    private func requireDimensions(
        _ wanted: [String], of configuration: EffectiveConfiguration
    ) throws {
        let known = Set(configuration.plans.flatMap(\.matrix.dimensions))
        for dimension in wanted where !known.contains(dimension) {
            throw CommandFailure(
                .data,
                "no plan has the dimension '\(dimension)'; there is"
                    + " \(known.sorted().joined(separator: ", "))")
        }
    }

    private func shapes(for question: ReportQuestion, of plan: Plan) -> [[String]] {
        if !question.dimensions.isEmpty { return [[], question.dimensions.sorted()] }
        switch question.kind {
        case .split, .distribution, .drift, .stability, .targeting, .rollout, .expectations:
            return [[]]
        case .summary, .coverage, .latency:
            return [[]] + plan.matrix.dimensions.map { [$0] }
        }
    }

    /// Contexts of the segments that the matrix has, asked or not.
    private func contexts(of evidence: PlanEvidence, shapes: [[String]]) -> [Segment: Int] {
        let matrix = Matrix(evidence.plan.matrix)
        var segments = Set(evidence.tallies.keys)
        for shape in shapes where shape.count <= 1 {
            segments.formUnion(matrix.segments(of: shape))
        }
        return Dictionary(
            segments.map { ($0, matrix.count(in: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// What a baseline shows of splits: all of its span, whatever was meant then.
    private func earlier(_ evidence: PlanEvidence, over span: Span) -> [String: EpochEvidence] {
        let seen = Set(evidence.everyone.counts.keys.map(\.experience))
        let all = EpochEvidence(since: span.since, tally: evidence.everyone)
        return Dictionary(seen.map { ($0, all) }, uniquingKeysWith: { $1 })
    }

    /// Splits are tested since their epoch: configured, or begun by the configuration that first
    /// stated them; `--since` shortens it.
    private func epochs(
        of evidence: PlanEvidence, span: Span, isBounded: Bool, reader: TallyReader,
        configurations: [StoredConfiguration]
    ) throws -> [String: EpochEvidence] {
        let seen = evidence.everyone.counts.keys.map(\.experience)
        let stated = evidence.plan.allocations.map(\.experience) + evidence.plan.controls.keys
        var bySince: [Instant: Tally] = [:]
        var epochs: [String: EpochEvidence] = [:]
        for experience in Set(seen + stated) {
            let begun =
                allocationEpoch(
                    of: experience, plan: evidence.plan.name, in: configurations) ?? span.since
            // Not a subject from before it: in an epoch of its own, it might be a mismatch.
            let since = reader.horizon.wholeFrom(isBounded ? max(begun, span.since) : begun)
            let tally =
                try bySince[since]
                ?? reader.tallies(over: Span(since: since, until: span.until), shapes: [[]])[
                    .everyone] ?? Tally()
            bySince[since] = tally
            epochs[experience] = EpochEvidence(since: since, tally: tally)
        }
        return epochs
    }
}

/// Reads what happened to one plan over a span, by segment.
struct TallyReader {
    let store: Store
    let plan: Plan
    let watermark: Instant?
    let horizon: Horizon

    func tallies(over span: Span, shapes: [[String]]) throws -> [Segment: Tally] {
        let rolled = Set(rollupShapes(of: plan.matrix))
        let fromRollups = shapes.filter(rolled.contains)
        let fromRows = shapes.filter { !rolled.contains($0) }
        var tallies: [Segment: Tally] = [:]
        let cover = Cover(span, watermark: watermark, horizon: horizon)
        let merged = try store.tallies(
            cover.rollups.map { ($0.size, $0.span) }, target: plan.target, plan: plan.name,
            shapes: fromRollups)
        for (scope, tally) in merged { tallies[scope.segment] = tally }
        for span in cover.rows { try addRows(over: span, shapes: fromRollups, to: &tallies) }
        if !fromRows.isEmpty {
            try requireRows(since: span.since)
            try addRows(over: span, shapes: fromRows, to: &tallies)
        }
        return tallies
    }

    /// Those of several spans, merged.
    func tallies(over spans: [Span], shapes: [[String]]) throws -> [Segment: Tally] {
        try spans.reduce(into: [:]) { all, span in
            all.merge(try tallies(over: span, shapes: shapes)) { $0.merging($1) }
        }
    }

    /// Two dimensions at once are read from rows: where these are gone, nothing can be told.
    private func requireRows(since: Instant) throws {
        guard let first = horizon.rows, since < first else { return }
        throw CommandFailure(
            .data,
            "the observations before \(first.rfc3339) are gone (`retention`), and these dimensions"
                + " are not rolled up together; ask for one of them, or for a later --since")
    }

    /// Folds rows, by the day: what is rolled is only merged here, so windows do not matter.
    private func addRows(
        over span: Span, shapes: [[String]], to tallies: inout [Segment: Tally]
    ) throws {
        var roller = Roller(size: .day, shapes: [plan.name: shapes])
        try store.digests(in: span, target: plan.target, plan: plan.name) { roller.add($0) }
        for rollup in roller.take() {
            tallies[rollup.key.segment, default: Tally()].merge(rollup.tally)
        }
    }
}
