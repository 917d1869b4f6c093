// WorldRig: a world, the product from its planning to its windows, and a virtual clock.
//
// In: a configuration, a world, a seed and an instant. Out: a store as the daemon would have
// written it by another instant, without a socket and without waiting: rounds are planned as they
// are there, each probe is answered by the world when it is due, results are recorded and windows
// closed. The same things in give the same rows and findings. Not in it: how probes travel, budgets,
// rate limits, retries of a circuit breaker, hours in which a plan rests, maintenance.

import Analysis
import Configuring
import Foundation
package import Model
import Planning
package import Simulator
package import Storage

package struct WorldRig: Sendable {
    package let store: Store
    package let configuration: EffectiveConfiguration
    /// Everything that was due before it is recorded, and its windows are closed.
    package private(set) var now: Instant
    package private(set) var probes = 0
    /// Told of each answer before it is recorded.
    package var witness: (@Sendable (Probe, Answer) -> Void)?

    private let folder: RigFolder
    private let seed: UInt64
    private let stepUs: Int64
    private let start: Instant
    private var rounds: [PlanRounds]
    private var respondents: [String: Respondent]
    private var evaluator: Evaluator
    private var checker = AnswerChecker()
    private var expectations: ExpectationChecker
    private var nextListing: Instant

    private static let boot = "rig"
    /// Results of one transaction at most.
    private static let batch = 20_000

    /// Windows are closed every `stepUs` microseconds. `worlds` answer for the targets that they
    /// are named after, `world` for all others. Whatever its `store` is called, the configuration's
    /// is a file of a folder of its own, which is gone when the last copy of the rig is.
    package init(
        configuration text: String, world: World, worlds: [String: World] = [:], seed: UInt64,
        start: Instant, stepUs: Int64 = Instant.microsecondsPerHour
    ) throws {
        let loaded = try RigError.loaded(text, key: world.apiKey)
        configuration = loaded.effective
        folder = try RigFolder()
        store = try Store(writing: folder.path("store.db"))
        self.seed = seed
        self.stepUs = stepUs
        self.start = start
        now = start
        nextListing = start
        let respondents = try Dictionary(
            uniqueKeysWithValues: loaded.effective.targets.map { target in
                let world = worlds[target.name] ?? world
                return (target.name, try Respondent(target, world: world, seed: seed))
            })
        self.respondents = respondents
        rounds = try loaded.effective.plans.map { plan in
            try PlanRounds(
                plan, agent: loaded.effective.agent, seed: seed, start: start,
                pool: loaded.pools[plan.name] ?? SubjectPool(),
                listed: respondents[plan.target]?.activeKeys(at: start) ?? [])
        }
        evaluator = Evaluator(store: store)
        expectations = ExpectationChecker(plans: configuration.plans)
        try store.begin(
            boot: Self.boot, agent: configuration.agent, configuration: configuration, at: start)
    }

    package init(
        _ scenario: Scenario, seed: UInt64, stepUs: Int64 = Instant.microsecondsPerHour
    ) throws {
        try self.init(
            configuration: scenario.configuration, world: scenario.world, seed: seed,
            start: scenario.start, stepUs: stepUs)
    }

    /// Probes, records and closes windows until an instant.
    package mutating func run(until end: Instant) throws {
        while now < end {
            let step = (now.microseconds.flooredDivision(by: stepUs) + 1) * stepUs
            let next = min(end, Instant(microseconds: step))
            try record(until: next)
            try close()
        }
    }

    /// Probes and records until an instant, and closes nothing.
    package mutating func record(until end: Instant) throws {
        try list()
        try probe(until: end)
        now = end
    }

    /// Closes the windows that are over.
    package mutating func close() throws { try evaluator.closeWindows(before: now) }

    /// What was found in the windows that were closed, each finding as its JSON.
    package func findings() throws -> [WindowFindings] {
        try store.windowFindings(in: Span(since: start, until: now))
    }
}

/// Probing.
extension WorldRig {
    /// Asks whatever is due before an instant; rounds begin when their time comes.
    private mutating func probe(until end: Instant) throws {
        while let (index, beginning) = nextBeginning(before: end) {
            try ask(until: beginning)
            try begin(index, at: beginning)
        }
        try ask(until: end)
    }

    private func nextBeginning(before end: Instant) -> (index: Int, at: Instant)? {
        rounds.indices.compactMap { index in rounds[index].nextBeginning.map { (index, $0) } }
            .filter { $0.1 < end }.min { $0.1 < $1.1 }
    }

    private mutating func begin(_ index: Int, at beginning: Instant) throws {
        guard !rounds[index].skips(at: beginning) else { return }
        let plan = rounds[index].plan
        let usedToday =
            plan.subjects.cohort?.perDay == nil
            ? 0
            : try store.cohortSubjectsUsed(
                plan: plan.name, target: plan.target, onDay: beginning.dayNumber)
        let status = rounds[index].newRound(at: beginning, usedToday: usedToday)
        rounds[index].begin(status, carried: try store.startRound(status))
    }

    private mutating func ask(until end: Instant) throws {
        var results: [ProbeResult] = []
        for index in rounds.indices {
            while let (probe, due) = rounds[index].next(before: end) {
                for target in rounds[index].plan.targets {
                    let isOwn = target == rounds[index].plan.target
                    let asked = isOwn ? probe : probe.compared(at: target)
                    guard let (result, answer) = respondents[target]?.result(of: asked, due: due)
                    else { continue }
                    witness?(asked, answer)
                    results.append(result)
                }
                if results.count >= Self.batch {
                    try record(results, rounds: rounds[index].takeStatuses())
                    results.removeAll(keepingCapacity: true)
                }
            }
        }
        try record(results, rounds: rounds.indices.flatMap { rounds[$0].takeStatuses() })
    }

    private mutating func record(_ results: [ProbeResult], rounds: [RoundStatus]) throws {
        guard !results.isEmpty || !rounds.isEmpty else { return }
        var notes = checker.check(results)
        notes.expectations = expectations.check(results)
        try store.record(results, rounds: rounds, boot: Self.boot, noticed: notes)
        probes += results.count
    }

    /// What metadata lists, once a day.
    private mutating func list() throws {
        guard now >= nextListing else { return }
        for (name, respondent) in respondents {
            try store.save(listed: respondent.listed(at: now), of: name, at: now)
        }
        nextListing = now.advanced(by: Instant.microsecondsPerDay)
    }
}

/// A folder of its own that is gone when the value is; in memory where the system has a place for
/// that.
private final class RigFolder: Sendable {
    private let url: URL

    init() throws {
        let memory = URL(filePath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        url = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appending(path: "variometer-rig-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }
}
