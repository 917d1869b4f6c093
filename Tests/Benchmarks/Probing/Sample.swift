/// One run of one contestant.
struct Sample {
    /// Requests that were answered, or probes that were recorded.
    let count: Int
    /// From its start to its end.
    let seconds: Double
    let cpuSeconds: Double
    let peakBytes: Int
    /// Probes that found no slot at their due time and were not sent.
    var dropped = 0
}

extension Sample {
    init(_ ending: Ending, count: Int, dropped: Int = 0) {
        self.init(
            count: count, seconds: ending.seconds, cpuSeconds: ending.cpuSeconds,
            peakBytes: ending.peakBytes, dropped: dropped)
    }
}

/// What one contestant did over all rounds: each number is a median of its own.
struct Medians {
    let perSecond: Double
    let cpuUsEach: Double
    let peakBytes: Double
    let dropped: Double

    init(_ samples: [Sample]) {
        perSecond = median(samples.map { Double($0.count) / $0.seconds })
        cpuUsEach = median(samples.map { $0.cpuSeconds * 1e6 / Double(max($0.count, 1)) })
        peakBytes = median(samples.map { Double($0.peakBytes) })
        dropped = median(samples.map { Double($0.dropped) })
    }
}

/// The middle of the values; of two middles, the mean.
func median(_ values: [Double]) -> Double {
    precondition(!values.isEmpty, "a median needs a value")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
