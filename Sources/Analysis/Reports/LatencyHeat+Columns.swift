package import Model
import Statistics

extension LatencyHeat {
    /// Everyone's latency column by column, of equally long ones in time without gaps.
    package init(target: String, plan: String, columns: [(span: Span, tally: Tally)]) {
        let columns = columns.map { Column(over: $0.span, of: $0.tally) }
        let most = columns.flatMap(\.counts.keys).max() ?? 0
        // A bucket more than there are: a heat map has some room above.
        self.init(
            target: target, plan: plan, bounds: (-1...most + 1).map(upperBound), columns: columns)
    }
}

extension LatencyHeat.Column {
    /// What everyone's tally over a span says.
    init(over span: Span, of tally: Tally) {
        let sketch = tally.phases[.latency] ?? QuantileSketch()
        func quantile(_ q: Double) -> Int64? { sketch.quantile(q).map { Int64($0.rounded()) } }
        self.init(
            span: span, counts: histogram(of: sketch), n: sketch.count,
            failed: tally.failures.values.reduce(0, +), p50Us: quantile(0.5),
            p95Us: quantile(0.95), p99Us: quantile(0.99))
    }
}

/// Counts by bucket, from that of 1 µs on, which holds what is shorter too.
private func histogram(of sketch: QuantileSketch) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    var (bucket, passed) = (0, 0)
    while passed < sketch.count {
        let below = sketch.count(atMost: upperBound(of: bucket))
        if below > passed { counts[bucket] = below - passed }
        passed = below
        bucket += 1
    }
    return counts
}

/// Microseconds that bucket k reaches up to: 2^(k/3), so that each octave has three. It begins,
/// without it, where the one before ends.
private func upperBound(of bucket: Int) -> Double {
    let octave = Int(Int64(bucket).flooredDivision(by: 3))
    let third = [1, 1.259_921_049_894_873_2, 1.587_401_051_968_199_4][bucket - 3 * octave]
    return Double(sign: .plus, exponent: octave, significand: third)
}

/// More columns than these are not told apart on a screen.
private let columnLimit: Int64 = 144

/// Equally long columns that a span is cut into: the shortest that are few enough, and that
/// retention has left windows for.
package func heatColumns(over span: Span, watermark: Instant?, horizon: Horizon) -> [Span] {
    let hour = Instant.microsecondsPerHour
    let short = [hour / 12, hour / 6, hour / 4, hour / 2, hour, 2 * hour, 3 * hour, 6 * hour]
    let least = span.since.distance(to: span.until) / columnLimit
    let length = short.first { length in
        let first = cut(span, into: length).first ?? span
        return least <= length
            && Cover(first, watermark: watermark, horizon: horizon).span == first
    }
    let day = Instant.microsecondsPerDay
    return cut(span, into: length ?? (least / day + 1) * day)
}

/// Aligned to their length; the first and the last are what the span has of them.
private func cut(_ span: Span, into length: Int64) -> [Span] {
    var columns: [Span] = []
    var start = span.since
    while start < span.until {
        let next = Instant(
            microseconds: (start.microseconds.flooredDivision(by: length) + 1) * length)
        columns.append(Span(since: start, until: min(next, span.until)))
        start = next
    }
    return columns
}
