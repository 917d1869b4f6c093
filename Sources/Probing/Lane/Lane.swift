import Model
import NIOCore
import NIOPosix

/// A target's probes on one event loop: when each leaves, which are dropped, what comes back.
///
/// Arrival is open: a slow target never slows a schedule. What may not be sent is dropped and
/// counted, and a late probe leaves at once with its lag.
final class Lane {
    let loop: any EventLoop
    let target: Target
    let pool: ConnectionPool
    private let limits: Limits
    private let maxInFlight: Int
    private var gate: TargetGate
    private let endpoint: Endpoint
    private let onEvent: @Sendable (ProberEvent) -> Void
    private(set) var wire: any Wire
    private var key: Secret
    private var memo = AnswerMemo()
    private var subjects = SubjectQueue<Held>()
    private var generator = SystemRandomNumberGenerator()
    private var runs: [Run] = []
    /// Results made for the runs and not yet acknowledged.
    private var unacknowledged = 0
    /// Probes of the runs in flight.
    private var inFlight = 0
    private var isStopped = false

    init(
        endpoint: Endpoint, pool: ConnectionPool, limits: Limits, loop: any EventLoop,
        onEvent: @escaping @Sendable (ProberEvent) -> Void
    ) {
        self.loop = loop
        self.limits = limits
        self.pool = pool
        self.endpoint = endpoint
        self.onEvent = onEvent
        target = endpoint.target
        key = endpoint.key
        maxInFlight = min(target.maxInFlight, limits.connections)
        wire = Probing.wire(to: target, key: key, userAgent: endpoint.userAgent)
        gate = TargetGate(
            budget: target.budget, trialInterval: limits.trialInterval.nanoseconds,
            now: monotonicNanoseconds())
    }

    func begin(_ run: Run) {
        if isStopped || run.schedule.halt.isRaised { run.stop() }
        runs.append(run)
        send(run)
        tell(run)
    }

    func acknowledge(_ results: Int) {
        unacknowledged = max(0, unacknowledged - results)
    }

    /// Nothing more is sent by the schedules whose halt was raised; they end when what is in
    /// flight has ended.
    func haltRaised() {
        stop { $0.schedule.halt.isRaised }
    }

    /// Nothing more is sent, now or later.
    func stop() {
        isStopped = true
        stop { _ in true }
    }

    func close(_ promise: EventLoopPromise<Void>) {
        stop()
        pool.close(promise)
    }

    private func stop(where isMeant: (Run) -> Bool) {
        for run in runs where isMeant(run) { run.stop() }
        for held in subjects.remove(where: { isMeant($0.run) }) { held.run.abandon() }
    }
}

/// A probe that waits for its subject's former probe to end.
private struct Held {
    let run: Run
    let probe: Probe
    let position: Int
    let dueNanoseconds: Int64
    /// When it could have left.
    let readyNanoseconds: Int64
}

/// Sending.
extension Lane {
    /// More probes due at once than this leave in several turns.
    private static let turn = 64
    /// Between turns. A loop runs overdue tasks before it reads again: without a pause, a lane
    /// that is late would never see an answer.
    private static let pauseNanoseconds: Int64 = 20_000
    /// The same while there is no room: what is due meanwhile is most likely dropped, and waking
    /// for each costs more than sending.
    private static let crowdedPauseNanoseconds: Int64 = 100_000

    /// Sends what is due, and comes back when the next is.
    private func send(_ run: Run) {
        var left = Self.turn
        while let position = run.next {
            let due = run.schedule.dueNanoseconds(of: position)
            let now = monotonicNanoseconds()
            guard due <= now, left > 0 else {
                let pause =
                    crowding == nil ? Self.pauseNanoseconds : Self.crowdedPauseNanoseconds
                let next = max(due, now + pause)
                loop.assumeIsolated().scheduleTask(
                    deadline: NIODeadline(monotonicNanoseconds: next)
                ) { self.send(run) }
                return
            }
            send(position, of: run, dueNanoseconds: due, now: now)
            left -= 1
        }
    }

    private func send(_ position: Int, of run: Run, dueNanoseconds: Int64, now: Int64) {
        if run.schedule.isSettled(position) { return run.skip() }
        if let cause = crowding { return run.drop(cause) }
        let due = run.instant(ofNanoseconds: dueNanoseconds)
        guard let probe = run.schedule.probe(position, due) else { return run.skip() }
        let subject = probe.subject.customerID
        guard subjects.enter(subject) else {
            run.send(dueNanoseconds: dueNanoseconds)
            let held = Held(
                run: run, probe: probe, position: position, dueNanoseconds: dueNanoseconds,
                readyNanoseconds: now)
            return subjects.hold(held, for: subject)
        }
        switch admit(at: now) {
        case .drop(let cause):
            leave(subject)
            run.drop(cause)
        case .pass, .trial:
            run.send(dueNanoseconds: dueNanoseconds)
            launch(
                probe, of: run, position: position, dueNanoseconds: dueNanoseconds,
                isTrial: gate.isTrial)
        }
    }

    /// The subject's probe has ended: the next one of it may leave.
    private func leave(_ subject: String) {
        while let held = subjects.leave(subject) {
            let now = monotonicNanoseconds()
            switch admit(at: now) {
            case .drop(let cause): held.run.drop(held.position, cause)
            case .pass, .trial:
                return launch(
                    held.probe, of: held.run, position: held.position,
                    dueNanoseconds: held.dueNanoseconds, isTrial: gate.isTrial,
                    heldNanoseconds: now - held.readyNanoseconds)
            }
        }
    }

    private func launch(
        _ probe: Probe, of run: Run, position: Int, dueNanoseconds: Int64, isTrial: Bool,
        heldNanoseconds: Int64? = nil
    ) {
        inFlight += 1
        var passage = Passage(policy: run.schedule.connections)
        passage.pick = run.schedule.pairing?(position).draw
        let question = Question(
            probe: probe, due: run.instant(ofNanoseconds: dueNanoseconds),
            dueNanoseconds: dueNanoseconds, heldNanoseconds: heldNanoseconds, passage: passage,
            isTrial: isTrial)
        perform(question) { answered in
            self.inFlight -= 1
            // Nobody will acknowledge what nobody takes.
            if !run.isUnheard {
                self.unacknowledged += 1
                run.settle(position, answered.result)
                if run.isOver { self.tell(run) }
            }
            self.leave(probe.subject.customerID)
        }
    }

    /// Why there is no room for the next probe; nil: there is.
    private var crowding: DropCause? {
        let held = subjects.count
        if unacknowledged + inFlight + held >= limits.unacknowledged { return .store }
        return pool.inFlight + held >= maxInFlight ? .inFlight : nil
    }

    private func admit(at now: Int64) -> CircuitBreaker.Admission {
        let before = gate.state
        let admission = gate.admit(at: now)
        if gate.state != before { tellCondition() }
        return admission
    }
}

/// One probe on its way.
private struct Question {
    let probe: Probe
    let due: Instant
    let dueNanoseconds: Int64
    var heldNanoseconds: Int64?
    var passage = Passage()
    var isTrial = false
}

/// What became of a question.
struct Answered {
    let result: ProbeResult
    let request: Request
    let answer: Verdict<Response>
}

/// Asking.
extension Lane {
    private func perform(_ question: Question, completion: @escaping (Answered) -> Void) {
        let probe = question.probe
        let trace = target.traceparent ? TraceContext(using: &generator) : nil
        let exchange = Exchange(
            request: wire.fetchRequest(for: probe).traced(as: trace), passage: question.passage,
            dueNanoseconds: question.dueNanoseconds, heldNanoseconds: question.heldNanoseconds
        ) { exchange, answer in
            var body: AnswerBody?
            let verdict = answer.flatMap { response in
                let reading = self.memo.reading(of: response, to: probe) {
                    self.wire.observations(in: response, of: probe)
                }
                body = reading.body
                return reading.verdict
            }
            self.note(verdict, answer, isTrial: question.isTrial)
            let result = ProbeResult(
                probe, dueAt: question.due, phases: exchange.phases, transport: exchange.transport,
                verdict: verdict, traceID: trace?.traceID, body: body)
            completion(Answered(result: result, request: exchange.request, answer: answer))
        }
        pool.perform(exchange)
    }

    /// The target's condition follows from how probes end.
    private func note(
        _ verdict: Verdict<[Observation]>, _ answer: Verdict<Response>, isTrial: Bool
    ) {
        let failure: Failure? = if case .failed(let failure) = verdict { failure } else { nil }
        guard failure != nil || isTrial || gate.isTroubled else { return }
        let wait: Int64? =
            if case .answered(let response) = answer, response.status == 429 {
                limitNanoseconds(of: response, wallSeconds: Double(wallNanoseconds()) / 1e9)
            } else { nil }
        let before = (gate.state, gate.until)
        gate.note(
            failure, isTrial: isTrial, wait: wait,
            jitter: Double.random(in: 0..<1, using: &generator), at: monotonicNanoseconds())
        guard before != (gate.state, gate.until) else { return }
        tellCondition()
        if gate.state == .unauthorized { awaitKey() }
    }

    private func tellCondition() {
        onEvent(
            .condition(gate.state, untilNanoseconds: gate.until, reason: gate.reason))
    }

    /// Before the next trial the key is read again: whoever replaced it need not tell us.
    private func awaitKey() {
        guard let until = gate.until else { return }
        let deadline = NIODeadline(monotonicNanoseconds: until)
        loop.assumeIsolated().scheduleTask(deadline: deadline) {
            guard self.gate.state == .unauthorized, self.gate.until == until else { return }
            let reread = self.endpoint.rereadKey
            NIOThreadPool.singleton.runIfActive(eventLoop: self.loop) { reread() }
                .assumeIsolated().whenComplete { self.tryKey(try? $0.get()) }
        }
    }

    private func tryKey(_ read: Secret?) {
        if let read, read != key {
            key = read
            wire = Probing.wire(to: target, key: read, userAgent: endpoint.userAgent)
        }
        gate.allowTrial()
    }
}

/// Telling.
extension Lane {
    /// Tells what happened, again and again until the run is over and heard.
    private func tell(_ run: Run) {
        guard !run.isFinished else { return }
        switch run.tell(at: monotonicNanoseconds(), atLeastEvery: limits.progressInterval) {
        case .told where run.isOver: return end(run)
        case .unheard:
            acknowledge(run.untold)
            return end(run)
        case .told, .nothing, .deferred: break
        }
        guard !run.isTellingScheduled else { return }
        run.isTellingScheduled = true
        loop.assumeIsolated().scheduleTask(in: limits.batchInterval) {
            run.isTellingScheduled = false
            self.tell(run)
        }
    }

    private func end(_ run: Run) {
        run.finish()
        runs.removeAll { $0 === run }
    }
}

/// Outside of any schedule.
extension Lane {
    /// One probe, due now. It takes its part of the budget and is never dropped.
    func probe(
        _ probe: Probe, passage: Passage, on timeline: Timeline,
        completion: @escaping (Answered) -> Void
    ) {
        let now = monotonicNanoseconds()
        gate.takeAnyway(at: now)
        let question = Question(
            probe: probe, due: timeline.instant(atNanoseconds: now),
            dueNanoseconds: now, passage: passage)
        perform(question, completion: completion)
    }

    func metadata(
        statuses: [String], completion: @escaping (Verdict<[ExperienceMetadata]>?) -> Void
    ) {
        guard let request = wire.metadataRequest(statuses: statuses) else {
            return completion(nil)
        }
        gate.takeAnyway(at: monotonicNanoseconds())
        let wire = wire
        pool.perform(
            Exchange(request: request) { _, verdict in
                completion(verdict.flatMap(wire.metadata))
            })
    }
}

extension ProbeResult {
    /// A failed fetch has one observation for each experience asked, like an answered one.
    fileprivate init(
        _ probe: Probe, dueAt: Instant, phases: Phases, transport: Transport,
        verdict: Verdict<[Observation]>, traceID: String?, body: AnswerBody?
    ) {
        let failure: Failure? =
            if case .failed(let failure) = verdict { failure } else { nil }
        let observations =
            switch verdict {
            case .answered(let observations): observations
            case .failed(let failure): Self.failedObservations(of: probe, failure)
            }
        self.init(
            probe: probe, dueAt: dueAt, phases: phases, transport: transport,
            failure: failure, observations: observations, traceID: traceID, body: body)
    }
}
