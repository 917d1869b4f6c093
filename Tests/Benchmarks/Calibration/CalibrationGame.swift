import Foundation
import Model
import Statistics
import Synchronization

/// A simulated world of which the truth is known, and what is measured in it.
protocol CalibrationGame: Sendable {
    var title: String { get }

    /// Plays all runs.
    func figures(_ setting: CalibrationSetting) throws -> [GameFigure]
}

/// What a figure must keep to.
enum Bound {
    case atMost(Double)
    case atLeast(Double)

    func holds(_ value: Double) -> Bool {
        switch self {
        case .atMost(let bound): value <= bound
        case .atLeast(let bound): value >= bound
        }
    }

    var text: String {
        switch self {
        case .atMost(let bound): "<= " + plain(bound)
        case .atLeast(let bound): ">= " + plain(bound)
        }
    }
}

/// One number of a game; a peer's, told for comparison, has no goal.
struct GameFigure {
    let game: String
    let figure: String
    let value: Double
    var goal: Bound?

    /// Nil without a goal.
    var holds: Bool? { goal?.holds(value) }

    var line: String {
        let name = "  " + figure
        let number = plain(value)
        let goalText = goal.map { "   \($0.text)" + ($0.holds(value) ? "" : "   MISSED") } ?? ""
        let gap = String(repeating: " ", count: max(1, 74 - name.count - number.count))
        return name + gap + number + goalText + "\n"
    }
}

extension [GameFigure] {
    /// All figures on one line.
    var json: String {
        var json = JSONText()
        json.array(self) { json, figure in
            json.object { json in
                json.member("game", figure.game)
                json.member("figure", figure.figure)
                json.member("value", figure.value)
                json.member("goal", figure.goal?.text)
            }
        }
        json.endLine()
        return json.text
    }
}

/// A number as short as four digits allow.
private func plain(_ value: Double) -> String {
    guard value.isFinite else { return "never" }
    if value >= 100 { return String(Int(value.rounded())) }
    return String(format: "%.4g", value)
}

/// How many runs are played, and from which seed.
struct CalibrationSetting {
    let runs: Int
    let seed: UInt64

    /// Plays a share of the runs on all cores. Each run has dice of its own, so that the results,
    /// in the order of the runs, do not depend on the number of threads.
    func play<Result: Sendable>(
        _ game: String, share: Double = 1, _ run: @Sendable (inout Dice) -> Result
    ) -> [Result] {
        let count = max(1, Int(Double(runs) * share))
        let width = 16
        let parts = Mutex<[[Result]]>(
            Array(repeating: [], count: (count + width - 1) / width))
        DispatchQueue.concurrentPerform(iterations: (count + width - 1) / width) { part in
            let results = (part * width..<min(count, (part + 1) * width)).map { number in
                var dice = Dice(seed: seed, game: game, run: number)
                return run(&dice)
            }
            parts.withLock { $0[part] = results }
        }
        return parts.withLock { $0 }.flatMap(\.self)
    }
}

extension [Double] {
    /// The median, the lower of two.
    var middle: Double { quantile(0.5) }

    func quantile(_ share: Double) -> Double {
        sorted()[Swift.min(count - 1, Int(share * Double(count - 1)))]
    }

    var mean: Double { reduce(0, +) / Double(count) }
}

extension Array {
    /// The share of elements that hold.
    func share(where holds: (Element) -> Bool) -> Double {
        Double(self.count(where: holds)) / Double(count)
    }
}

/// The largest share of alarms that a rate of alpha yields in 99 % of such simulations: the 99 %
/// quantile of the binomial distribution over the runs.
func largestShare(of alpha: Double, runs: Int) -> Double {
    var term = Double(runs) * log1p(-alpha)
    var sum = exp(term)
    var count = 0
    while sum < 0.99, count < runs {
        term += log(Double(runs - count) / Double(count + 1) * alpha / (1 - alpha))
        count += 1
        sum += exp(term)
    }
    return Double(count) / Double(runs)
}

/// The value that chi-square exceeds with this probability.
func chiSquareLimit(alpha: Double, degreesOfFreedom: Int) -> Double {
    var (low, high) = (0.0, 1_000.0)
    for _ in 0..<100 {
        let middle = (low + high) / 2
        let isAbove = lnChiSquareTail(middle, degreesOfFreedom: degreesOfFreedom) < log(alpha)
        if isAbove { high = middle } else { low = middle }
    }
    return high
}
