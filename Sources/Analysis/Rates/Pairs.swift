import Model
import Statistics

/// What a pair is judged by: 0 is who of both was slower, the others are the quantiles, of both
/// together, that one of them alone exceeded.
let pairedQuantiles = [0, 0.5, 0.9, 0.95, 0.99]

/// Latencies of probes that were asked side by side, window by window, in microseconds; a timeout
/// is ∞.
struct Pairs: Sendable {
    struct Key: Hashable, Sendable {
        let plan: String
        let control: String
        let candidate: String
    }

    struct Pair: Sendable {
        let control: Double
        let candidate: Double
    }

    private struct Place: Hashable {
        let plan: String
        let round: Int
        let index: Int
    }

    /// The plan's own target, by plan, of plans that compare it with others.
    private let owns: [String: String]
    private var controls: [Place: Double] = [:]
    private var candidates: [Place: [(target: String, latency: Double, window: Instant)]] = [:]

    /// By how much of its latency a control is raised: less than this is no difference.
    private static let margin = 0.05

    init(of configurations: [StoredConfiguration]) {
        var owns: [String: String] = [:]
        for plan in configurations.flatMap(\.configuration.plans) where plan.targets.count > 1 {
            owns[plan.name] = plan.target
        }
        self.owns = owns
    }

    /// What failed otherwise than by a timeout is no latency: failures are told by themselves.
    mutating func add(_ result: ResultDigest) {
        guard !owns.isEmpty, let own = owns[result.plan], !result.isMaintenance else { return }
        let latency: Double
        switch result.failure?.outcome {
        case nil: latency = result.phases[.latency].map(Double.init) ?? .infinity
        case .timeout: latency = .infinity
        default: return
        }
        let place = Place(plan: result.plan, round: result.round, index: result.index)
        if result.target == own {
            controls[place] = latency
        } else {
            let window = Window(.fiveMinutes, containing: result.dueAt).start
            candidates[place, default: []].append((result.target, latency, window))
        }
    }

    /// The pairs by window.
    func byWindow() -> [Instant: [Key: [Pair]]] {
        var windows: [Instant: [Key: [Pair]]] = [:]
        for (place, others) in candidates {
            guard let control = controls[place], let own = owns[place.plan] else { continue }
            for other in others {
                let key = Key(plan: place.plan, control: own, candidate: other.target)
                windows[other.window, default: [:]][key, default: []].append(
                    Pair(control: control * (1 + Self.margin), candidate: other.latency))
            }
        }
        return windows
    }

    /// How many pairs were slow on one side alone, of a window's. `before` are the latencies of both
    /// targets in the hour before: thresholds are known before a pair is.
    ///
    /// Under exchangeability within the pair, whatever the common level does, each of them is a fair
    /// coin given those before (the sequential test of signs, as in `PairedLatencyTest`).
    static func counted(
        _ pairs: [Pair], control: String, before: QuantileSketch
    ) -> [CountedRate] {
        pairedQuantiles.compactMap { quantile in
            let threshold = quantile == 0 ? nil : before.quantile(quantile)
            guard quantile == 0 || threshold != nil else { return nil }
            var (slow, alone) = (0, 0)
            for pair in pairs {
                let isSlow = pair.candidate > threshold ?? pair.control
                let isControlSlow = pair.control > threshold ?? pair.candidate
                guard isSlow != isControlSlow else { continue }
                alone += 1
                if isSlow { slow += 1 }
            }
            guard alone > 0 else { return nil }
            return CountedRate(
                segment: .everyone, measure: .paired(control: control, quantile: quantile),
                events: slow, trials: alone, tolerated: 0.5)
        }
    }
}
