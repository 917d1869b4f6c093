/// What the detector of a rate knows: of answers that took longer than is usual, of failed results,
/// or of pairs in which the candidate was the slow one.
package struct RateStream: Hashable, Sendable, Decodable {
    package var target: String
    package var plan: String
    /// As text; empty: everyone.
    package var segment: String
    /// What is counted, as `RateMeasure` writes it.
    package var measure: String
    /// By alternative: ln R, the CUSUM, and the hour since 1970 in which that began.
    package var lnR: [Double]
    package var rise: [Double]
    package var start: [Int64]
    /// Events and others since then, one alternative after the other.
    package var since: [Int]
    /// The last hour that brought any.
    package var hour: Int64

    package init(
        target: String, plan: String, segment: String, measure: String, lnR: [Double],
        rise: [Double], start: [Int64], since: [Int], hour: Int64
    ) {
        self.target = target
        self.plan = plan
        self.segment = segment
        self.measure = measure
        self.lnR = lnR
        self.rise = rise
        self.start = start
        self.since = since
        self.hour = hour
    }
}

/// What is counted as a rate.
package enum RateMeasure: Hashable, Sendable {
    /// Answers that took longer than the usual quantile of a phase, with what is tolerated.
    case slow(Phase, quantile: Double)
    /// Results that failed.
    case failed
    /// Pairs of which one side alone was slow: this target, or the control. The quantile is that of
    /// both, 0: whoever was the slower one.
    case paired(control: String, quantile: Double)
}

extension RateMeasure: LosslessStringConvertible {
    package var description: String {
        switch self {
        case .slow(let phase, let quantile): "slow \(phase.rawValue) \(Self.name(of: quantile))"
        case .failed: "failed"
        case .paired(let control, let quantile): "paired \(Self.name(of: quantile)) \(control)"
        }
    }

    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
        switch (parts.first, parts.count) {
        case ("failed", 1): self = .failed
        case ("slow", 3):
            guard let phase = Phase(rawValue: parts[1]), let quantile = Self.quantile(parts[2])
            else { return nil }
            self = .slow(phase, quantile: quantile)
        case ("paired", 3):
            guard let quantile = Self.quantile(parts[1]) else { return nil }
            self = .paired(control: parts[2], quantile: quantile)
        default: return nil
        }
    }

    /// `p95`; `sign` for 0.
    package static func name(of quantile: Double) -> String {
        quantile == 0 ? "sign" : "p\(Int((quantile * 100).rounded()))"
    }

    private static func quantile(_ name: String) -> Double? {
        if name == "sign" { return 0 }
        guard name.hasPrefix("p"), let percent = Int(name.dropFirst()), (1...99).contains(percent)
        else { return nil }
        return Double(percent) / 100
    }
}
