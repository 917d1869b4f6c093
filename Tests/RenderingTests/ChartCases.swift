import Foundation
import Model
import TestKit

@testable import Rendering

/// Reports with charts, made up of dice and of shares that are known.
enum ChartCases {
    static let since = Instant(microseconds: 1_795_478_400_000_000)
    static let india = TimeFormat(zone: "Asia/Kolkata") { _ in (19_800, "IST") }
    static let hour = Instant.microsecondsPerHour

    static func at(_ hours: Int) -> Instant { since.advanced(by: Int64(hours) * hour) }

    static func report(
        _ rows: ReportRows, _ charts: ReportCharts?, kind: ReportKind, hours: Int
    ) -> Report {
        Report(
            kind: kind, span: Span(since: since, until: at(hours)), watermark: at(hours),
            rows: rows, charts: charts)
    }
}

/// Splits: an arm of known shares, hour by hour, with a band as wide as 1.4/√n.
extension ChartCases {
    static func arms(_ counts: [Int], meant: [Double], names: [String]) -> [Arm] {
        let n = counts.reduce(0, +)
        return zip(zip(names, meant), counts).map { arm, observed in
            let share = Double(observed) / Double(max(1, n))
            let width = 1.4 / Double(max(1, n)).squareRoot()
            return Arm(
                variation: arm.0, allocation: arm.1, expected: arm.1 * Double(n),
                observed: observed, share: share, low: max(0, share - width),
                high: min(1, share + width))
        }
    }

    /// From `turn` on, shares are `then` instead of what is meant.
    static func split(
        meant: [Double], then: [Double], turn: Int, hours: Int, perHour: Int = 400,
        names: [String] = ["1", "2", "3", "4"], seed: UInt64 = 7
    ) -> (row: SplitRow, history: SplitHistory) {
        var dice = SplitMix64(seed: seed)
        var counts = meant.map { _ in 0 }
        var points: [SplitHistory.Point] = []
        for hour in 1...hours {
            let shares = hour > turn ? then : meant
            for _ in 0..<perHour {
                var draw = Double.random(in: 0..<1, using: &dice)
                let place = shares.firstIndex { share in
                    defer { draw -= share }
                    return draw < share
                }
                counts[place ?? 0] += 1
            }
            let arms = arms(counts, meant: meant, names: names)
            let z = (arms[0].share - meant[0]) / (arms[0].high - arms[0].low)
            points.append(
                SplitHistory.Point(
                    at: at(hour), n: arms.reduce(0) { $0 + $1.observed }, arms: arms,
                    lnE: 16 * z * z - 3.5))
        }
        let reached = points.first { $0.lnE >= 7.6 }
        let last = points[points.count - 1]
        let row = SplitRow(
            target: "production", plan: "shop", experience: "hero", audience: "7W",
            audienceName: "Phone visitors", population: .cohort, n: last.n, missing: 3,
            arms: last.arms,
            chiSquare: ChiSquare(statistic: 12, degreesOfFreedom: meant.count - 1, p: 0.0005),
            sequential: SequentialTest(
                lnE: last.lnE, lnEMax: points.map(\.lnE).max() ?? 0, alpha: 0.0005, lnLimit: 7.6),
            detectableDeviation: 0.02, verdict: reached == nil ? .ok : .mismatch, since: since)
        let off = points.first { $0.arms[0].low > meant[0] || $0.arms[0].high < meant[0] }
        let tinted = off.map { [Span(since: $0.at, until: last.at)] } ?? []
        let history = SplitHistory(
            of: row, since: row.since, points: points,
            off: meant.indices.map { $0 == 0 ? tinted : [] }, reachedAt: reached?.at)
        return (row, history)
    }

    static func segments(_ shares: [(name: String, n: Int, share: Double)]) -> [SegmentShare] {
        shares.map { name, n, share in
            let observed = Int(Double(n) * share)
            var arms = arms([observed, n - observed], meant: [0.5, 0.5], names: ["1", "2"])
            for place in arms.indices {
                let width = 2 / Double(n).squareRoot()
                arms[place].low = max(0, arms[place].share - width)
                arms[place].high = min(1, arms[place].share + width)
            }
            return SegmentShare(
                segment: Segment([Coordinate(dimension: "device", value: name)]), n: n, arms: arms,
                variation: "1", contrast: share - 0.5, z: 1, lnE: 0,
                isOff: arms[0].low > 0.5 || arms[0].high < 0.5)
        }
    }
}

/// Latency: answers in a few octaves, slower from `turn` on.
extension ChartCases {
    /// Three to an octave.
    static let bounds = (0...80).map { exp2(Double($0 - 1) / 3) }

    static func heat(columns: Int, turn: Int, seed: UInt64 = 3) -> LatencyHeat {
        var dice = SplitMix64(seed: seed)
        let parts = (0..<columns).map { index -> LatencyHeat.Column in
            let fastest = index >= turn ? 43 : 40
            var buckets: [Int] = []
            for _ in 0..<300 {
                var bucket = fastest
                while Double.random(in: 0..<1, using: &dice) < 0.7 { bucket += 1 }
                buckets.append(bucket)
            }
            buckets.sort()
            func quantile(_ rank: Int) -> Int64 {
                Int64(bounds[buckets[rank] + 1])
            }
            let start = since.advanced(by: Int64(index) * hour / 6)
            return LatencyHeat.Column(
                span: Span(since: start, until: start.advanced(by: hour / 6)),
                counts: Dictionary(buckets.map { ($0, 1) }, uniquingKeysWith: +), n: 300,
                failed: index % 17 == 3 || index == turn ? 3 + index % 7 : 0,
                p50Us: quantile(150), p95Us: quantile(285), p99Us: quantile(297))
        }
        return LatencyHeat(
            target: "production", plan: "shop", bounds: bounds, columns: parts)
    }

    static func latencyRow() -> LatencyRow {
        LatencyRow(
            target: "production", plan: "shop", segment: .everyone, phase: .latency, n: 43_200,
            p50Us: 61_000, p90Us: 130_000, p95Us: 182_000, p99Us: 480_000, maxUs: 1_210_000,
            failures: ["http_503": 80])
    }
}

/// A ramp: 5, 20 and 50 percent, the last step stuck.
extension ChartCases {
    static let ramp = RampHistory(
        target: "production", plan: "shop",
        ramp: Ramp(
            experience: "promo", audience: "42D", serves: .variation("2"), rest: "1",
            steps: [
                Ramp.Step(at: at(34), percent: 5), Ramp.Step(at: at(96), percent: 20),
                Ramp.Step(at: at(168), percent: 50), Ramp.Step(at: at(288), percent: 100),
            ]))

    static func rollout(days: Int = 10) -> RolloutRow {
        let seen = [0, 0.034, 0.052, 0.049, 0.196, 0.203, 0.207, 0.204, 0.198, 0.212, 0.2]
        let told = (0..<days).map { day -> RolloutRow.Day in
            let n = 480
            let observed = Int(Double(n) * seen[min(day, 10)])
            var arm = arms([observed, n - observed], meant: [0, 0], names: ["2", "1"])[0]
            arm.low = max(0, arm.share - 0.03)
            arm.high = min(1, arm.share + 0.04)
            return RolloutRow.Day(
                start: at(day * 24),
                planned: ramp.ramp.planned(at: at(day * 24 + 23)).map { $0 / 100 },
                arm: arm, n: n, came: 4, dropped: day == 6 ? 3 : 0)
        }
        return RolloutRow(
            target: "production", plan: "shop", experience: "promo", audience: "42D",
            variation: "2", state: .stuck, stepAt: at(168), planned: 0.5, arm: told.last?.arm,
            n: 1_440, nextAt: at(288), next: 1, days: told)
    }
}
