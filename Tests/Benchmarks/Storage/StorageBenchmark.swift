import Foundation
import Glibc

/// `scripts/benchmark storage`: the store beside prepared inserts, SQLite's bulk import and DuckDB,
/// on the same rows in the same run.
struct StorageBenchmark {
    private var size = StorageSize()
    private var isJSON = false

    static let usage = """
        usage: scripts/benchmark storage [--observations N] [--experiences N] [--days N]
                   [--format text|json] [--quick]
        """

    /// Nil: the arguments are not understood.
    init?(arguments: [String]) {
        var rest = arguments[...]
        if let quick = rest.firstIndex(of: "--quick") {
            rest.remove(at: quick)
            size = .quick
        }
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch (option, value, Int(value) ?? 0) {
            case ("--format", "text", _), ("--format", "json", _): isJSON = value == "json"
            case ("--observations", _, 1_000...): size.observations = Int(value) ?? 0
            case ("--experiences", _, 1...25): size.experiences = Int(value) ?? 0
            case ("--days", _, 1...3_650): size.days = Int(value) ?? 0
            default: return nil
            }
        }
    }

    /// Progress goes to stderr; the figures are the last that is written to stdout.
    func run() throws {
        let bench = try Workbench()
        defer { bench.close() }
        endOnSignals { bench.close() }
        let measurement = StorageMeasurement(
            bench: bench, size: size,
            tell: { FileHandle.standardError.write(Data(($0 + "\n").utf8)) })
        let figures = try measurement.figures()
        let output = isJSON ? figures.json : figures.text
        FileHandle.standardOutput.write(Data(output.utf8))
    }
}

/// How much is stored.
struct StorageSize {
    var observations = 10_000_000
    /// Asked in one fetch.
    var experiences = 3
    /// That the probes are due in.
    var days = 30

    /// As many a day as the full run has, for a smoke test.
    static let quick = StorageSize(observations: 300_000, days: 1)

    var results: Int { (observations + experiences - 1) / experiences }

    /// Results that all contestants take one after the other: enough of them for a median.
    var chunk: Int {
        let commits = max(1, min(200_000, results / 4) / Self.commit)
        return commits * Self.commit
    }

    /// Results a transaction.
    static let commit = 2_000

    /// At most: two stores, three files of peers, DuckDB's, and rollups that grow with the days.
    var diskBytes: Int { 230 * observations + 60_000_000 * days }
}
