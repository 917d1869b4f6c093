import Model
import Planning
import Probing
import Storage

/// Runs the rounds of one plan at its target, and side by side at those that are compared with it:
/// plans them, hands them to the probers, has the results recorded.
struct PlanRunner: Sendable {
    let plan: Plan
    let experiences: [String]
    let pool: SubjectPool
    /// The plan's own target first.
    let lanes: [TargetLane]
    let recorder: Recorder
    let clock: WallClock
    let agent: String
    let seed: UInt64
    /// Raised: its rounds are left where they stand.
    let halt: Halt

    /// What a caller is told after each commit.
    struct Progress: Sendable {
        let round: RoundStatus
        /// Results of this commit.
        let results: [ProbeResult]
        /// Their observations' places in the store's order: acknowledged.
        let seqs: [Int64]
    }

    var target: String { plan.target }

    /// Runs one round, or what is left of one that was interrupted, sending at most `limit`
    /// probes to each target, and none that is due at or after `end`. Returns the round as it
    /// stands then at the plan's own target: `complete`, or `running` if it was stopped.
    func run(
        _ round: RoundStatus, limit: Int = .max, end: Instant? = nil,
        onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> RoundStatus {
        let carried = try await recorder.start(round)
        let planned = self.round(round, carried: carried)
        let statuses = try statuses(like: round, probes: planned.probes)
        let span = try span(of: statuses, probes: planned.probes, limit: limit, end: end)
        let timeline = clock.timeline()
        let start = monotonicNanoseconds() + phaseNanoseconds
        return try await withThrowingTaskGroup(of: RoundStatus.self) { group in
            for (lane, status) in zip(lanes, statuses) {
                let schedule = try schedule(planned, lane, status, span, start: start)
                group.addTask {
                    try await run(
                        schedule, lane, status, on: timeline, onProgress: onProgress)
                }
            }
            var own = round
            for try await status in group where status.target == target { own = status }
            return own
        }
    }

    /// Runs the next round, or what is left of the one that was interrupted.
    func runRound(
        limit: Int = .max, onProgress: @escaping @Sendable (Progress) -> Void
    ) async throws -> RoundStatus {
        let round = try await interruptedRounds().first ?? newRound()
        return try await run(round, limit: limit, onProgress: onProgress)
    }

    private func run(
        _ schedule: Schedule, _ lane: TargetLane, _ begun: RoundStatus, on timeline: Timeline,
        onProgress: @escaping @Sendable (Progress) -> Void
    ) async throws -> RoundStatus {
        var status = begun
        for await batch in lane.prober.run(schedule, on: timeline) {
            status.position = batch.settled
            for (cause, count) in batch.dropped {
                status.dropped[cause.rawValue, default: 0] += count
            }
            let results = lane.marked(batch.results)
            let progress = status
            recorder.record(results, of: status, oldestDue: batch.oldestDue) { seqs in
                lane.prober.acknowledge(results.count)
                onProgress(Progress(round: progress, results: results, seqs: seqs))
            }
        }
        if status.position >= status.probes { status.state = .complete }
        try await recorder.finish(status)
        onProgress(Progress(round: status, results: [], seqs: []))
        return status
    }
}

/// A target as one plan probes it.
struct TargetLane: Sendable {
    let prober: Prober
    /// When the target's operator works on it.
    let maintenance: [Maintenance]

    struct Maintenance: Sendable {
        let window: MaintenanceWindow
        let offset: ZoneOffset
    }

    var name: String { prober.target.name }

    init(_ prober: Prober) {
        self.prober = prober
        maintenance = prober.target.maintenance.compactMap { window in
            Zone(name: window.zone).map { Maintenance(window: window, offset: $0.offset) }
        }
    }

    /// The results, those that were due during maintenance marked.
    func marked(_ results: [ProbeResult]) -> [ProbeResult] {
        guard !maintenance.isEmpty else { return results }
        return results.map { result in
            var result = result
            result.isMaintenance = maintenance.contains {
                $0.window.contains(result.dueAt, offset: $0.offset)
            }
            return result
        }
    }
}

/// What a run of a round covers.
extension PlanRunner {
    /// The round at each target. A compared one goes on where it stood by itself.
    private func statuses(like round: RoundStatus, probes: Int) throws -> [RoundStatus] {
        try lanes.map { lane in
            var status = round
            if lane.name != target {
                let last = try recorder.store.lastRound(plan: plan.name, target: lane.name)
                status.target = lane.name
                status.position =
                    last.flatMap { $0.number == round.number ? $0.position : nil } ?? 0
                status.dropped = [:]
            }
            status.probes = probes
            return status
        }
    }

    private func span(
        of statuses: [RoundStatus], probes: Int, limit: Int, end: Instant?
    ) throws -> Range<Int> {
        let first = min(probes, statuses.map(\.position).min() ?? 0)
        var last = limit < probes - first ? first + limit : probes
        if let end {
            let seconds = Double(clock.now().distance(to: end)) / 1e6 / clock.timeline().factor
            let fitting = (max(0, seconds) * plan.rate.perSecond).rounded(.up)
            last = min(last, first + Int(min(fitting, 1e15)))
        }
        return first..<max(first, last)
    }

    /// How long after its start a round's first probe is due: less than a step, and than a second.
    private var phaseNanoseconds: Int64 {
        let phase = sendingPhase(agent: agent, plan: plan.name, seed: seed)
        return Int64(phase * min(1e9 / plan.rate.perSecond, 1e9))
    }

    private func schedule(
        _ round: Round, _ lane: TargetLane, _ status: RoundStatus, _ span: Range<Int>,
        start: Int64
    ) throws -> Schedule {
        let stored = try recorder.store.storedIndices(
            plan: plan.name, target: lane.name, round: status.number)
        let settled = Set(stored.compactMap(round.position(of:)).filter { $0 >= span.lowerBound })
        let isOwn = lane.name == target
        let own = status.position
        return Schedule(
            plan: plan.name, startNanoseconds: start, stepNanoseconds: 1e9 / plan.rate.perSecond,
            first: span.lowerBound, end: span.upperBound, connections: plan.connections,
            pairing: pairing(of: lane, in: status), halt: halt,
            isSettled: { $0 < own || settled.contains($0) }
        ) { position, due in
            let probe = round.probe(at: position, now: due)
            return isOwn ? probe : probe.compared(at: lane.name)
        }
    }

    /// Who goes first of the targets that are compared; nil: there is but one.
    private func pairing(
        of lane: TargetLane, in round: RoundStatus
    ) -> (@Sendable (Int) -> Pairing)? {
        guard lanes.count > 1, let place = lanes.firstIndex(where: { $0.name == lane.name }) else {
            return nil
        }
        let draws = PairDraws(seed: seed, plan: plan.name, round: round.number)
        let count = lanes.count
        return { position in
            let draw = draws[position]
            return Pairing(turn: draw.turn(of: place, among: count), draw: draw.value)
        }
    }
}

/// Which round is due.
extension PlanRunner {
    /// Rounds to go on with, the first first. One that was planned from other things than now is
    /// closed as incomplete.
    func interruptedRounds() async throws -> [RoundStatus] {
        var rounds: [RoundStatus] = []
        for name in lanes.map(\.name) {
            for var round in try recorder.store.openRounds(plan: plan.name, target: name) {
                let isKept = round.fingerprint == fingerprint
                if isKept, name == target { rounds.append(round) }
                // A compared target's round goes on with that of the plan's own.
                let isLeft = name != target && !rounds.contains { $0.number == round.number }
                if !isKept || isLeft {
                    round.state = .incomplete
                    try await recorder.finish(round)
                }
            }
        }
        return rounds
    }

    /// The round after the last one that began.
    func newRound() throws -> RoundStatus {
        let store = recorder.store
        let now = clock.now()
        let last = try store.lastRound(plan: plan.name, target: target)
        let contexts = Matrix(plan.matrix).count
        let used = try cohortUsed(before: last)
        // Counting reads many rows: only where the answer matters.
        let usedToday =
            plan.subjects.cohort?.perDay == nil
            ? 0
            : try store.cohortSubjectsUsed(
                plan: plan.name, target: target, onDay: now.dayNumber)
        let cohort = cohortSubjects(
            of: plan, contexts: contexts, usedToday: usedToday,
            roundsLeftToday: roundsLeftToday(at: now, contexts: contexts),
            left: pool.cohort.map { $0.count - used })
        var status = RoundStatus(
            plan: plan.name, target: target,
            number: recorder.nextNumber(after: last?.number ?? 0, plan: plan.name, target: target),
            startedAt: now,
            probes: 0, cohortSubjects: cohort.asked, cohortUsed: used, fingerprint: fingerprint)
        if cohort.leftOut > 0 { status.dropped["per_day"] = cohort.leftOut }
        status.probes = round(status, carried: []).probes
        return status
    }

    /// Users of a cohort file that were asked, or that a round which still runs will ask. Where rows
    /// are gone, all that the last round was to ask: better some are left out than asked twice.
    private func cohortUsed(before last: RoundStatus?) throws -> Int {
        guard pool.cohort != nil else { return 0 }
        let store = recorder.store
        let asked = try store.cohortSubjectsUsed(plan: plan.name, target: target)
        guard let last else { return asked }
        let isCountable = try store.horizon().rows == nil && last.state != .running
        return isCountable ? asked : max(asked, last.cohortUsed + last.cohortSubjects)
    }

    private func round(_ status: RoundStatus, carried: [CarriedProbe]) -> Round {
        Round(
            plan: plan, experiences: experiences, agent: agent, seed: seed, number: status.number,
            cohortSubjects: status.cohortSubjects, cohortUsed: status.cohortUsed, pool: pool,
            carried: carried)
    }

    /// How many rounds begin before the UTC day ends, this one among them.
    private func roundsLeftToday(at now: Instant, contexts: Int) -> Int {
        let left =
            Instant.microsecondsPerDay
            - (now.microseconds - now.dayNumber * Instant.microsecondsPerDay)
        switch plan.cadence {
        case .every(let period): return max(1, Int((left + period - 1) / period))
        case .continuous:
            let cost = PlanCost(plan: plan, experienceCount: experiences.count)
            return max(1, Int((Double(left) / 1e6 / max(cost.roundSeconds, 1e-6)).rounded(.up)))
        }
    }

    /// Tells whether an interrupted round was planned from the same things as now.
    private var fingerprint: String {
        roundFingerprint(plan: plan, experiences: experiences, agent: agent, seed: seed)
    }
}
