import Analysis
import Configuring
import Foundation
import Logging
import Model
import NIOPosix
import Planning
import Probing
import Storage

/// One agent: a loaded configuration, its store, and a prober for each target, ready to run.
struct Agent: Sendable {
    let configuration: LoadedConfiguration
    let store: Store
    let telemetry: Telemetry
    let recorder: Recorder
    let probers: [String: Prober]
    let clock: WallClock
    let seed: UInt64

    /// Opens the store and commits the effective configuration to it.
    init(_ configuration: LoadedConfiguration, clock: WallClock) throws {
        let effective = configuration.effective
        let boot = drawBoot()
        store = try Store(writing: effective.store)
        seed = try store.keepSeed(effective.seed ?? UInt64.random(in: 0...UInt64(Int64.max)))
        try store.begin(
            boot: boot, agent: effective.agent, configuration: effective, at: clock.now())
        telemetry = Telemetry()
        recorder = Recorder(
            store: store, boot: boot, telemetry: telemetry, logger: logger("record"),
            now: clock.now)
        self.configuration = configuration
        self.clock = clock
        var probers: [String: Prober] = [:]
        for target in effective.targets {
            guard let key = configuration.keys[target.name] else { continue }
            probers[target.name] = try Prober(
                endpoint: Endpoint(target: target, key: key, userAgent: probeUserAgent),
                group: MultiThreadedEventLoopGroup.singleton)
        }
        self.probers = probers
    }

    /// A runner for each plan, or for the one named; asks the metadata API where a plan watches
    /// all active experiences.
    func runners(plan name: String? = nil) async throws -> [PlanRunner] {
        let plans = try configuration.plans(named: name)
        var runners: [PlanRunner] = []
        for plan in plans {
            guard let prober = probers[plan.target] else { continue }
            runners.append(
                PlanRunner(
                    plan: plan, experiences: try await experiences(of: plan, prober: prober),
                    pool: configuration.pools[plan.name] ?? SubjectPool(panel: nil, cohort: nil),
                    prober: prober, recorder: recorder, clock: clock,
                    agent: configuration.effective.agent, seed: seed))
        }
        return runners
    }

    /// Closes windows of the store's rows for these plans.
    var evaluator: Evaluator {
        let plans = configuration.effective.plans
        return Evaluator(
            store: store,
            shapes: Dictionary(
                uniqueKeysWithValues: plans.map { ($0.name, rollupShapes(of: $0.matrix)) }))
    }

    private func experiences(of plan: Plan, prober: Prober) async throws -> [String] {
        switch plan.experiences {
        case .keys(let keys): return keys
        case .all:
            // An API without a list answers for everything when it is asked for nothing.
            guard let listed = try await prober.metadata(statuses: ["Active"]) else { return [] }
            let keys = listed.map(\.key).sorted()
            guard !keys.isEmpty else {
                throw CommandFailure(
                    .unavailable,
                    "plan \(plan.name): the metadata API lists no active experience; name them"
                        + " under `experiences`")
            }
            return keys
        }
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
