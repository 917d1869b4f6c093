import Model
import Statistics
import Testing

@testable import Analysis

private let hourUs = Instant.microsecondsPerHour
private let dayUs = Instant.microsecondsPerDay

/// A past, and windows of the present beside it.
private struct Present {
    var state = AnalysisState(watchedRates: 30)
    var usual: UsualHour
    private let scope = PlanScope(target: "t", plan: "shop")

    init(_ usual: UsualHour) { self.usual = usual }

    /// One window, so many hours after `start`.
    mutating func see(_ latencies: [Int64], failed: Int = 0, hour: Int64) {
        let at = start.advanced(by: hour * hourUs)
        let results =
            latencies.map { result(latency: $0) }
            + (0..<failed).map { _ in result(failure: Failure(.failed, .http(500))) }
        var evidence = PlanEvidence(target: "t", plan: plan(), tallies: rolled(results))
        evidence.rates.usual = usual
        state.watch(
            state.rates(evidence, beside: &usual, at: at), of: scope,
            in: Window(.fiveMinutes, containing: at))
    }

    var alarms: [RateAlarm] { state.rateAlarms(of: plan()) }
    var measures: Set<String> { Set(alarms.map(\.measure.description)) }
}

/// Latencies of a usual hour: 20 to 40 ms, one of them of each millisecond, several times over.
private func usualLatencies(factor: Double = 1, times: Int = 20) -> [Int64] {
    (0..<times).flatMap { _ in (20...40).map { Int64(Double($0) * 1_000 * factor) } }
}

private func block(
    _ latencies: [Int64], failed: Int = 0, daysAgo: Int64, ofTheWeek: Bool = false
) -> HourBlock {
    let results =
        latencies.map { result(latency: $0) }
        + (0..<failed).map { _ in result(failure: Failure(.failed, .http(500))) }
    var block = HourBlock(tally(results), start: start.advanced(by: -daysAgo * dayUs))
    block.isOfTheWeek = ofTheWeek
    return block
}

private func usualHour(_ blocks: [HourBlock]) -> UsualHour {
    var usual = UsualHour(thresholds: Thresholds())
    for block in blocks {
        usual.add(block, to: .everyone)
        usual.add(block, to: Segment("geo=IN") ?? .everyone)
    }
    return usual
}

@Suite("What is usual at an hour")
struct UsualHourTests {
    @Test("is that of the same hour of the weeks before, where there are two of them")
    func week() throws {
        let slow = usualLatencies(factor: 3)
        let days = [1, 2].map { block(usualLatencies(), daysAgo: $0) }
        let weeks = [7, 14].map { block(slow, daysAgo: $0, ofTheWeek: true) }
        let known = try #require(
            usualHour(days + weeks).latency(0.5, of: .latency, in: .everyone))
        #expect(known.knowsTheWeek && abs(known.value / 90_000 - 1) < 0.03)
        let unknown = try #require(
            usualHour(days + weeks.prefix(1)).latency(0.5, of: .latency, in: .everyone))
        #expect(!unknown.knowsTheWeek && unknown.n == 3 * 420)
        #expect(unknown.low < 32_000 && unknown.high > 85_000)
    }

    @Test("tolerates the thresholds, and what an hour before surely had")
    func limits() throws {
        let steady = try #require(
            usualHour([1, 2].map { block(usualLatencies(), daysAgo: $0) })
                .latency(0.5, of: .latency, in: .everyone))
        #expect(abs(steady.limit - (steady.value + 10_000)) < 1)
        let uneven = try #require(
            usualHour([
                block(usualLatencies(), daysAgo: 1), block(usualLatencies(factor: 2), daysAgo: 2),
            ]).latency(0.5, of: .latency, in: .everyone))
        #expect(uneven.limit > 55_000)
    }

    @Test("is not told from a handful of answers")
    func few() {
        let usual = usualHour([block([20_000, 21_000, 22_000], daysAgo: 1)])
        #expect(usual.latency(0.5, of: .latency, in: .everyone) == nil)
        #expect(usual.failures(in: .everyone) == nil)
        #expect(usual.latency(0.5, of: .latency, in: Segment("geo=US") ?? .everyone) == nil)
    }

    @Test("does not learn from hours of the trouble itself")
    func excluded() throws {
        let usual = usualHour([
            block(usualLatencies(), daysAgo: 3), block(usualLatencies(factor: 4), daysAgo: 1),
        ])
        let told = try #require(
            usual.latency(
                0.5, of: .latency, in: .everyone, excluding: start.advanced(by: -2 * dayUs)))
        #expect(told.n == 420 && told.value < 32_000)
    }

    @Test("has a share of failures, and what lies within chance and threshold of it")
    func failures() throws {
        let usual = usualHour([1, 2].map { block(usualLatencies(), failed: 4, daysAgo: $0) })
        let told = try #require(usual.failures(in: .everyone))
        #expect(abs(told.share - 8.0 / 848) < 1e-9 && told.limit >= told.share + 0.01)
    }
}

@Suite("Rates that rise")
struct RateTests {
    private let usual = usualHour((1...7).map { block(usualLatencies(), failed: 1, daysAgo: $0) })

    @Test("are told once they are sure and large, with the hour in which they began")
    func slower() throws {
        var present = Present(usual)
        for hour in 0..<5 { present.see(usualLatencies(times: 5), hour: Int64(hour)) }
        #expect(present.alarms.isEmpty)
        for hour in 5..<8 {
            present.see(usualLatencies(factor: 1.8, times: 5), hour: Int64(hour))
        }
        #expect(present.measures.contains("slow latency p50"))
        let alarm = try #require(present.alarms.first { $0.segment == .everyone })
        #expect(alarm.since == start.advanced(by: 5 * hourUs) && alarm.trials == 3 * 105)
    }

    @Test("by less than the thresholds are none", arguments: [1.0, 1.15])
    func small(factor: Double) {
        var present = Present(usual)
        for hour in 0..<48 {
            present.see(usualLatencies(factor: factor, times: 20), hour: Int64(hour))
        }
        #expect(present.alarms.isEmpty)
    }

    @Test("for one window alone are a burst, whatever its size")
    func burst() {
        var present = Present(usual)
        present.see(usualLatencies(factor: 5, times: 200), failed: 2_000, hour: 0)
        #expect(present.alarms.isEmpty)
        present.see(usualLatencies(factor: 5, times: 200), failed: 2_000, hour: 1)
        #expect(present.measures.isSuperset(of: ["failed", "slow latency p95"]))
    }

    @Test("end soon after the trouble did, and are then forgotten")
    func end() {
        var present = Present(usual)
        for hour in 0..<200 {
            present.see(usualLatencies(factor: 3, times: 3), failed: 20, hour: Int64(hour))
        }
        #expect(!present.alarms.isEmpty)
        for hour in 200..<206 { present.see(usualLatencies(times: 5), hour: Int64(hour)) }
        // Evidence of a p99 lasts longer than its trouble: what happened of late is looked at.
        var rates = RateWatch(alarms: present.alarms, usual: usual)
        rates.recent = rolled(usualLatencies(times: 5).map { result(latency: $0) })
        #expect(!rates.alarms.isEmpty)
        rates.dropWhatIsOver()
        #expect(rates.alarms.isEmpty)
        for hour in 206..<230 { present.see(usualLatencies(times: 20), hour: Int64(hour)) }
        #expect(present.state.rates.isEmpty)
    }

    @Test("of failures are told against what usually fails")
    func failures() throws {
        var present = Present(usual)
        for hour in 0..<3 { present.see(usualLatencies(times: 5), failed: 12, hour: Int64(hour)) }
        let alarm = try #require(present.alarms.first { $0.measure == .failed })
        #expect(alarm.events == 36 && alarm.trials == 3 * 117)
    }

    @Test(
        "have names that are read back",
        arguments: [
            RateMeasure.failed, .slow(.firstByte, quantile: 0.95),
            .paired(control: "a target", quantile: 0), .paired(control: "b", quantile: 0.99),
        ])
    func names(measure: RateMeasure) {
        #expect(RateMeasure(measure.description) == measure)
        #expect(RateMeasure("slow latency p101") == nil && RateMeasure("slow") == nil)
    }
}

@Suite("Pairs")
struct PairTests {
    @Test("count where one side alone is slow, whoever is measured against what was known before")
    func counted() {
        var before = QuantileSketch()
        for value in 1...1_000 { before.add(Int64(value) * 100) }
        let pairs = [
            Pairs.Pair(control: 40_000, candidate: 60_000),
            Pairs.Pair(control: 60_000, candidate: 40_000),
            Pairs.Pair(control: 10_000, candidate: .infinity),
            Pairs.Pair(control: 80_000, candidate: 85_000),
        ]
        let counted = Pairs.counted(pairs, control: "c", before: before)
        func alone(_ quantile: Double) -> [Int]? {
            counted.first { $0.measure == .paired(control: "c", quantile: quantile) }
                .map { [$0.events, $0.trials] }
        }
        #expect(alone(0) == [3, 4] && alone(0.5) == [2, 3] && alone(0.99) == [1, 1])
        #expect(counted.allSatisfy { $0.tolerated == 0.5 && $0.segment == .everyone })
    }
}
