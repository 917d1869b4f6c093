package enum FindingKind: String, CaseIterable, Sendable, Codable {
    case srm
    case target
    case dark
    case ramp
    case targetingChange = "targeting_change"
    case splitChange = "split_change"
    case latencyRegression = "latency_regression"
    case errorRate = "error_rate"
    case sloBurn = "slo_burn"
    case expectation
    case instability
    case distributionDrift = "distribution_drift"
    case contract
    case configuration
    case prober
    case contentChange = "content_change"
}

package enum Severity: String, CaseIterable, Sendable, Codable, Comparable {
    case info, warning, critical

    package static func < (a: Severity, b: Severity) -> Bool {
        let order = Severity.allCases
        return (order.firstIndex(of: a) ?? 0) < (order.firstIndex(of: b) ?? 0)
    }
}

extension FindingKind {
    package var defaultSeverity: Severity {
        switch self {
        case .srm, .target, .dark, .ramp: .critical
        case .targetingChange, .splitChange, .latencyRegression, .errorRate, .sloBurn,
            .expectation, .instability, .distributionDrift, .contract, .configuration, .prober:
            .warning
        case .contentChange: .info
        }
    }
}

/// A detector's verdict on one segment: effect, interval, evidence, and what to do.
package struct Finding: Hashable, Sendable {
    package struct Effect: Hashable, Sendable {
        package var name: String
        package var value: Double
        package var low: Double?
        package var high: Double?
        package var unit: String

        package init(name: String, value: Double, low: Double?, high: Double?, unit: String) {
            self.name = name
            self.value = value
            self.low = low
            self.high = high
            self.unit = unit
        }
    }

    package struct Evidence: Hashable, Sendable {
        package var method: String
        package var value: Double
        package var alpha: Double?

        package init(method: String, value: Double, alpha: Double?) {
            self.method = method
            self.value = value
            self.alpha = alpha
        }
    }

    package var id: String
    package var kind: FindingKind
    package var severity: Severity
    package var target: String
    package var plan: String
    package var experience: String?
    package var audience: String?
    package var segment: Segment
    package var since: Instant?
    package var seenAt: Instant
    package var effect: Effect?
    package var evidence: Evidence?
    package var why: String
    package var advice: String

    /// `severity` nil: the kind's own.
    package init(
        id: String, kind: FindingKind, severity: Severity? = nil, target: String, plan: String,
        experience: String? = nil,
        audience: String? = nil, segment: Segment = .everyone, since: Instant? = nil,
        seenAt: Instant, effect: Effect? = nil, evidence: Evidence? = nil, why: String,
        advice: String
    ) {
        self.id = id
        self.kind = kind
        self.severity = severity ?? kind.defaultSeverity
        self.target = target
        self.plan = plan
        self.experience = experience
        self.audience = audience
        self.segment = segment
        self.since = since
        self.seenAt = seenAt
        self.effect = effect
        self.evidence = evidence
        self.why = why
        self.advice = advice
    }
}

extension Finding: JSONWritable {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.member("id", id)
            json.member("kind", kind.rawValue)
            json.member("severity", severity.rawValue)
            json.member("target", target)
            json.member("plan", plan)
            json.member("experience", experience)
            json.member("audience", audience)
            json.name("segment")
            segment.write(to: &json)
            json.member("since", since)
            json.member("seen_at", seenAt)
            json.name("effect")
            writeEffect(to: &json)
            json.name("evidence")
            writeEvidence(to: &json)
            json.member("baseline", String?.none)
            json.member("why", why)
            json.member("advice", advice)
            json.member("state", "open")
        }
    }

    private func writeEffect(to json: inout JSONText) {
        guard let effect else { return json.value(String?.none) }
        json.object {
            $0.member("name", effect.name)
            $0.member("value", effect.value)
            $0.member("low", effect.low)
            $0.member("high", effect.high)
            $0.member("unit", effect.unit)
        }
    }

    private func writeEvidence(to json: inout JSONText) {
        guard let evidence else { return json.value(String?.none) }
        json.object {
            $0.member("method", evidence.method)
            $0.member("value", evidence.value)
            $0.member("alpha", evidence.alpha)
        }
    }
}

/// As JSON: an object of dimension and value, `{}` for everyone.
extension Segment: JSONWritable {
    package func write(to json: inout JSONText) {
        json.object { json in
            for coordinate in coordinates { json.member(coordinate.dimension, coordinate.value) }
        }
    }
}
