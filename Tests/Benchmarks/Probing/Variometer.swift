import Foundation

/// One run of `variometer probe`.
struct ProbeRun {
    let url: String
    let ratePerSecond: Int
    let maxProbes: Int
    var maxInFlight = 256
    /// PEM file of the authority to trust; nil: the system's.
    var authority: URL?
    var opensNewConnections = false

    /// 12,096 contexts and 99 fresh subjects for each of the panel's: a round of more probes than
    /// any run asks for, so that no run is interrupted by the end of a round.
    fileprivate var configuration: String {
        let tls = authority.map { "\n    tls: { ca_file: \($0.path) }" } ?? ""
        let connections = opensNewConnections ? "\n    connections: new_connection" : ""
        return """
            store: store.db
            listen: 127.0.0.1:0
            agent: benchmark
            seed: 1
            targets:
              local:
                base_url: \(url)
                workspace_id: WS1
                api_key: ${VARIOMETER_BENCHMARK_KEY}
                timeout: 30s
                max_in_flight: \(maxInFlight)\(tls)
            plans:
              benchmark:
                target: local
                experiences: [hero]
                continuous: true
                rate: \(ratePerSecond)/s\(connections)
                subjects: { panel: { count: 1000 }, cohort: { share: 0.99 } }
                matrix:
                  day: all
                  hour: all
                  device: [iphone, android-phone, desktop-chrome]
                  geo: [IN, US, DE, BR, GB, JP]
                  attributes: { tier: [free, plus, gold, null] }

            """
    }
}

/// The product, as a user runs it: a configuration file, a store on disk, a summary on stdout.
struct Variometer {
    let bench: Workbench

    /// A run that has begun, in a folder of its own.
    struct Started {
        fileprivate let child: Child
        fileprivate let folder: URL
    }

    /// What `variometer check` says against a run's configuration; nil: nothing.
    func refusal(of run: ProbeRun) throws -> String? {
        let folder = try prepare(run)
        defer { remove(folder) }
        do {
            try bench.children.run(
                bench.product, ["check", "--config", folder.appending(path: "run.yaml").path],
                environment: Self.key)
            return nil
        } catch let error as BenchmarkError {
            let line = error.output.split(separator: "\n").first.map(String.init)
            return line?.replacing(folder.path + "/", with: "") ?? error.description
        }
    }

    func probe(_ run: ProbeRun) throws -> Sample {
        try finish(start(run))
    }

    func start(_ run: ProbeRun) throws -> Started {
        let folder = try prepare(run)
        let child = try bench.children.start(
            bench.product,
            [
                "probe", "--config", folder.appending(path: "run.yaml").path,
                "--max-probes", String(run.maxProbes),
            ], environment: Self.key)
        return Started(child: child, folder: folder)
    }

    /// Waits for a run's end; a failed probe would make its numbers wrong and is thrown.
    func finish(_ started: Started) throws -> Sample {
        defer { remove(started.folder) }
        return try sample(of: started)
    }

    /// The lag of a run as the product itself reports it.
    func lag(_ run: ProbeRun) throws -> Lag {
        let started = try start(run)
        defer { remove(started.folder) }
        _ = try sample(of: started)
        let store = started.folder.appending(path: "store.db").path
        let report = try bench.children.run(
            bench.product, ["report", "latency", "--store", store, "--format", "json"])
        return try Lag(report: report.output)
    }

    private func sample(of started: Started) throws -> Sample {
        let ending = try bench.children.wait(started.child, within: .seconds(120))
        guard let count = number(/(\d+) probes at/, in: ending.output),
            !ending.output.contains("failed:")
        else {
            throw BenchmarkError(
                program: "variometer probe", operation: "had failed probes", output: ending.output)
        }
        let dropped = number(/(\d+) left out or dropped/, in: ending.output) ?? 0
        return Sample(ending, count: count, dropped: dropped)
    }

    private func prepare(_ run: ProbeRun) throws -> URL {
        let folder = bench.folder.appending(path: "run-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(run.configuration.utf8).write(to: folder.appending(path: "run.yaml"))
        return folder
    }

    private func remove(_ folder: URL) {
        try? FileManager.default.removeItem(at: folder)
    }

    private static let key = ["VARIOMETER_BENCHMARK_KEY": "secret"]
}

/// How late probes left, in µs.
struct Lag {
    let p50Us: Double
    let p99Us: Double
    let maxUs: Double

    /// The median of each number.
    init(_ lags: [Lag]) {
        p50Us = median(lags.map(\.p50Us))
        p99Us = median(lags.map(\.p99Us))
        maxUs = median(lags.map(\.maxUs))
    }

    /// Reads the report `latency`; without `--by` its rows are of everyone.
    fileprivate init(report: String) throws {
        struct Row: Decodable {
            let phase: String
            let p50Us: Double?
            let p99Us: Double?
            let maxUs: Double?
        }
        struct Report: Decodable { let rows: [Row] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let rows = try? decoder.decode(Report.self, from: Data(report.utf8)).rows
        let row = rows?.first { $0.phase == "lag" }
        guard let row, let p50 = row.p50Us, let p99 = row.p99Us, let max = row.maxUs else {
            throw BenchmarkError(
                program: "variometer report latency", operation: "tells no lag", output: report)
        }
        (p50Us, p99Us, maxUs) = (p50, p99, max)
    }
}

/// The product's own simulator as an API that takes its time.
struct SlowTarget {
    let url: String
    private let bench: Workbench
    private let simulator: Child

    init(on bench: Workbench, seconds: Int) throws {
        let world = try bench.write(
            """
            {
              "workspace_id": "WS1", "api_key": "secret",
              "experiences": [
                { "key": "hero", "audiences": [{ "id": "1A", "allocation": { "1": 100 } }] }
              ],
              "latency": [{ "median_ms": \(seconds * 1_000), "sigma": 0 }]
            }
            """, to: "slow.json")
        let port = try Loopback.freePort()
        self.bench = bench
        url = "http://127.0.0.1:\(port)"
        simulator = try bench.children.start(
            bench.product, ["simulate", "--world", world.path, "--port", String(port)])
        try bench.children.waitUntilListening(simulator, on: port)
    }

    func end() { bench.children.end(simulator.id) }
}
