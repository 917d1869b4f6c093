import Model
import Planning

/// The rounds of one plan on a virtual clock: which begins when, and which of its probes is next.
struct PlanRounds: Sendable {
    let plan: Plan
    private let experiences: [String]
    private let agent: String
    private let seed: UInt64
    private let pool: SubjectPool
    private let contexts: Int
    /// Between two probes of a round.
    private let pauseUs: Double
    private let phaseUs: Double
    private var running: [Running] = []
    /// Statuses that changed since they were last taken, by target.
    private var ended: [RoundStatus] = []
    private var last = 0
    private var cohortUsed = 0
    /// Nil: as soon as the one that runs has ended.
    private(set) var nextBeginning: Instant?

    private struct Running {
        var status: RoundStatus
        let round: Round
    }

    /// `listed` are the keys that a plan of all experiences watches.
    init(
        _ plan: Plan, agent: String, seed: UInt64, start: Instant, pool: SubjectPool,
        listed: [String]
    ) throws(RigError) {
        guard plan.active == nil else { throw RigError("\(plan.name): a rig never rests") }
        self.plan = plan
        self.agent = agent
        self.seed = seed
        self.pool = pool
        experiences = if case .keys(let keys) = plan.experiences { keys } else { listed }
        contexts = Matrix(plan.matrix).count
        pauseUs = 1e6 / plan.rate.perSecond
        phaseUs = sendingPhase(agent: agent, plan: plan.name, seed: seed) * min(pauseUs, 1e6)
        nextBeginning = start
    }

    /// True: the round that is due does not take place, since the one before has not ended.
    mutating func skips(at beginning: Instant) -> Bool {
        guard case .every(let periodUs) = plan.cadence else {
            nextBeginning = nil
            return false
        }
        let period = beginning.microseconds.flooredDivision(by: periodUs)
        nextBeginning = Instant(microseconds: (period + 1) * periodUs)
        return !running.isEmpty && plan.overlong == .skip
    }

    /// The round that begins now; `usedToday` counts the cohort subjects of the UTC day.
    mutating func newRound(at now: Instant, usedToday: Int) -> RoundStatus {
        let cohort = cohortSubjects(
            of: plan, contexts: contexts, usedToday: usedToday,
            roundsLeftToday: roundsLeft(at: now),
            left: pool.cohort.map { $0.count - cohortUsed })
        last += 1
        var status = RoundStatus(
            plan: plan.name, target: plan.target, number: last, startedAt: now, probes: 0,
            cohortSubjects: cohort.asked, cohortUsed: cohortUsed,
            fingerprint: roundFingerprint(
                plan: plan, experiences: experiences, agent: agent, seed: seed))
        if cohort.leftOut > 0 { status.dropped["per_day"] = cohort.leftOut }
        status.probes = round(status, carried: []).probes
        cohortUsed += pool.cohort == nil ? 0 : cohort.asked
        return status
    }

    mutating func begin(_ status: RoundStatus, carried: [CarriedProbe]) {
        let round = round(status, carried: carried)
        var status = status
        status.probes = round.probes
        running.append(Running(status: status, round: round))
        if round.probes == 0 { end(at: running.endIndex - 1, due: status.startedAt) }
    }

    /// The probe that is due next, before an instant; nil: none is.
    mutating func next(before end: Instant) -> (probe: Probe, due: Instant)? {
        var place = running.startIndex
        // Rounds that overlap are few: the one whose probe is due first.
        for index in running.indices where due(running[index]) < due(running[place]) {
            place = index
        }
        guard place < running.endIndex else { return nil }
        let due = due(running[place])
        guard due < end else { return nil }
        let probe = running[place].round.probe(at: running[place].status.position, now: due)
        running[place].status.position += 1
        if running[place].status.position == running[place].status.probes {
            self.end(at: place, due: due)
        }
        return (probe, due)
    }

    /// How every round stands that did not stand so before, at each of the plan's targets.
    mutating func takeStatuses() -> [RoundStatus] {
        defer { ended = [] }
        return (ended + running.map(\.status)).flatMap { status in
            plan.targets.map { target in
                var own = status
                own.target = target
                return own
            }
        }
    }

    private mutating func end(at place: Int, due: Instant) {
        var status = running.remove(at: place).status
        status.state = .complete
        ended.append(status)
        if plan.cadence == .continuous { nextBeginning = due.advanced(by: Int64(pauseUs)) }
    }

    private func due(_ running: Running) -> Instant {
        let us = phaseUs + Double(running.status.position) * pauseUs
        return running.status.startedAt.advanced(by: Int64(us))
    }

    private func round(_ status: RoundStatus, carried: [CarriedProbe]) -> Round {
        Round(
            plan: plan, experiences: experiences, agent: agent, seed: seed, number: status.number,
            cohortSubjects: status.cohortSubjects, cohortUsed: status.cohortUsed, pool: pool,
            carried: carried)
    }

    /// How many rounds begin before the UTC day ends, this one among them.
    private func roundsLeft(at now: Instant) -> Int {
        let day = Instant.microsecondsPerDay
        let left = Double(day - (now.microseconds - now.dayNumber * day))
        let periodUs =
            switch plan.cadence {
            case .every(let periodUs): Double(periodUs)
            case .continuous:
                max(1, PlanCost(plan: plan, experienceCount: experiences.count).roundSeconds * 1e6)
            }
        return max(1, Int((left / periodUs).rounded(.up)))
    }
}
