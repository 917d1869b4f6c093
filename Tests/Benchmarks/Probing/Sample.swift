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

extension Sample {
    var perSecond: Double { Double(count) / seconds }
    var cpuUsEach: Double { cpuSeconds * 1e6 / Double(max(count, 1)) }
}

/// What one contestant did over all rounds: each number is a median of its own.
struct Medians {
    /// One a round, in their order.
    let samples: [Sample]

    var perSecond: Double { median(samples.map(\.perSecond)) }
    var cpuUsEach: Double { median(samples.map(\.cpuUsEach)) }
    var peakBytes: Double { median(samples.map { Double($0.peakBytes) }) }
    var dropped: Double { median(samples.map { Double($0.dropped) }) }

    /// The least and the most of all rounds: how far the machine's speed went up and down.
    var cpuUsRange: (least: Double, most: Double) {
        let values = samples.map(\.cpuUsEach)
        return (values.min() ?? 0, values.max() ?? 0)
    }

    /// The median over rounds of a number divided by the peer's of the same round: a machine that
    /// is slow for a while is slow for both.
    func ratio(_ number: (Sample) -> Double, to peer: Medians) -> Double {
        median(zip(samples, peer.samples).map { number($0) / number($1) })
    }
}

/// The middle of the values; of two middles, the mean.
func median(_ values: [Double]) -> Double {
    precondition(!values.isEmpty, "a median needs a value")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
