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
    /// Microseconds, ascending: bucket k reaches from bounds[k] to bounds[k + 1], both of which are
    /// there for every bucket that a column counts.
    package var bounds: [Double]
    /// Ascending in time, without gaps.
    package var columns: [Column]
    /// Ascending in time, within the columns.
    package var marks: [ChartMark]

    package init(
        target: String, plan: String, bounds: [Double], columns: [Column], marks: [ChartMark] = []
    ) {
        precondition(
            columns.allSatisfy { $0.counts.keys.allSatisfy { 0 <= $0 && $0 + 1 < bounds.count } },
            "a bucket has its bounds")
        self.target = target
        self.plan = plan
        self.bounds = bounds
        self.columns = columns
        self.marks = marks
    }
}
