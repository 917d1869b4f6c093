import Analysis
import Model
import Planning
import Storage

/// What is watched beside splits.
extension ReportAssembly {
    /// How things stand now, which no baseline has.
    func addPresent(
        to evidence: inout PlanEvidence, in configuration: EffectiveConfiguration,
        _ work: inout WindowWork, _ reader: TallyReader, _ question: ReportQuestion,
        at instant: Instant
    ) throws {
        if evidence.watch.isLead {
            evidence.watch.objectives = try objectives(
                of: evidence.target, in: configuration, until: instant, watermark: reader.watermark)
        }
        try addRates(to: &evidence, &work, reader, question, at: instant)
        evidence.rampHealth = try health(of: evidence.plan, at: instant, reader)
        evidence.expectations = try expectationCells(of: evidence.plan)
        if question.kind == .rollout { evidence.days = try days(of: evidence.plan, reader) }
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
    func addPanel(
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
    func watch(
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
}
