/// The smallest departure that is worth waking someone.
package struct Thresholds: Hashable, Sendable, Codable {
    /// Of a share, as a difference of shares, 0…1.
    package var points: Double
    /// Of a share, as a part of the share that is meant, 0…1.
    package var relative: Double
    /// Of a latency, as a part of what is usual, above 0.
    package var latency: Double
    /// Of a latency, in microseconds.
    package var latencyUs: Int64
    /// Of the share of failed results, as a difference of shares, 0…1.
    package var failures: Double

    package init(
        points: Double = 0.02, relative: Double = 0.15, latency: Double = 0.2,
        latencyUs: Int64 = 10_000, failures: Double = 0.01
    ) {
        self.points = points
        self.relative = relative
        self.latency = latency
        self.latencyUs = latencyUs
        self.failures = failures
    }

    /// Those of a configuration of before latencies had any are read as well.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let usual = Thresholds()
        points = try values.decode(Double.self, forKey: .points)
        relative = try values.decode(Double.self, forKey: .relative)
        latency = try values.decodeIfPresent(Double.self, forKey: .latency) ?? usual.latency
        latencyUs = try values.decodeIfPresent(Int64.self, forKey: .latencyUs) ?? usual.latencyUs
        failures = try values.decodeIfPresent(Double.self, forKey: .failures) ?? usual.failures
    }

    /// How far a share that is meant, 0…1, may be missed: the smaller of both wins.
    package func limit(of share: Double) -> Double { min(points, relative * share) }

    /// Up to where a latency in microseconds is still the usual one: the larger of both wins.
    package func limit(ofLatency usual: Double) -> Double {
        max(usual * (1 + latency), usual + Double(latencyUs))
    }
}
