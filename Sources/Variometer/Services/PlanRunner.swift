import Logging
import Model
import Planning
import Probing
import Storage

/// Runs the rounds of one plan: plans them, hands them to the prober, has the results recorded.
struct PlanRunner: Sendable {
    let plan: Plan
    let experiences: [String]
    let pool: SubjectPool
    let prober: Prober
    let recorder: Recorder
    let clock: WallClock
    let agent: String
    let seed: UInt64

    /// What a caller is told after each commit.
    struct Progress: Sendable {
        let round: RoundStatus
        /// Results of this commit.
        let results: [ProbeResult]
        /// Their observations' ids: acknowledged.
        let ids: [String]
    }

    /// Runs one round, or what is left of the one that was interrupted, sending at most `limit`
    /// probes. Returns the round as it stands then: `complete`, or `running` if it was stopped.
    func runRound(
        limit: Int = .max, onProgress: @Sendable (Progress) -> Void
    ) async throws -> RoundStatus {
        var status = try await nextRound()
        let carried = try await recorder.start(status)
        let round = round(status, carried: carried)
        status.probes = round.probes
        let first = status.position
        let end = limit < round.probes - first ? first + limit : round.probes
        let settled = try recorder.store.settledPositions(
            plan: plan.name, target: plan.target, round: status.number, from: first)
        let schedule = Schedule(
            plan: plan.name, startNanoseconds: monotonicNanoseconds(),
            stepNanoseconds: 1e9 / plan.rate.perSecond, first: first, end: end
        ) { position, due in
            settled.contains(position) ? nil : round.probe(at: position, now: due)
        }
        for await batch in prober.run(schedule, on: clock.timeline()) {
            status.position = batch.settled
            for (cause, count) in batch.dropped {
                status.dropped[cause.rawValue, default: 0] += count
            }
            let ids = try await recorder.record(
                batch.results, of: status, oldestDue: batch.oldestDue)
            prober.acknowledge(batch.results.count)
            onProgress(Progress(round: status, results: batch.results, ids: ids))
        }
        if status.position >= status.probes { status.state = .complete }
        try await recorder.finish(status)
        onProgress(Progress(round: status, results: [], ids: []))
        return status
    }

    /// The round that is due: the interrupted one if it was planned from the same things, else
    /// the next number, and the interrupted one is closed as incomplete.
    private func nextRound() async throws -> RoundStatus {
        let store = recorder.store
        let last = try store.lastRound(plan: plan.name, target: plan.target)
        let fingerprint = fingerprint
        if var last, last.state == .running {
            if last.fingerprint == fingerprint { return last }
            last.state = .incomplete
            try await recorder.finish(last)
        }
        return try newRound(number: (last?.number ?? 0) + 1, fingerprint: fingerprint)
    }

    private func newRound(number: Int, fingerprint: String) throws -> RoundStatus {
        let store = recorder.store
        let now = clock.now()
        // Counting reads many rows: only where the answer matters.
        let used =
            pool.cohort == nil
            ? 0 : try store.cohortSubjectsUsed(plan: plan.name, target: plan.target)
        let usedToday =
            plan.subjects.cohort?.perDay == nil
            ? 0
            : try store.cohortSubjectsUsed(
                plan: plan.name, target: plan.target, onDay: now.dayNumber)
        let contexts = Matrix(plan.matrix).count
        let cohort = cohortSubjects(
            of: plan, contexts: contexts, usedToday: usedToday,
            roundsLeftToday: roundsLeftToday(at: now, contexts: contexts),
            left: pool.cohort.map { $0.count - used })
        var status = RoundStatus(
            plan: plan.name, target: plan.target, number: number, startedAt: now, probes: 0,
            cohortSubjects: cohort.asked, cohortUsed: used, fingerprint: fingerprint)
        if cohort.leftOut > 0 { status.dropped["per_day"] = cohort.leftOut }
        status.probes = round(status, carried: []).probes
        return status
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
            - (now.microseconds - now.dayNumber
                * Instant.microsecondsPerDay)
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
