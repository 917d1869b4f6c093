import Foundation
import Glibc

/// `scripts/benchmark probing`: the built product beside the programs people would otherwise probe
/// with, against one nginx on loopback, in the same run.
struct ProbingBenchmark {
    private var isJSON = false
    private var isQuick = false

    static let usage = "usage: scripts/benchmark [probing [--format text|json] [--quick]]"

    /// Nil: the arguments are not understood.
    init?(arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch (argument, rest.first) {
            case ("--quick", _): isQuick = true
            case ("--format", "text"), ("--format", "json"): isJSON = rest.removeFirst() == "json"
            default: return nil
            }
        }
    }

    /// Progress goes to stderr; the figures are the last that is written to stdout.
    func run() throws {
        let bench = try Workbench()
        defer { bench.close() }
        endOnSignals { bench.close() }
        let measurement = ProbingMeasurement(
            bench: bench, nginx: try Nginx(on: bench), rounds: isQuick ? 1 : 5,
            divisor: isQuick ? 10 : 1,
            tell: { FileHandle.standardError.write(Data(($0 + "\n").utf8)) })
        let figures = ProbingFigures(
            rounds: measurement.rounds, cores: Proc.allowedCores,
            keepAlive: try measurement.keepAlive(),
            newConnection: try measurement.newConnection(), tls: try measurement.tls(),
            memory: try measurement.memory(), lag: try measurement.lag())
        let output = isJSON ? figures.json : figures.text
        FileHandle.standardOutput.write(Data(output.utf8))
    }
}
