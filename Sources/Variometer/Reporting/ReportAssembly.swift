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
    static let replacementShown = 7 * Instant.microsecondsPerDay

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
            ?? usualBaseline(of: span, question)).map(reachable).map { asked in
                let like = question.kind == .drift ? LikeHours(of: span, in: asked) : nil
                return Baseline(
                    span: like?.whole ?? asked,
                    evidence: try self.evidence(
                        over: asked, question, watermark: watermark, isBaseline: true, like: like))
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
            evidence.contexts = contexts(of: evidence, shapes: shapes)
            evidence.splits = work.state.splits(of: plan)
            evidence.ramps = work.state.ramps(of: plan)
            try addPanel(to: &evidence, over: span, question)
            evidence.epochs =
                isBaseline
                ? earlier(evidence, over: span)
                : try epochs(
                    of: evidence, span: span, isBounded: question.since != nil, reader: reader,
                    configurations: configurations)
            if isBaseline { return evidence }
            try addPresent(to: &evidence, in: newest, &work, reader, question, at: span.until)
            if let watermark {
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
    /// and forgotten. `fresh` is what they brought; nil: no window was closed here.
    func closed(
        until instant: Instant, watermark: Instant?
    ) throws -> (work: WindowWork, fresh: ClosedWindows?) {
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
        else { return (work, nil) }
        let (_, closed) = try work.close(Span(since: begun, until: end), after: watermark)
        return (work, closed)
    }

    /// More than so much is not caught up with: it would take minutes.
    private static let catchUp = 7 * Instant.microsecondsPerDay

    private var reachableRows: Instant? { try? store.horizon().rows }

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

    func shapes(for question: ReportQuestion, of plan: Plan) -> [[String]] {
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
