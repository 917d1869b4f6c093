import Analysis
import Model
import Testing

private let hour = Instant.microsecondsPerHour

@Suite("The heat map of latencies")
struct LatencyHeatTests {
    private let span = Span(since: start, until: start.advanced(by: hour))

    private func heat(_ results: [ProbeResult]) -> LatencyHeat {
        LatencyHeat(target: "t", plan: "shop", columns: [(span, tally(results))])
    }

    @Test("has three buckets to an octave")
    func bounds() {
        let bounds = heat([result(latency: 1_024)]).bounds
        #expect(bounds[1] == 1 && bounds[4] == 2 && bounds[31] == 1_024)
        for (low, high) in zip(bounds, bounds.dropFirst()) {
            #expect(abs(high / low - 1.259_921) < 1e-6)
        }
    }

    @Test("counts every answer once, in the bucket that it is in")
    func counts() {
        let latencies: [Int64] = [1, 900, 1_000, 20_000, 20_000, 20_000, 3_000_000]
        let heat = heat(latencies.map { result(latency: $0) })
        let column = heat.columns[0]
        #expect(column.n == latencies.count && column.failed == 0)
        #expect(column.counts.values.reduce(0, +) == latencies.count)
        for (bucket, count) in column.counts {
            // A sketch knows a value to within a hundredth.
            let (low, high) = (heat.bounds[bucket] * 0.99, heat.bounds[bucket + 1] * 1.01)
            #expect(latencies.count { low < Double($0) && Double($0) <= high } == count)
        }
        // There is a bucket above the highest.
        #expect((column.counts.keys.max() ?? 0) + 2 < heat.bounds.count)
    }

    @Test("reads quantiles of the answered, and counts the failed apart")
    func quantiles() {
        let answered = (1...99).map { result(latency: Int64($0) * 1_000) }
        let failed = (0..<7).map { _ in result(failure: Failure(.failed, .http(503))) }
        let column = heat(answered + failed).columns[0]
        #expect(column.n == 99 && column.failed == 7)
        let quantiles = [column.p50Us, column.p95Us, column.p99Us].compactMap { $0 }
        for (found, meant) in zip(quantiles, [50_000, 95_000, 99_000]) {
            #expect(abs(Double(found) / Double(meant) - 1) < 0.03)
        }
        #expect(quantiles.count == 3)
    }

    @Test("knows nothing where nothing was answered")
    func empty() {
        let heat = LatencyHeat(target: "t", plan: "shop", columns: [(span, Tally())])
        let column = heat.columns[0]
        #expect(column.counts.isEmpty && column.n == 0 && column.p50Us == nil)
        #expect(heat.bounds.count > 1)
    }

    @Test(
        "has few columns, aligned to what they are long",
        arguments: [(hours: 3, minutes: 5), (13, 10), (24, 10), (48, 30), (24 * 30, 360)])
    func columns(hours: Int64, minutes: Int64) {
        // Two minutes after the hour.
        let since = start.advanced(by: hour / 30)
        let span = Span(since: since, until: since.advanced(by: hours * hour))
        let columns = heatColumns(over: span, watermark: nil, horizon: Horizon())
        #expect(columns.first?.since == span.since && columns.last?.until == span.until)
        #expect(zip(columns, columns.dropFirst()).allSatisfy { $0.until == $1.since })
        #expect(columns.count <= 146)
        let inner = columns.dropFirst().dropLast()
        #expect(inner.allSatisfy { $0.since.distance(to: $0.until) == minutes * hour / 60 })
    }

    @Test("has columns as long as the windows that retention has left")
    func retention() {
        let span = Span(since: start, until: start.advanced(by: 3 * hour))
        var horizon = Horizon(rows: span.until)
        horizon[.fiveMinutes] = span.until
        let columns = heatColumns(over: span, watermark: span.until, horizon: horizon)
        #expect(columns.map { $0.since.distance(to: $0.until) } == [hour, hour, hour])
    }
}
