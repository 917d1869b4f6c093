import Model
import NIOCore

/// A target's probes on one event loop: when each leaves, which are dropped, what comes back.
///
/// Arrival is open: a slow target never slows a schedule. What may not be sent is dropped and
/// counted, and a late probe leaves at once with its lag.
final class Lane {
    private let loop: any EventLoop
    private let target: Target
    private let limits: Limits
    private let wire: MoEngage
    private let pool: ConnectionPool
    private var budget: TokenBucket?
    private var runs: [Run] = []
    /// Results made for the runs and not yet acknowledged.
    private var unacknowledged = 0
    /// Probes of the runs in flight.
    private var inFlight = 0
    private var isStopped = false

    init(endpoint: Endpoint, pool: ConnectionPool, limits: Limits, loop: any EventLoop) {
        self.loop = loop
        self.limits = limits
        self.pool = pool
        target = endpoint.target
        wire = MoEngage(endpoint)
        budget = target.budget.map { TokenBucket($0, now: monotonicNanoseconds()) }
    }

    func begin(_ run: Run) {
        if isStopped { run.stop() }
        runs.append(run)
        send(run)
        tell(run)
    }

    func acknowledge(_ results: Int) {
        unacknowledged = max(0, unacknowledged - results)
    }

    /// Nothing more is sent; runs end when what is in flight has ended.
    func stop() {
        isStopped = true
        for run in runs { run.stop() }
    }

    func close(_ promise: EventLoopPromise<Void>) {
        stop()
        pool.close(promise)
    }
}

/// Sending.
extension Lane {
    /// More probes due at once than this leave in several turns.
    private static let turn = 64
    /// Between turns. A loop runs overdue tasks before it reads again: without a pause, a lane
    /// that is late would never see an answer.
    private static let pauseNanoseconds: Int64 = 20_000

    /// Sends what is due, and comes back when the next is.
    private func send(_ run: Run) {
        var left = Self.turn
        while let position = run.next {
            let due = run.schedule.dueNanoseconds(of: position)
            let now = monotonicNanoseconds()
            guard due <= now, left > 0 else {
                let next = max(due, now + Self.pauseNanoseconds)
                loop.assumeIsolated().scheduleTask(
                    deadline: NIODeadline(monotonicNanoseconds: next)
                ) { self.send(run) }
                return
            }
            send(position, of: run, dueNanoseconds: due)
            left -= 1
        }
    }

    private func send(_ position: Int, of run: Run, dueNanoseconds: Int64) {
        let due = run.instant(ofNanoseconds: dueNanoseconds)
        guard let probe = run.schedule.probe(position, due) else { return run.skip() }
        if let cause = dropCause { return run.drop(cause) }
        run.send(dueNanoseconds: dueNanoseconds)
        inFlight += 1
        perform(probe, position: position, due: due, dueNanoseconds: dueNanoseconds) { result in
            self.inFlight -= 1
            // Nobody will acknowledge what nobody takes.
            guard !run.isUnheard else { return }
            self.unacknowledged += 1
            run.settle(result)
        }
    }

    /// Why the next probe may not be sent; a token is taken only where nothing else forbids it.
    private var dropCause: DropCause? {
        if unacknowledged + inFlight >= limits.unacknowledged { return .store }
        if pool.inFlight >= target.maxInFlight { return .inFlight }
        if budget?.take(at: monotonicNanoseconds()) == false { return .budget }
        return nil
    }

    private func perform(
        _ probe: Probe, position: Int, due: Instant, dueNanoseconds: Int64,
        completion: @escaping (ProbeResult) -> Void
    ) {
        let wire = wire
        pool.perform(
            Exchange(request: wire.fetchRequest(for: probe), dueNanoseconds: dueNanoseconds) {
                exchange, verdict in
                let verdict = verdict.flatMap { wire.observations(in: $0, of: probe) }
                completion(
                    ProbeResult(
                        probe, position: position, dueAt: due, phases: exchange.phases,
                        transport: exchange.transport, verdict: verdict))
            })
    }
}

/// Telling.
extension Lane {
    /// Tells what happened, again and again until the run is over and heard.
    private func tell(_ run: Run) {
        switch run.tell(at: monotonicNanoseconds(), atLeastEvery: limits.progressInterval) {
        case .told where run.isOver: return end(run)
        case .unheard:
            acknowledge(run.untold)
            return end(run)
        case .told, .nothing, .deferred: break
        }
        loop.assumeIsolated().scheduleTask(in: limits.batchInterval) { self.tell(run) }
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
        _ probe: Probe, on timeline: Timeline, completion: @escaping (ProbeResult) -> Void
    ) {
        let now = monotonicNanoseconds()
        budget?.takeAnyway(at: now)
        let due = timeline.instant(atNanoseconds: now)
        perform(probe, position: 0, due: due, dueNanoseconds: now, completion: completion)
    }

    func metadata(
        statuses: [String], completion: @escaping (Verdict<[ExperienceMetadata]>) -> Void
    ) {
        budget?.takeAnyway(at: monotonicNanoseconds())
        let wire = wire
        pool.perform(
            Exchange(request: wire.metadataRequest(statuses: statuses)) { _, verdict in
                completion(verdict.flatMap(wire.metadata))
            })
    }
}

extension ProbeResult {
    /// A failed fetch has one observation for each experience asked, like an answered one.
    fileprivate init(
        _ probe: Probe, position: Int, dueAt: Instant, phases: Phases, transport: Transport,
        verdict: Verdict<[Observation]>
    ) {
        let failure: Failure? =
            if case .failed(let failure) = verdict { failure } else { nil }
        let observations =
            switch verdict {
            case .answered(let observations): observations
            case .failed(let failure): Self.failedObservations(of: probe, failure)
            }
        self.init(
            probe: probe, position: position, dueAt: dueAt, phases: phases, transport: transport,
            failure: failure, observations: observations)
    }
}
