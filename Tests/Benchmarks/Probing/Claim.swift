/// A number beside what it ought to be.
struct Claim {
    enum Goal {
        case atMost(Double)
        case atLeast(Double)
    }

    enum Unit: String {
        /// A ratio to the peer that the claim's name ends with.
        case ratio = ""
        case bytes
        case microseconds = "us"
    }

    /// What is compared, in snake_case.
    let name: String
    /// The same for people; a ratio's peer is named in it.
    let text: String
    let unit: Unit
    /// Nil: could not be measured.
    let value: Double?
    let goal: Goal
}

extension ProbingFigures {
    var keepAliveClaims: [Claim] {
        let steady = keepAlive[.variometerSteady]
        let saturated = keepAlive[.variometerSaturated]
        return [
            // As many in flight as hey has, one at once after the other.
            Claim(
                name: "keep_alive_saturated_cpu_to_hey",
                text: "50 in flight: " + cpu(saturated, peer: "hey"), unit: .ratio,
                value: keepAlive.ratio(\.cpuUsEach, of: .variometerSaturated, to: .hey),
                goal: .atMost(0.8)),
            Claim(
                name: "keep_alive_cpu_to_hey", text: "20,000/s: " + cpu(steady, peer: "hey"),
                unit: .ratio,
                value: keepAlive.ratio(\.cpuUsEach, of: .variometerSteady, to: .hey),
                goal: .atMost(0.8)),
            Claim(
                name: "keep_alive_rate_to_hey", text: "probes per second, × hey", unit: .ratio,
                value: keepAlive.ratio(\.perSecond, of: .variometerSaturated, to: .hey),
                goal: .atLeast(0.8)),
            Claim(
                name: "keep_alive_rate_to_blackbox_exporter",
                text: "probes per second, × blackbox_exporter", unit: .ratio,
                value: keepAlive.ratio(
                    \.perSecond, of: .variometerSaturated, to: .blackboxExporter),
                goal: .atLeast(12)),
        ]
    }

    var newConnectionClaims: [Claim] {
        [cpuClaim("new_connection", newConnection.figure)]
    }

    var tlsClaims: [Claim] { [cpuClaim("tls", tls)] }

    var memoryClaims: [Claim] {
        [
            Claim(
                name: "memory_per_probe_in_flight", text: "memory per probe in flight",
                unit: .bytes, value: memory.figure?.bytesEach, goal: .atMost(8_192))
        ]
    }

    var lagClaims: [Claim] {
        [
            Claim(
                name: "lag_p50", text: "lag p50", unit: .microseconds, value: lag.p50Us,
                goal: .atMost(80)),
            Claim(
                name: "lag_p99", text: "lag p99", unit: .microseconds, value: lag.p99Us,
                goal: .atMost(250)),
        ]
    }

    private func cpuClaim(_ name: String, _ comparison: Comparison?) -> Claim {
        let own = comparison?[.variometer]
        return Claim(
            name: "\(name)_cpu_to_hey", text: cpu(own, peer: "hey"), unit: .ratio,
            value: comparison?.ratio(\.cpuUsEach, of: .variometer, to: .hey), goal: .atMost(1))
    }

    private func cpu(_ own: Medians?, peer: String) -> String {
        let cost = own.map { " \($0.cpuUsEach.text(digits: 1)) µs" } ?? ""
        return "CPU per probe\(cost), × \(peer)"
    }
}
