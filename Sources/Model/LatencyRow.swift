/// Quantiles of one phase in one segment, answered results only, and the failures beside them.
package struct LatencyRow: ReportRow {
    package var target: String
    package var plan: String
    package var segment: Segment
    package var phase: Phase
    /// Answered results that had this phase.
    package var n: Int
    package var p50Us: Int64?
    package var p90Us: Int64?
    package var p95Us: Int64?
    package var p99Us: Int64?
    package var maxUs: Int64?
    /// Failed results by reason.
    package var failures: [String: Int]
    /// p50 and p95 of the other values of the segment's dimension; nil where there are none.
    package var restP50Us: Int64?
    package var restP95Us: Int64?
    /// True: this segment stands out as slower than the rest of its dimension.
    package var isSlow: Bool
    /// What p95 usually is at this hour; nil: too little is known.
    package var usualP95: UsualLatency?

    /// A quantile in the hours that are compared, in microseconds.
    package struct UsualLatency: Hashable, Sendable {
        package var valueUs: Int64
        /// The least and the greatest of these hours.
        package var lowUs: Int64
        package var highUs: Int64
        /// Answers that it was learned from.
        package var n: Int
        /// True: of the same hour of the week; else of the same hour of the day.
        package var knowsTheWeek: Bool

        package init(valueUs: Int64, lowUs: Int64, highUs: Int64, n: Int, knowsTheWeek: Bool) {
            self.valueUs = valueUs
            self.lowUs = lowUs
            self.highUs = highUs
            self.n = n
            self.knowsTheWeek = knowsTheWeek
        }
    }

    package init(
        target: String, plan: String, segment: Segment, phase: Phase, n: Int, p50Us: Int64?,
        p90Us: Int64?, p95Us: Int64?, p99Us: Int64?, maxUs: Int64?, failures: [String: Int],
        restP50Us: Int64? = nil, restP95Us: Int64? = nil, isSlow: Bool = false
    ) {
        self.target = target
        self.plan = plan
        self.segment = segment
        self.phase = phase
        self.n = n
        self.p50Us = p50Us
        self.p90Us = p90Us
        self.p95Us = p95Us
        self.p99Us = p99Us
        self.maxUs = maxUs
        self.failures = failures
        self.restP50Us = restP50Us
        self.restP95Us = restP95Us
        self.isSlow = isSlow
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.name("segment")
        segment.write(to: &json)
        json.member("phase", phase.rawValue)
        json.member("n", n)
        json.member("p50_us", p50Us)
        json.member("p90_us", p90Us)
        json.member("p95_us", p95Us)
        json.member("p99_us", p99Us)
        json.member("max_us", maxUs)
        json.name("failures")
        json.object { json in
            for (reason, count) in failures.sorted(by: { $0.key < $1.key }) {
                json.member(reason, count)
            }
        }
        json.member("rest_p50_us", restP50Us)
        json.member("rest_p95_us", restP95Us)
        json.member("slow", isSlow)
        guard let usualP95 else { return json.member("usual_p95", nil as String?) }
        json.name("usual_p95")
        json.object { json in
            json.member("value_us", usualP95.valueUs)
            json.member("low_us", usualP95.lowUs)
            json.member("high_us", usualP95.highUs)
            json.member("n", usualP95.n)
            json.member("hour_of", usualP95.knowsTheWeek ? "week" : "day")
        }
    }
}
