/// What a fortnight of hours is like. Hours are those of the kind, before all are shifted.
struct StreamKind: Sendable {
    enum Content: Sendable {
        case shares(Course<[Double]>)
        case latencies(Course<LatencyLaw>, Level)
    }

    let name: String
    let volume: Volume
    let content: Content
    /// Shares of two are drawn anew each hour, with this part of the variance of one subject.
    var spread = 0.0

    /// The changes: an hour each, or the hours of a ramp.
    var labels: [ClosedRange<Int>] {
        switch content {
        case .shares(let course): course.changes
        case .latencies(let course, _): course.changes
        }
    }
}

/// How many subjects or probes an hour has, Poisson.
struct Volume: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    let mean: Double
    /// How much of the mean day and night add and take.
    var daily = 0.0
    /// Hours without any.
    var pause = 0..<0
    /// The hour from which only a fifth come.
    var fall: Int?

    init(_ mean: Double, daily: Double = 0, pause: Range<Int> = 0..<0, fall: Int? = nil) {
        (self.mean, self.daily, self.pause, self.fall) = (mean, daily, pause, fall)
    }

    init(integerLiteral mean: Int) { self.init(Double(mean)) }
    init(floatLiteral mean: Double) { self.init(mean) }
}

/// What all latencies of an hour have in common.
struct Level: Sendable {
    var daily = 0.0
    /// Of the logarithm: what an hour keeps of the one before, and the deviation of what is new.
    var keeps = 0.0
    var moves = 0.0
    /// How often an hour is three times as slow.
    var spikes = 0.0
}

/// The law of one latency in ms.
struct LatencyLaw: Sendable {
    enum Shape: Sendable {
        case logNormal
        /// A share around 20 ms, the others around 150.
        case bimodal(hits: Double)
        /// With exponent 1.5.
        case pareto(scale: Double)
    }

    var shape = Shape.logNormal
    /// Log-normal: around 80 ms times the factor, and a share five times as slow.
    var factor = 1.0
    var spread = 0.45
    var slow = 0.01
    /// The share that takes 3 s.
    var timeouts = 0.0
}

/// What is from an hour on; a ramp goes there by equal steps.
struct Course<Value: Sendable>: Sendable {
    let first: Value
    var steps: [(hour: Int, value: Value)] = []
    var ramp: (hours: ClosedRange<Int>, value: @Sendable (Double) -> Value)?

    var changes: [ClosedRange<Int>] {
        ramp.map { [$0.hours] } ?? steps.map { $0.hour...$0.hour }
    }

    func at(_ hour: Int) -> Value {
        guard let ramp else { return steps.last { $0.hour <= hour }?.value ?? first }
        let (start, end) = (ramp.hours.lowerBound, ramp.hours.upperBound)
        return ramp.value(min(1, max(0, Double(hour - start) / Double(end - start))))
    }
}
