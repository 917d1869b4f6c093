// Benchmarks: the few hot things, each beside a peer that does the same work in the same run.
//
// Prints a line for each: nanoseconds a piece, and the ratio to its peer. Run it with
// `scripts/benchmark`; ratios hold from machine to machine, absolute times do not.
// `scripts/benchmark probing` measures the built product beside other probers instead, and
// `scripts/benchmark storage` its store beside other ways to keep the same rows; and
// `scripts/benchmark calibration` plays worlds of known truth: false alarms, and how soon changes
// are noticed.

import Analysis
import Foundation
import Glibc
import Model
import Planning
import Statistics

@main
struct Benchmarks {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let word = arguments.first else { return hotThings() }
        let options = [String](arguments[1...])
        do {
            if word == "probing", let probing = ProbingBenchmark(arguments: options) {
                try probing.run()
            } else if word == "storage", let storage = StorageBenchmark(arguments: options) {
                try storage.run()
            } else if word == "calibration", options.contains("--scenario"),
                let scenario = ScenarioBenchmark(arguments: options)
            {
                try scenario.run()
            } else if word == "changepoints" {
                try ChangePointBenchmark.run(options)
            } else if word == "calibration" {
                try CalibrationBenchmark.run(options)
            } else {
                let usages = [
                    ProbingBenchmark.usage, StorageBenchmark.usage, CalibrationBenchmark.usage,
                    ScenarioBenchmark.usage, ChangePointBenchmark.usage,
                ]
                fail(usages.joined(separator: "\n"), status: EX_USAGE)
            }
        } catch {
            fail("benchmark: \(error)", status: EXIT_FAILURE)
        }
    }

    private static func hotThings() {
        lines()
        sketch()
        round()
        rolling()
    }

    private static func fail(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }

    /// Nanoseconds a piece: the best of five runs.
    private static func time(_ count: Int, _ work: () -> Void) -> Double {
        (0..<5).map { _ in
            let clock = ContinuousClock()
            let elapsed = clock.measure(work)
            return Double(elapsed.components.attoseconds) / 1e9 / Double(count)
                + Double(elapsed.components.seconds) * 1e9 / Double(count)
        }.min() ?? 0
    }

    private static func tell(_ name: String, _ own: Double, peer: String, _ other: Double) {
        let ratio = (own / other * 100).rounded() / 100
        print("\(name): \(Int(own)) ns; \(peer): \(Int(other)) ns; ratio \(ratio)")
    }

    /// An observation line as JSON, against Foundation's encoder on the same members.
    private static func lines() {
        let count = 20_000
        let line = sampleLine
        var json = JSONText()
        let own = time(count) {
            json.removeAll()
            for _ in 0..<count {
                line.write(to: &json)
                json.endLine()
            }
        }
        let encoder = JSONEncoder()
        let members = flatMembers
        let other = time(count) {
            for _ in 0..<count { _ = try? encoder.encode(members) }
        }
        tell("observation line", own, peer: "JSONEncoder", other)
    }

    /// Adding to a latency sketch and reading p99, against sorting the values.
    private static func sketch() {
        let values = (0..<1_000_000).map { Int64(1_000 + ($0 &* 2_654_435_761) % 90_000) }
        let own = time(values.count) {
            var sketch = QuantileSketch()
            for value in values { sketch.add(value) }
            _ = sketch.quantile(0.99)
        }
        let other = time(values.count) {
            let sorted = values.sorted()
            _ = sorted[sorted.count * 99 / 100]
        }
        tell("quantile sketch", own, peer: "sort", other)
    }

    /// A probe of a round of 10⁹ contexts, against making just its context.
    private static func round() {
        let values = (0..<1_000).map { Optional("v\($0)") }
        let matrix = MatrixDefinition(
            attributes: ["a", "b", "c"].map { AttributeAxis(name: $0, values: values) })
        let plan = Plan(
            name: "huge", target: "t", experiences: .keys(["hero"]), cadence: .continuous,
            rate: Rate(perSecond: 1),
            subjects: SubjectPlan(
                panel: .generated(count: 200, prefix: "p-"),
                cohort: SubjectPlan.Cohort(share: 0.3, source: .generated(prefix: "c-"))),
            matrix: matrix)
        let round = Round(
            plan: plan, experiences: ["hero"], agent: "a", seed: 1, number: 1,
            cohortSubjects: cohortSubjects(of: plan, contexts: 1_000_000_000), cohortUsed: 0,
            pool: SubjectPool(), carried: [])
        let now = Instant(microseconds: 0)
        let contexts = Matrix(matrix)
        let own = time(20_000) {
            for position in 0..<20_000 { _ = round.probe(at: position, now: now) }
        }
        let other = time(20_000) {
            for index in 0..<20_000 { _ = contexts.context(at: index * 49_999, now: now) }
        }
        tell("probe of a round", own, peer: "its context alone", other)
    }

    /// A result rolled into four segments, against adding it to one tally.
    private static func rolling() {
        let geos = ["IN", "US", "DE"]
        let results = (0..<100_000).map { number in
            sampleResult(number, geo: geos[number % 3], hour: number % 24).digest
        }
        let shapes = ["shop": [[], ["geo"], ["hour"]]]
        let own = time(results.count) {
            var roller = Roller(shapes: shapes)
            for result in results { roller.add(result) }
            _ = roller.take()
        }
        let other = time(results.count) {
            var roller = Roller(shapes: [:])
            for result in results { roller.add(result) }
            _ = roller.take()
        }
        tell("result rolled into three segments", own, peer: "into everyone alone", other)
    }
}

private func sampleResult(_ number: Int, geo: String, hour: Int) -> ProbeResult {
    let probe = Probe(
        identity: ProbeIdentity(agent: "a", plan: "shop", target: "t", round: 1, index: number),
        subject: Subject(customerID: "s", population: .cohort),
        context: Context(hour: hour, geo: geo), experiences: ["hero"])
    return ProbeResult(
        probe: probe, dueAt: Instant(microseconds: Int64(number) * 10_000),
        phases: Phases(
            lagUs: 40, requestUs: 10, firstByteUs: Int64(5_000 + number % 9_000), transferUs: 30),
        transport: Transport(),
        observations: [
            Observation(experience: "hero", outcome: .served, variation: "1", audience: "7W")
        ])
}

private let sampleLine = ObservationLine(
    seq: 7, id: "eu-1-0badcafe-7", resultID: "eu-1-0badcafe-r4", agent: "eu-1", boot: "0badcafe",
    target: "production", plan: "storefront", round: 3, index: 41,
    dueAt: Instant(microseconds: 1_795_510_800_000_000),
    phases: Phases(lagUs: 44, requestUs: 12, firstByteUs: 45_000, transferUs: 88),
    subject: "panel-0007", population: .panel,
    context: Context(day: .saturday, hour: 19, device: "iphone", geo: "IN"),
    observation: Observation(
        experience: "hero", outcome: .served, variation: "2", audience: "42D",
        audienceName: "High Intent Users", locale: "0", campaign: "65ea_F_T_WP_AB_2",
        fingerprint: "00ff00ff00ff00ff"),
    transport: Transport(
        httpStatus: 200, httpVersion: "1.1", connection: .reused, remoteAddress: "127.0.0.1",
        bytes: 512))

/// As many texts and numbers as a line has members.
private let flatMembers: [String: String] = Dictionary(
    (0..<41).map { ("member_\($0)", "value \($0)") }, uniquingKeysWith: { $1 })
