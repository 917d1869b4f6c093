import Configuring
import Foundation
import Logging
import Model
import Planning
import Storage
import Synchronization

/// One agent: its store, its recorder, its clock, and the configuration that it runs now.
final class Agent: Sendable {
    let store: Store
    let telemetry: Telemetry
    let recorder: Recorder
    let clock: WallClock
    let seed: UInt64
    /// What probers notice, in its order, for whoever records it.
    let events: AsyncStream<TargetEvent>
    private let eventSink: AsyncStream<TargetEvent>.Continuation
    private let present: Mutex<Generation>
    private let begun: Begun

    /// Opens the store and commits the effective configuration to it. Plans are not resolved yet:
    /// nothing was asked of any target.
    init(_ configuration: LoadedConfiguration, clock: WallClock) throws {
        raiseDescriptorLimit()
        let effective = configuration.effective
        let boot = drawBoot()
        let store = try Store(writing: effective.store, replacingDamagedAt: clock.now())
        if let replaced = store.replaced {
            logger("store").error(
                "the store was damaged: it was moved aside, and a new one is begun",
                metadata: ["store": "\(effective.store)", "detail": "\(replaced)"])
        }
        let seed = try store.keepSeed(effective.seed ?? UInt64.random(in: 0...UInt64(Int64.max)))
        let begun = Begun(effective)
        let begin: @Sendable (Store) throws -> Void = { store in
            _ = try store.keepSeed(seed)
            try store.begin(
                boot: boot, agent: effective.agent, configuration: begun.present, at: clock.now())
        }
        try begin(store)
        self.begun = begun
        let telemetry = Telemetry()
        self.store = store
        self.seed = seed
        self.telemetry = telemetry
        self.clock = clock
        recorder = try Recorder(
            store: store, boot: boot, pace: effective.commit, telemetry: telemetry,
            logger: logger("record"), now: clock.now, begin: begin)
        recorder.expect(effective.plans)
        (events, eventSink) = AsyncStream.makeStream(
            of: TargetEvent.self, bufferingPolicy: .bufferingNewest(1_000))
        let sink = eventSink
        present = Mutex(
            try Generation(configuration, keeping: nil) { target, event in
                telemetry.note(event, of: target)
                sink.yield(TargetEvent(target: target, event: event))
            })
    }

    /// What runs now.
    var generation: Generation { present.withLock { $0 } }
    var configuration: LoadedConfiguration { generation.configuration }

    /// What would run of another configuration: probers of targets that did not change are the
    /// same, with their budgets and connections. Throws where it cannot be run.
    func generation(of configuration: LoadedConfiguration) throws -> Generation {
        let (telemetry, sink) = (telemetry, eventSink)
        return try Generation(configuration, keeping: generation) { target, event in
            telemetry.note(event, of: target)
            sink.yield(TargetEvent(target: target, event: event))
        }
    }

    /// From now on, another generation is the present one. Returns the former.
    func become(_ next: Generation) throws -> Generation {
        try store.keep(next.configuration.effective, at: clock.now())
        begun.present = next.configuration.effective
        recorder.expect(next.configuration.effective.plans)
        return present.withLock { present in
            defer { present = next }
            return present
        }
    }

    /// No prober will notice anything any more: whoever reads the events comes to their end.
    func endEvents() { eventSink.finish() }

    /// A runner for each plan of the present configuration, or for the one named.
    func runners(plan name: String? = nil) async throws -> [PlanRunner] {
        try await runners(of: generation, plan: name)
    }

    /// Asks the metadata API where a plan watches all active experiences.
    func runners(of generation: Generation, plan name: String? = nil) async throws -> [PlanRunner] {
        let configuration = generation.configuration
        var runners: [PlanRunner] = []
        for plan in try configuration.plans(named: name) {
            let lanes = plan.targets.compactMap { generation.probers[$0].map(TargetLane.init) }
            runners.append(
                PlanRunner(
                    plan: plan, experiences: try await generation.experiences(of: plan),
                    pool: configuration.pools[plan.name] ?? SubjectPool(panel: nil, cohort: nil),
                    lanes: lanes, recorder: recorder, clock: clock,
                    agent: configuration.effective.agent, seed: seed, halt: generation.halt))
        }
        return runners
    }
}

/// What a store that has to be begun anew is told of.
private final class Begun: Sendable {
    private let configuration: Mutex<EffectiveConfiguration>

    init(_ configuration: EffectiveConfiguration) {
        self.configuration = Mutex(configuration)
    }

    var present: EffectiveConfiguration {
        get { configuration.withLock { $0 } }
        set { configuration.withLock { $0 = newValue } }
    }
}

extension LoadedConfiguration {
    /// All plans, or the one named.
    func plans(named name: String?) throws -> [Plan] {
        guard let name else { return effective.plans }
        guard let plan = effective.plan(named: name) else {
            let known = effective.plans.map(\.name).joined(separator: ", ")
            throw CommandFailure(.configuration, "there is no plan '\(name)'; there is \(known)")
        }
        return [plan]
    }
}

/// Names one life of the daemon: eight hexadecimal digits.
private func drawBoot() -> String {
    let text = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
}
