import Model
import Simulator
import Storage
import Synchronization
import TestKit
import Testing
import WorldRig

private let hour = Instant.microsecondsPerHour

@Suite("The rig")
struct RigTests {
    @Test("records what the world answered, row by row")
    func isTrue() throws {
        let scenario = Scenario.week(Set(Scenario.Trouble.allCases)).troubled(from: .dark)
        let told = Told()
        var rig = try WorldRig(scenario, seed: 7)
        rig.witness = { told.add($0, $1) }
        try rig.run(until: scenario.start.advanced(by: 3 * hour))
        let lines = try rig.store.observationLines(after: 0, since: nil, until: nil, limit: .max)
        #expect(counted(lines.map(Told.Row.init)) == told.rows)
        // 336 contexts and as many cohort subjects a round, and those that failed in the one before.
        #expect(rig.probes * 3 == lines.count && rig.probes >= 3 * 672)
        #expect(try rig.store.watermark() == rig.now)
    }

    @Test("does the same again from the same seed, and other things from another")
    func isDeterministic() throws {
        func run(seed: UInt64, stepUs: Int64) throws -> (rows: String, findings: [WindowFindings]) {
            var scenario = Scenario.week(Set(Scenario.Trouble.allCases))
            scenario.start = scenario.end.advanced(by: -hour)
            var rig = try WorldRig(scenario, seed: seed, stepUs: stepUs)
            try rig.run(until: scenario.start.advanced(by: hour))
            return (try rig.rows(), try rig.findings())
        }
        let first = try run(seed: 1, stepUs: hour)
        #expect(try run(seed: 1, stepUs: hour) == first)
        #expect(try run(seed: 1, stepUs: hour / 12) == first)
        #expect(try run(seed: 2, stepUs: hour).rows != first.rows)
    }

    @Test("asks what failed once more, until it is answered or has been asked often enough")
    func carries() throws {
        var scenario = Scenario.week()
        scenario.world.faults = [FaultRule(.serverError, share: 0.5)]
        var rig = try WorldRig(scenario, seed: 3)
        try rig.run(until: scenario.start.advanced(by: 2 * hour))
        let lines = try rig.store.observationLines(after: 0, since: nil, until: nil, limit: .max)
        let failed = Set(
            lines.filter {
                $0.round == 1 && $0.population == .cohort && $0.observation.outcome == .failed
            }
            .map(\.subject))
        let again = Set(lines.filter { $0.round == 2 && $0.index >= 672 }.map(\.subject))
        #expect(failed.count > 100 && again == failed)
    }
}

extension Scenario {
    /// The same, beginning in the hour before a trouble.
    func troubled(from trouble: Trouble) -> Scenario {
        var scenario = self
        let from = trouble.period.from ?? start
        scenario.start = from.advanced(by: -hour)
        return scenario
    }
}

extension WorldRig {
    /// Every row as a line of its export.
    func rows() throws -> String {
        var json = JSONText()
        for line in try store.observationLines(after: 0, since: nil, until: nil, limit: .max) {
            line.write(to: &json)
            json.endLine()
        }
        return json.text
    }
}

/// What the world truly told, counted.
private final class Told: Sendable {
    struct Row: Hashable {
        let experience: String
        let outcome: Outcome
        let variation: String?
        let audience: String?
        let context: Context
        let population: Population

        init(_ line: ObservationLine) {
            experience = line.observation.experience
            outcome = line.observation.outcome
            variation = line.observation.variation
            audience = line.observation.audience
            context = line.context
            population = line.population
        }

        init(_ probe: Probe, _ experience: String, _ served: Served?) {
            self.experience = experience
            outcome = served.map { $0.variation == nil ? .unmatched : .served } ?? .failed
            variation = served?.variation
            audience = served?.audience
            context = probe.context
            population = probe.subject.population
        }
    }

    private let counts = Mutex<[Row: Int]>([:])

    var rows: [Row: Int] { counts.withLock { $0 } }

    func add(_ probe: Probe, _ answer: Answer) {
        counts.withLock { counts in
            for (index, key) in probe.experiences.enumerated() {
                let served = answer.fault == nil ? answer.served[index] : nil
                counts[Row(probe, key, served), default: 0] += 1
            }
        }
    }
}

func counted<Item: Hashable>(_ items: some Sequence<Item>) -> [Item: Int] {
    Dictionary(items.map { ($0, 1) }, uniquingKeysWith: +)
}
