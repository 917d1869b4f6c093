import Model
import Probing
import Statistics
import Synchronization

/// What the daemon tells about itself: counters since its start, for `/metrics`, `/-/ready` and
/// the progress line. Fed after each commit, read at any time.
final class Telemetry: Sendable {
    private let state = Mutex(State())

    struct State: Sendable {
        var results: [ResultLabels: Int] = [:]
        var observations: [ObservationLabels: Int] = [:]
        /// Answered results only.
        var latency: [PlanLabels: QuantileSketch] = [:]
        var phases: [String: PhaseSketches] = [:]
        var lag = QuantileSketch()
        /// Probes not sent, by cause.
        var dropped: [PlanLabels: [String: Int]] = [:]
        /// What the present round has dropped so far: part of `dropped` already.
        var droppedInRound: [PlanLabels: RoundDrops] = [:]
        var exportedRows = 0
        var conditions: [String: TargetCondition.State] = [:]
        /// Seconds since 1970.
        var certificateExpiries: [String: Int64] = [:]
        var skippedRounds: [PlanLabels: Int] = [:]
        /// Nil: the last reload succeeded, or there was none.
        var reloadFault: String?
        var reloadedAt: Instant?
        var storeFault: String?
        /// The time since which the store cannot be written to; nil: it can.
        var outage: StoreOutage?
        /// By what kind of failure it was.
        var storeFailures: [String: Int] = [:]
        /// Results that wait for their commit.
        var waitingResults = 0
        var evaluationFault: String?
        var exportFault: String?
    }

    struct PlanLabels: Hashable, Sendable {
        let target: String
        let plan: String
    }

    struct ResultLabels: Hashable, Sendable {
        let target: String
        let plan: String
        /// `answered` or an error outcome.
        let outcome: String
        let reason: String
    }

    struct ObservationLabels: Hashable, Sendable {
        let target: String
        let plan: String
        let experience: String
        let audience: String
        let variation: String
        let outcome: String
    }

    /// A sketch for each phase of one target's answered probes.
    struct PhaseSketches: Sendable {
        private(set) var sketches = Array(repeating: QuantileSketch(), count: Phase.allCases.count)
        /// Results that were added.
        private(set) var count = 0

        mutating func add(_ phases: Phases) {
            count += 1
            for (place, phase) in Phase.allCases.enumerated() {
                if let value = phases[phase] { sketches[place].add(value) }
            }
        }
    }

    struct RoundDrops: Hashable, Sendable {
        let round: Int
        let causes: [String: Int]
    }

    /// Distinct label sets of observations that are kept; what falls beyond is counted under
    /// `other`, so that an answer full of new ids cannot grow the metrics without bound.
    static let observationLabelLimit = 2_000

    func snapshot() -> State { state.withLock { $0 } }

    func add(_ results: [ProbeResult]) {
        state.withLock { $0.add(results) }
    }

    /// A round's drops are totals of the round: what they grew by is added.
    func setDropped(_ round: RoundStatus) {
        let labels = PlanLabels(target: round.target, plan: round.plan)
        state.withLock { state in
            let before = state.droppedInRound[labels].flatMap {
                $0.round == round.number ? $0.causes : nil
            }
            for (cause, count) in round.dropped {
                let grown = count - (before?[cause] ?? 0)
                state.dropped[labels, default: [:]][cause, default: 0] += grown
            }
            state.droppedInRound[labels] = RoundDrops(round: round.number, causes: round.dropped)
        }
    }

    func note(_ event: ProberEvent, of target: String) {
        state.withLock { state in
            switch event {
            case .condition(let condition, _, _): state.conditions[target] = condition
            case .certificate(let expiry): state.certificateExpiries[target] = expiry
            }
        }
    }

    func addSkippedRound(plan: String, target: String) {
        state.withLock {
            $0.skippedRounds[PlanLabels(target: target, plan: plan), default: 0] += 1
        }
    }

    /// A reload ended: with a fault, or with nil.
    func setReload(fault: String?, at instant: Instant) {
        state.withLock { state in
            state.reloadFault = fault
            if fault == nil { state.reloadedAt = instant }
        }
    }

    func setTargets(_ names: [String]) {
        state.withLock { state in
            for name in names where state.conditions[name] == nil {
                state.conditions[name] = .ready
            }
        }
    }

    func addExported(rows: Int) { state.withLock { $0.exportedRows += rows } }
    func addWaiting(_ results: Int) { state.withLock { $0.waitingResults += results } }

    func addStoreFailure(code: String) {
        state.withLock { $0.storeFailures[code, default: 0] += 1 }
    }

    /// What keeps the store from being written to, and since when; nil: nothing.
    func setStoreFault(_ fault: String?, _ outage: StoreOutage?) {
        state.withLock { state in
            state.storeFault = fault
            state.outage = outage
        }
    }

    func setEvaluationFault(_ fault: String?) { state.withLock { $0.evaluationFault = fault } }
    func setExportFault(_ fault: String?) { state.withLock { $0.exportFault = fault } }
}

extension Telemetry.State {
    /// Results of one plan at one target come together: they are counted by what they say, and
    /// only the sums by their labels.
    mutating func add(_ results: [ProbeResult]) {
        var rest = results[...]
        while let first = rest.first {
            let labels = Telemetry.PlanLabels(first)
            let end = rest.firstIndex { Telemetry.PlanLabels($0) != labels } ?? rest.endIndex
            add(rest[..<end], of: labels)
            rest = rest[end...]
        }
    }

    private mutating func add(_ results: ArraySlice<ProbeResult>, of labels: Telemetry.PlanLabels) {
        var failures: [Failure?: Int] = [:]
        var counts: [Observation: Int] = [:]
        // Taken out while they grow: nothing is copied, nothing looked up.
        var sketches = phases.removeValue(forKey: labels.target) ?? Telemetry.PhaseSketches()
        var latencies = latency.removeValue(forKey: labels) ?? QuantileSketch()
        for result in results {
            failures[result.failure, default: 0] += 1
            for observation in result.observations { counts[observation, default: 0] += 1 }
            lag.add(result.phases.jitterUs)
            guard result.failure == nil else { continue }
            sketches.add(result.phases)
            if let latencyUs = result.phases.latencyUs { latencies.add(latencyUs) }
        }
        if sketches.count > 0 { phases[labels.target] = sketches }
        if latencies.count > 0 { latency[labels] = latencies }
        for (failure, count) in failures {
            let key = Telemetry.ResultLabels(
                target: labels.target, plan: labels.plan,
                outcome: failure?.outcome.rawValue ?? "answered",
                reason: failure?.reason.rawValue ?? "")
            self.results[key, default: 0] += count
        }
        for (observation, count) in counts { add(count, observation, of: labels) }
    }

    private mutating func add(
        _ count: Int, _ observation: Observation, of plan: Telemetry.PlanLabels
    ) {
        var labels = Telemetry.ObservationLabels(
            target: plan.target, plan: plan.plan, experience: observation.experience,
            audience: observation.audience ?? "", variation: observation.variation ?? "",
            outcome: observation.outcome.rawValue)
        if observations[labels] == nil, observations.count >= Telemetry.observationLabelLimit {
            labels = Telemetry.ObservationLabels(
                target: plan.target, plan: plan.plan, experience: "other",
                audience: "other", variation: "other", outcome: observation.outcome.rawValue)
        }
        observations[labels, default: 0] += count
    }
}

extension Telemetry.PlanLabels {
    fileprivate init(_ result: ProbeResult) {
        let identity = result.probe.identity
        self.init(target: identity.target, plan: identity.plan)
    }
}
