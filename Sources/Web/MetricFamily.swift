/// One metric with its samples, as Prometheus reads them.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package struct Sample: Sendable {
        /// `_bucket`, `_sum`, `_count` of a histogram; empty elsewhere.
        package let suffix: String
        package let labels: [(String, String)]
        package let value: Double

        package init(suffix: String = "", labels: [(String, String)], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    package let name: String
    package let help: String
    package let type: Kind
    package let samples: [Sample]

    package init(name: String, help: String, type: Kind, samples: [Sample]) {
        self.name = name
        self.help = help
        self.type = type
        self.samples = samples
    }

    /// The samples of one histogram series: `buckets` are upper bounds in seconds and how many
    /// values are at most that, ascending.
    package static func histogramSamples(
        labels: [(String, String)], buckets: [(Double, Int)], sumSeconds: Double, count: Int
    ) -> [Sample] {
        buckets.map { bound, atMost in
            Sample(
                suffix: "_bucket", labels: labels + [("le", number(bound))], value: Double(atMost))
        } + [
            Sample(suffix: "_bucket", labels: labels + [("le", "+Inf")], value: Double(count)),
            Sample(suffix: "_sum", labels: labels, value: sumSeconds),
            Sample(suffix: "_count", labels: labels, value: Double(count)),
        ]
    }
}

/// Prometheus' text format, version 0.0.4. A family without samples is left out.
package func exposition(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families where !family.samples.isEmpty {
        text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(family.type.rawValue)\n"
        for sample in family.samples {
            text += family.name + sample.suffix
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0)=\"\(escaped($1, quotes: true))\"" }
                text += "{" + labels.joined(separator: ",") + "}"
            }
            text += " \(number(sample.value))\n"
        }
    }
    return text
}

private func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return value.isNaN
        ? "NaN" : value == .infinity ? "+Inf" : value == -.infinity ? "-Inf" : "\(value)"
}

/// Backslash, line feed and, in label values, the quotation mark are escaped. Scalar by scalar:
/// a combining mark must not hide one of them.
private func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\"" where quotes: result += "\\\""
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
