import Statistics
import TestKit
import Testing

@Suite("Change points")
struct ChangePointTests {
    /// Hours of two arms: so many subjects, of which a share gets the first one.
    private static func hours(
        _ count: Int, seed: UInt64, size: (Int) -> Int = { _ in 60 }, share: (Int) -> Double
    ) -> [[Int]] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { hour in
            let n = size(hour)
            let first = (0..<n).count { _ in
                Double.random(in: 0..<1, using: &generator) < share(hour)
            }
            return [first, n - first]
        }
    }

    @Test("are found and dated", arguments: 1...5 as ClosedRange<UInt64>)
    func step(seed: UInt64) throws {
        let counts = Self.hours(200, seed: seed) { $0 < 120 ? 0.5 : 0.7 }
        let found = try ChangePointModel().changePoints(counts)
        #expect(found.count == 1, "seed \(seed)")
        let point = try #require(found.first)
        #expect(abs(point.hour - 120) <= 3 && point.range.contains(point.hour))
        #expect(point.range.contains(120) || abs(point.hour - 120) <= 1)
    }

    @Test("are none where only the volume changes", arguments: 1...5 as ClosedRange<UInt64>)
    func null(seed: UInt64) throws {
        let counts = Self.hours(
            200, seed: seed, size: { $0 > 100 ? 12 : $0 % 24 < 8 ? 20 : 90 }, share: { _ in 0.5 })
        #expect(try ChangePointModel().changePoints(counts).isEmpty, "seed \(seed)")
        var series = ChangePointSeries()
        for hour in counts { #expect(try series.append(hour).isEmpty, "seed \(seed)") }
    }

    @Test("are told while the hours come in, soon, and little else is")
    func series() throws {
        var others = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            let counts = Self.hours(200, seed: seed) { (100..<150).contains($0) ? 0.75 : 0.5 }
            var series = ChangePointSeries()
            var told: [(hour: Int, at: Int)] = []
            for (hour, row) in counts.enumerated() {
                told += try series.append(row).map { ($0.hour, hour) }
            }
            for change in [100, 150] {
                let near = told.filter { abs($0.hour - change) <= 4 }
                #expect(near.first.map { $0.at <= change + 8 } == true, "seed \(seed)")
            }
            others += told.count - 2
            #expect(series.told.map(\.hour) == told.map(\.hour))
            #expect(series.told.allSatisfy { $0.range.contains($0.hour) })
        }
        #expect(others <= 2)
    }

    @Test("are refused for an hour of another width, and stay as they were")
    func refused() throws {
        var series = ChangePointSeries(isOrdered: true)
        _ = try series.append([1, 2, 3])
        let former = series
        #expect(throws: StatisticsError.lengthMismatch) { try series.append([1, 2]) }
        #expect(throws: StatisticsError.negativeCount) { try series.append([1, 2, -1]) }
        #expect(throws: StatisticsError.invalidArgument) { try series.append([.max, 2, 1]) }
        #expect(series == former)
    }

    @Test("are not told of one bad hour")
    func spike() throws {
        let counts = Self.hours(160, seed: 8) { $0 == 100 ? 0.95 : 0.5 }
        var series = ChangePointSeries()
        for hour in counts { #expect(try series.append(hour).isEmpty) }
    }

    /// Hours of 60 values in seven categories of a normal distribution around a level.
    private static func measured(
        _ count: Int, seed: UInt64, level: (Int, inout SplitMix64) -> Double
    ) -> [[Int]] {
        let cuts = [-0.67, 0, 0.67, 1.28, 1.64, 2.33]
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { hour in
            let level = level(hour, &generator)
            var counts = Array(repeating: 0, count: cuts.count + 1)
            for _ in 0..<60 {
                let value = level + normal(&generator)
                counts[cuts.firstIndex { value < $0 } ?? cuts.count] += 1
            }
            return counts
        }
    }

    /// Twelve uniform numbers less six.
    private static func normal(_ generator: inout SplitMix64) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
    }

    private static func told(_ counts: [[Int]]) throws -> [(hour: Int, at: Int)] {
        var series = ChangePointSeries(isOrdered: true)
        return try counts.enumerated().flatMap { hour, row in
            try series.append(row).map { ($0.hour, hour) }
        }
    }

    @Test("are not told of a level that wanders, or that day and night move")
    func wandering() throws {
        var alarms = 0
        for seed in 1...5 as ClosedRange<UInt64> {
            var wander = 0.0
            let wandering = Self.measured(240, seed: seed) { _, generator in
                wander = 0.8 * wander + 0.07 * Self.normal(&generator)
                return wander
            }
            let daily = Self.measured(240, seed: seed) { hour, _ in
                (hour + 12) % 24 < 12 ? 0.3 : -0.3
            }
            alarms += try Self.told(wandering).isEmpty ? 0 : 1
            alarms += try Self.told(daily).isEmpty ? 0 : 1
        }
        #expect(alarms <= 1)
    }

    @Test("of measured values are told soon where they move, and where only their tail grows")
    func ordered() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let moved = Self.measured(160, seed: seed) { hour, _ in hour < 120 ? 0 : 0.6 }
            let near = try Self.told(moved).filter { abs($0.hour - 120) <= 2 }
            #expect(near.first.map { $0.at <= 124 } == true, "seed \(seed)")
            var tailed = Self.measured(160, seed: seed) { _, _ in 0 }
            // 3 of 60 from the middle to the end.
            for hour in 120..<160 where tailed[hour][2] >= 3 {
                tailed[hour][2] -= 3
                tailed[hour][6] += 3
            }
            let soon = try Self.told(tailed).filter { abs($0.hour - 120) <= 4 }
            #expect(soon.first.map { $0.at <= 128 } == true, "seed \(seed)")
        }
    }

    @Test("are not told of two bad hours close to each other")
    func twoSpikes() throws {
        let counts = Self.hours(160, seed: 8) { [100, 102].contains($0) ? 0.95 : 0.5 }
        var series = ChangePointSeries()
        for hour in counts { #expect(try series.append(hour).isEmpty) }
    }

    @Test("are told beyond what is remembered")
    func memory() throws {
        let counts = Self.hours(900, seed: 3) { $0 < 850 ? 0.5 : 0.8 }
        var series = ChangePointSeries()
        for hour in counts { _ = try series.append(hour) }
        #expect(series.told.contains { abs($0.hour - 850) <= 2 })
    }

    @Test("want hours of one width, and counts")
    func errors() throws {
        #expect(throws: StatisticsError.lengthMismatch) {
            try ChangePointModel().changePoints([[1, 2], [1]])
        }
        #expect(throws: StatisticsError.negativeCount) {
            try ChangePointModel().changePoints([[1, -2]])
        }
        #expect(try ChangePointModel().changePoints([]).isEmpty)
        #expect(try ChangePointModel().changePoints([[1, 2], [2, 1]]).isEmpty)
    }

    @Test("of histograms are looked for in a few groups of buckets")
    func groups() {
        let histograms = Array(repeating: [10, 20, 30, 30, 9, 1], count: 5)
        let grouped = regrouped(histograms, at: [0.25, 0.5, 0.95])
        #expect(grouped.allSatisfy { $0.reduce(0, +) == 100 && $0.count == 4 })
        #expect(grouped[0] == [30, 30, 39, 1])
    }
}
