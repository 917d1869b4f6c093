import Foundation
import Model

/// `scripts/benchmark calibration`: how often the statistics alarm for nothing and how soon for
/// something, each beside simple peers in the same simulated worlds.
///
/// The figures depend on the seed and the number of runs alone; those of `cost` on the machine.
enum CalibrationBenchmark {
    static let usage = """
        usage: scripts/benchmark calibration [--runs N] [--seed N] [--game NAME]
                   [--format text|json]
        """

    /// In the order in which they are played; a further game is one line here.
    static var games: [any CalibrationGame] {
        [
            QuietSplits(), SkewedSplits(), LateChange(), SegmentAlarms(), GlobalFault(),
            QuietLatency(), SlowerLatency(), RisenRates(), ChangedStreams(), PanelMoves(),
            PanelIncident(), InferredRules(), WindowCost(),
        ]
    }

    /// The figures are written to stdout as they are found; with JSON the last line is all of
    /// them. Throws `CalibrationError.usage` for arguments that are not understood.
    static func run(_ arguments: [String]) throws {
        guard let options = Options(arguments) else { throw CalibrationError.usage(usage) }
        let setting = CalibrationSetting(runs: options.runs, seed: options.seed)
        var all: [GameFigure] = []
        for game in games where options.game.map({ game.title.hasPrefix($0 + " ") }) ?? true {
            let figures = try game.figures(setting)
            write(game.title + "\n" + figures.map(\.line).joined())
            all += figures
        }
        let missed = all.filter { $0.holds == false }
        write(
            "\(setting.runs) runs, seed \(setting.seed): "
                + "\(all.count { $0.holds != nil } - missed.count) goals met, "
                + "\(missed.count) missed\n" + missed.map(\.line).joined())
        if options.isJSON { write(all.json) }
    }

    private static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    private struct Options {
        var runs = 10_000
        var seed: UInt64 = 1
        var game: String?
        var isJSON = false

        /// Nil: the arguments are not understood.
        init?(_ arguments: [String]) {
            var rest = arguments[...]
            while let option = rest.popFirst() {
                guard let value = rest.popFirst() else { return nil }
                switch (option, value, Int(value) ?? -1) {
                case ("--runs", _, let runs) where runs >= 100: self.runs = runs
                case ("--seed", _, let seed) where seed >= 0: self.seed = UInt64(seed)
                case ("--game", _, _): game = value
                case ("--format", "text", _), ("--format", "json", _): isJSON = value == "json"
                default: return nil
                }
            }
        }
    }
}

enum CalibrationError: Error, CustomStringConvertible {
    case usage(String)

    var description: String {
        switch self {
        case .usage(let text): text
        }
    }
}
