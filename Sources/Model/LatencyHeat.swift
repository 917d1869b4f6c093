import Statistics

/// Latency of everyone over time: a histogram and quantiles for each of equally long columns.
package struct LatencyHeat: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package var span: Span
        /// Answered results by bucket.
        package var counts: [Int: Int]
        package var n: Int
        package var failed: Int
        package var p50Us: Int64?
        package var p95Us: Int64?
        package var p99Us: Int64?

        package init(
            span: Span, counts: [Int: Int], n: Int, failed: Int, p50Us: Int64?, p95Us: Int64?,
            p99Us: Int64?
        ) {
            self.span = span
            self.counts = counts
            self.n = n
            self.failed = failed
            self.p50Us = p50Us
            self.p95Us = p95Us
            self.p99Us = p99Us
        }
    }

    package var target: String
    package var plan: String
    /// Ascending in time, without gaps.
    package var columns: [Column]

    package init(target: String, plan: String, columns: [Column]) {
        self.target = target
        self.plan = plan
        self.columns = columns
    }

    /// Microseconds that bucket k reaches up to: 2^(k/3), so that each octave has three. It begins,
    /// without it, where the one before ends.
    package static func upperBound(of bucket: Int) -> Double {
        let octave = Int(Int64(bucket).flooredDivision(by: 3))
        let third = [1, 1.259_921_049_894_873_2, 1.587_401_051_968_199_4][bucket - 3 * octave]
        return Double(sign: .plus, exponent: octave, significand: third)
    }
}

extension LatencyHeat.Column {
    /// What everyone's tally over a span says.
    package init(over span: Span, of tally: Tally) {
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
        let below = sketch.count(atMost: LatencyHeat.upperBound(of: bucket))
        if below > passed { counts[bucket] = below - passed }
        passed = below
        bucket += 1
    }
    return counts
}
