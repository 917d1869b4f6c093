/// Who takes part in a comparison.
enum Contestant: String {
    case variometer
    /// The product at a rate below what it can do, so that nothing is dropped.
    case variometerSteady = "variometer_steady"
    /// The product at a rate far above it: what it drops is counted, what it answers is its rate.
    case variometerSaturated = "variometer_saturated"
    case hey
    case wrk
    case blackboxExporter = "blackbox_exporter"
    /// The product's store, windows closed as they end.
    case variometerRolled = "variometer_with_rollups"
    /// That closing, by itself.
    case windows = "closing_windows"
    case preparedInserts = "prepared_inserts"
    /// Without the targeting map and assignments.
    case preparedRows = "prepared_inserts_of_rows_alone"
    case sqliteImport = "sqlite3_import"
    case duckDB = "duckdb"
}

/// Contestants beside each other, measured in the same rounds.
struct Comparison {
    let medians: [(contestant: Contestant, medians: Medians)]

    subscript(contestant: Contestant) -> Medians? {
        medians.first { $0.contestant == contestant }?.medians
    }

    /// One contestant's number by another's; nil: one of them took no part.
    func ratio(_ number: (Sample) -> Double, of own: Contestant, to peer: Contestant) -> Double? {
        guard let own = self[own], let peer = self[peer] else { return nil }
        return own.ratio(number, to: peer)
    }
}

/// A figure, or why there is none.
enum Measured<Figure> {
    case measured(Figure)
    case missing(String)

    var figure: Figure? {
        if case .measured(let figure) = self { figure } else { nil }
    }

    var reason: String? {
        if case .missing(let reason) = self { reason } else { nil }
    }
}

/// Memory that probes in flight take.
struct InFlightMemory {
    let inFlight: Int
    let bytesEach: Double
}

/// Everything that is measured of probing.
struct ProbingFigures {
    let rounds: Int
    let cores: Int
    let keepAlive: Comparison
    let newConnection: Measured<Comparison>
    let tls: Comparison
    let memory: Measured<InFlightMemory>
    let lag: Lag
}

/// Measures the figures one after the other; within one, each round runs every contestant in turn.
struct ProbingMeasurement {
    let bench: Workbench
    let nginx: Nginx
    let rounds: Int
    /// What counts are divided by: 10 for a smoke test.
    let divisor: Int
    let tell: (String) -> Void

    /// As many as hey has: each contestant does what it can with them.
    private static let connections = 50
    /// More probes a second than they can carry: what is left over is dropped, at our cost.
    private static let tooMany = 40_000

    private var variometer: Variometer { Variometer(bench: bench) }
    private var hey: Hey { Hey(bench: bench) }

    func keepAlive() throws -> Comparison {
        let exporter = try BlackboxExporter(on: bench, target: nginx.plain)
        defer { exporter.end() }
        let steady = ProbeRun(
            url: nginx.plain, ratePerSecond: 20_000, maxProbes: 100_000 / divisor)
        let saturated = ProbeRun(
            url: nginx.plain, ratePerSecond: Self.tooMany, maxProbes: 5 * Self.tooMany / divisor,
            maxInFlight: Self.connections)
        return try compare(
            "keep-alive",
            [
                (.variometerSteady, { try variometer.probe(steady) }),
                (.hey, { try hey.post(nginx.plain, count: 200_000 / divisor) }),
                (.variometerSaturated, { try variometer.probe(saturated) }),
                (.wrk, { try Wrk(bench: bench).post(nginx.plain, seconds: max(1, 5 / divisor)) }),
                (.blackboxExporter, { try exporter.probe(count: 10_000 / divisor) }),
            ])
    }

    func newConnection() throws -> Measured<Comparison> {
        let run = ProbeRun(
            url: nginx.plain, ratePerSecond: Self.tooMany / 2,
            maxProbes: 5 * Self.tooMany / 2 / divisor, maxInFlight: Self.connections,
            opensNewConnections: true)
        if let refusal = try variometer.refusal(of: run) {
            return .missing("variometer check: " + refusal)
        }
        return .measured(
            try compare(
                "new connections",
                [
                    (.variometer, { try variometer.probe(run) }),
                    (
                        .hey,
                        {
                            try hey.post(
                                nginx.plain, count: 20_000 / divisor,
                                flags: ["-disable-keepalive"])
                        }
                    ),
                ]))
    }

    func tls() throws -> Comparison {
        let run = ProbeRun(
            url: nginx.secure, ratePerSecond: Self.tooMany,
            maxProbes: 5 * Self.tooMany / divisor, maxInFlight: Self.connections,
            authority: nginx.authority)
        return try compare(
            "TLS",
            [
                (.variometer, { try variometer.probe(run) }),
                (.hey, { try hey.post(nginx.secure, count: 100_000 / divisor) }),
            ])
    }

    /// The peak with thousands in flight less the peak with one, both against one slow target.
    func memory() throws -> Measured<InFlightMemory> {
        let inFlight = 5_000 / divisor
        guard Proc.openFileLimit >= inFlight + 500 else {
            return .missing("no more than \(Proc.openFileLimit) open files: see ulimit -n")
        }
        let target = try SlowTarget(on: bench, seconds: 10)
        defer { target.end() }
        let bytes = try (1...rounds).map { round in
            tell("memory in flight, round \(round) of \(rounds)")
            let one = try variometer.start(run(target, maxProbes: 1))
            let many = try variometer.start(run(target, maxProbes: inFlight))
            let base = try variometer.finish(one)
            let full = try variometer.finish(many)
            guard full.count == inFlight else {
                throw BenchmarkError(
                    program: "variometer probe",
                    operation: "had \(full.count) probes in flight instead of \(inFlight)")
            }
            return Double(full.peakBytes - base.peakBytes) / Double(inFlight)
        }
        return .measured(InFlightMemory(inFlight: inFlight, bytesEach: median(bytes)))
    }

    func lag() throws -> Lag {
        let run = ProbeRun(
            url: nginx.plain, ratePerSecond: 1_000, maxProbes: 60_000 / divisor)
        return Lag(
            try (1...rounds).map { round in
                tell("lag, round \(round) of \(rounds)")
                return try variometer.lag(run)
            })
    }

    private func run(_ target: SlowTarget, maxProbes: Int) -> ProbeRun {
        ProbeRun(
            url: target.url, ratePerSecond: 2_500, maxProbes: maxProbes, maxInFlight: 6_000)
    }

    private func compare(
        _ name: String, _ contestants: [(Contestant, () throws -> Sample)]
    ) throws -> Comparison {
        var samples = contestants.map { _ in [Sample]() }
        for round in 1...rounds {
            for (index, (contestant, run)) in contestants.enumerated() {
                tell("\(name), round \(round) of \(rounds): \(contestant.rawValue)")
                samples[index].append(try run())
            }
        }
        return Comparison(medians: zip(contestants, samples).map { ($0.0, Medians(samples: $1)) })
    }
}
