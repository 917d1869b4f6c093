import Foundation
import Statistics

/// Two hundred segments, ten of them 60/40 instead of 50/50, looked at every hour for a week.
struct SegmentAlarms: CalibrationGame {
    let title = "G5  200 segments of 600 subjects, 10 broken 60/40, hourly looks for a week"

    private enum Rule: String, CaseIterable {
        case eBH = "e-BH, q 0.05, each look"
        case bonferroni = "Bonferroni on the evidence, latched, alpha 0.05"
        case scheduled = "BH at 4 doubling looks, q 0.05/4 each"
        case peekedBH = "BH on chi-square, q 0.05, each look"
        case hundredth = "chi-square p < 0.01, each look"
        case thousandth = "chi-square p < 0.001, each look"
    }

    private struct Outcome {
        var found: [Rule: Double] = [:]
        var falseShare: [Rule: Double] = [:]
    }

    private static let segments = 200
    private static let subjects = 600
    private static let hours = 168

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let limits = Limits(segments: Self.segments)
        let broken = setting.play("segments", share: 0.1) { dice in
            week(broken: 10, limits, &dice)
        }
        let quiet = setting.play("quiet segments", share: 0.05) { dice in
            week(broken: 0, limits, &dice)
        }
        return Rule.allCases.flatMap { rule in
            let isOurs = rule == .eBH
            func figure(_ words: String, _ value: Double, _ goal: Bound?) -> GameFigure {
                GameFigure(
                    game: "G5", figure: rule.rawValue + ": " + words, value: value,
                    goal: isOurs ? goal : nil)
            }
            return [
                figure("power", broken.map { $0.found[rule] ?? 0 }.mean, .atLeast(0.8)),
                figure("FDR ever", broken.map { $0.falseShare[rule] ?? 0 }.mean, .atMost(0.05)),
                figure(
                    "any alarm in a quiet week", quiet.share { ($0.falseShare[rule] ?? 0) > 0 },
                    .atMost(0.05)),
            ]
        }
    }

    private func week(broken: Int, _ limits: Limits, _ dice: inout Dice) -> Outcome {
        var counts = [[Int]](repeating: [0, 0], count: Self.segments)
        var latched = Rule.allCases.map { _ in Set<Int>() }
        let (quiet, skewed) = (TrueSplit([0.5, 0.5]), TrueSplit([0.6, 0.4]))
        var probed = 0
        for hour in 1...Self.hours {
            let due = Self.subjects * hour / Self.hours
            for segment in counts.indices {
                let truth = segment < broken ? skewed : quiet
                for _ in probed..<due { counts[segment][truth.draw(&dice)] += 1 }
            }
            probed = due
            let look = Look(counts, hour: hour)
            for (index, rule) in Rule.allCases.enumerated() {
                latched[index].formUnion(look.alarms(of: rule, limits))
            }
        }
        var outcome = Outcome()
        for (index, rule) in Rule.allCases.enumerated() {
            let right = latched[index].count { $0 < broken }
            outcome.found[rule] = Double(right) / Double(max(1, broken))
            outcome.falseShare[rule] =
                Double(latched[index].count - right) / Double(max(1, latched[index].count))
        }
        return outcome
    }

    /// What every rule sees at one hour.
    private struct Look {
        let hour: Int
        /// 0 while fewer than 5 are expected in a category.
        let chiSquares: [Double]
        let lnE: [Double]

        init(_ counts: [[Int]], hour: Int) {
            self.hour = hour
            let squares = counts.map { Look.chiSquare($0[0], $0[1]) }
            chiSquares = squares
            // Evidence is below the largest likelihood ratio: what is not worth computing is none.
            lnE = counts.indices.map { segment in
                guard squares[segment] > 5 else { return -.infinity }
                let lnE = try? lnSegmentEvidence(
                    counts: counts[segment], probabilities: [0.5, 0.5])
                return lnE ?? .nan
            }
        }

        func alarms(of rule: Rule, _ limits: Limits) -> [Int] {
            switch rule {
            case .eBH: return stepUp(lnE, limits.eBH)
            case .bonferroni: return lnE.indices.filter { lnE[$0] >= limits.eBH[0] }
            case .scheduled:
                guard [21, 42, 84, 168].contains(hour) else { return [] }
                return stepUp(chiSquares, limits.scheduled)
            case .peekedBH: return stepUp(chiSquares, limits.peeked)
            case .hundredth:
                return chiSquares.indices.filter { chiSquares[$0] > limits.hundredth }
            case .thousandth:
                return chiSquares.indices.filter { chiSquares[$0] > limits.thousandth }
            }
        }

        private static func chiSquare(_ one: Int, _ other: Int) -> Double {
            guard one + other >= 10 else { return 0 }
            return Double((one - other) * (one - other)) / Double(one + other)
        }

        /// The step-up rule of Benjamini and Hochberg: as many of the largest as have the last of them
        /// over its limit.
        private func stepUp(_ values: [Double], _ limits: [Double]) -> [Int] {
            let least = limits[limits.count - 1]
            let order = values.indices.filter { values[$0] >= least }
                .sorted { values[$0] > values[$1] }
            let last = order.indices.last { values[order[$0]] >= limits[$0] }
            return last.map { Array(order[...$0]) } ?? []
        }
    }

    /// What the k-th largest must reach, by rule.
    private struct Limits {
        let eBH: [Double]
        let scheduled: [Double]
        let peeked: [Double]
        let hundredth = chiSquareLimit(alpha: 0.01, degreesOfFreedom: 1)
        let thousandth = chiSquareLimit(alpha: 0.001, degreesOfFreedom: 1)

        init(segments: Int) {
            let shares = (1...segments).map { Double($0) / Double(segments) }
            eBH = shares.map { -log(0.05 * $0) }
            scheduled = shares.map {
                chiSquareLimit(alpha: 0.05 / 4 * $0, degreesOfFreedom: 1)
            }
            peeked = shares.map { chiSquareLimit(alpha: 0.05 * $0, degreesOfFreedom: 1) }
        }
    }
}
