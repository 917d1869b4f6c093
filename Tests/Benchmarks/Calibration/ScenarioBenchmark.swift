import Dispatch
import Foundation
import Model
import Synchronization
import WorldRig

/// Lets many seeds of one scenario run, and tells in how many of them something was found: in a
/// healthy world these are false alarms, in a troubled one what was seen of it, and how soon.
struct ScenarioBenchmark {
    private let scenario: Scenario
    private let seeds: Int

    static var usage: String {
        "       scripts/benchmark calibration --scenario NAME [--seeds N]\n"
            + "           NAME: " + Scenario.all.map(\.name).joined(separator: " ")
    }

    /// Nil: the options are none of these.
    init?(arguments: [String]) {
        var name = "week-healthy"
        var seeds = 200
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch option {
            case "--seeds":
                guard let count = Int(value), count > 0 else { return nil }
                seeds = count
            case "--scenario": name = value
            default: return nil
            }
        }
        guard let scenario = Scenario.all.first(where: { $0.name == name }) else { return nil }
        self.scenario = scenario
        self.seeds = seeds
    }

    /// What one seed came to: the first window in which a kind of finding was made of something.
    private struct Run {
        var probes = 0
        var firstSeen: [String: Instant] = [:]
        /// True: something would have woken somebody.
        var hasWarning = false
    }

    func run() throws {
        let runs = Mutex<[Run]>([])
        let failure = Mutex<(any Error)?>(nil)
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            DispatchQueue.concurrentPerform(iterations: seeds) { seed in
                do {
                    let run = try run(seed: UInt64(seed + 1))
                    runs.withLock { $0.append(run) }
                } catch { failure.withLock { $0 = error } }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        tell(runs.withLock { $0 }, seconds: elapsed / .seconds(1))
    }

    private func run(seed: UInt64) throws -> Run {
        var rig = try WorldRig(scenario, seed: seed)
        try rig.run(until: scenario.end)
        var run = Run(probes: rig.probes)
        for window in try rig.findings() {
            for finding in window.findings {
                let told = try ToldFinding(finding)
                run.firstSeen[told.name] = run.firstSeen[told.name] ?? window.start
                run.hasWarning = run.hasWarning || told.severity != "info"
            }
        }
        return run
    }

    private func tell(_ runs: [Run], seconds: Double) {
        let probes = runs.reduce(0) { $0 + $1.probes }
        print("\(scenario.name): \(runs.count) seeds, \(probes) probes, \(Int(seconds)) s")
        print("\(Int(Double(probes) / seconds)) probes/s")
        print(
            "with a finding of warning or above: \(runs.count(where: \.hasWarning)) of \(runs.count)"
        )
        for name in Set(runs.flatMap(\.firstSeen.keys)).sorted() {
            let seen = runs.compactMap { $0.firstSeen[name] }.sorted()
            print("\(name): \(seen.count) of \(runs.count), median \(seen[seen.count / 2].rfc3339)")
        }
    }
}
