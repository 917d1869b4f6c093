import Foundation
import Statistics

/// A fault of all subjects alike is nobody's; a fault of one country is that country's.
struct GlobalFault: CalibrationGame {
    let title = "G6  whom a mismatch is blamed on, over 4 dimensions with 27 values"

    /// The shares of the values of device, country, part of the day and platform.
    private static let dimensions = [
        [0.55, 0.35, 0.1],
        [0.3, 0.2, 0.1, 0.1, 0.1, 0.06, 0.05, 0.04, 0.03, 0.02],
        [Double](repeating: 1 / 12.0, count: 12),
        [0.6, 0.4],
    ]
    /// Where the values of each dimension begin among those of all, and how many there are.
    private static let starts = [0, 3, 13, 25, 27]
    private static let brokenDimension = 1
    private static let brokenValue = 3

    private struct Verdict {
        let found: Contrast?
        /// True if chi-square, each segment against the null by itself, blames one.
        let isLargestBlamed: Bool
    }

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let all = try verdicts("global fault", subjects: 20_000, share: 0.52, setting)
        let one = try verdicts("one fault", subjects: 5_000, share: nil, setting)
        let isRight = { (contrast: Contrast) in
            contrast.dimension == Self.brokenDimension && contrast.value == Self.brokenValue
        }
        return [
            figure(
                "52/48 for all, 20,000 subjects: contrast blames a segment",
                all.share { $0.found != nil }, .atMost(0.05)),
            figure(
                "52/48 for all, 20,000 subjects: largest chi-square, p < 0.05",
                all.share(where: \.isLargestBlamed)),
            figure(
                "one value 60/40, 5,000 subjects: contrast names it",
                one.share { $0.found.map(isRight) ?? false }, .atLeast(0.8)),
            figure(
                "one value 60/40, 5,000 subjects: contrast names another",
                one.share { $0.found.map { !isRight($0) } ?? false }, .atMost(0.05)),
        ]
    }

    /// With a share for all, or nil: 60/40 in the broken value alone.
    private func verdicts(
        _ game: String, subjects: Int, share: Double?, _ setting: CalibrationSetting
    ) throws -> [Verdict] {
        let attributes = Self.dimensions.map(TrueSplit.init)
        let (healthy, broken) = (TrueSplit([0.5, 0.5]), TrueSplit([0.6, 0.4]))
        let all = share.map { TrueSplit([$0, 1 - $0]) }
        let results = setting.play(game, share: 0.5) { dice in
            Result {
                // Flat while they are filled, both categories of a value side by side.
                var counts = [Int](repeating: 0, count: 2 * Self.starts[4])
                var values = [0, 0, 0, 0]
                for _ in 0..<subjects {
                    for dimension in attributes.indices {
                        values[dimension] = attributes[dimension].draw(&dice)
                    }
                    let isBroken = values[Self.brokenDimension] == Self.brokenValue
                    let category = (all ?? (isBroken ? broken : healthy)).draw(&dice)
                    for dimension in values.indices {
                        counts[2 * (Self.starts[dimension] + values[dimension]) + category] += 1
                    }
                }
                let tables = Self.dimensions.enumerated().map { dimension, shares in
                    shares.indices.map { value in
                        let place = 2 * (Self.starts[dimension] + value)
                        return [counts[place], counts[place + 1]]
                    }
                }
                return try verdict(tables)
            }
        }
        return try results.map { try $0.get() }
    }

    private func verdict(_ tables: [[[Int]]]) throws -> Verdict {
        let largest = tables.joined().map { row in
            Double((row[0] - row[1]) * (row[0] - row[1])) / Double(max(1, row[0] + row[1]))
        }.max()
        return Verdict(
            found: try worstContrast(
                dimensions: tables, probabilities: [0.5, 0.5], alpha: 0.05),
            isLargestBlamed: (largest ?? 0) > chiSquareCritical)
    }

    private func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
        GameFigure(game: "G6", figure: words, value: value, goal: goal)
    }
}

private let chiSquareCritical = chiSquareLimit(alpha: 0.05, degreesOfFreedom: 1)
