/// One plan at a glance.
package struct SummaryRow: ReportRow {
    package var target: String
    package var plan: String
    /// The last round that began.
    package var round: RoundStatus?
    package var coverage: CoverageRow
    /// Splits, worst first, cohort only.
    package var splits: [SplitRow]
    /// Audiences that were served without a stated allocation.
    package var unplanned: [UnplannedAudience]
    /// Latency of everyone.
    package var latency: LatencyRow
    /// Segments that stand out, slowest first.
    package var slow: [LatencyRow]
    /// How late probes left by our own doing: the jitter of everyone.
    package var sending: LatencyRow
    /// Since the last probe, in hours; nil: less than a day, or there was none.
    package var silentHours: Int64?

    package init(
        target: String, plan: String, round: RoundStatus?, coverage: CoverageRow,
        splits: [SplitRow], unplanned: [UnplannedAudience], latency: LatencyRow,
        slow: [LatencyRow], sending: LatencyRow, silentHours: Int64? = nil
    ) {
        self.target = target
        self.plan = plan
        self.round = round
        self.coverage = coverage
        self.splits = splits
        self.unplanned = unplanned
        self.latency = latency
        self.slow = slow
        self.sending = sending
        self.silentHours = silentHours
    }

    package func writeMembers(to json: inout JSONText) {
        json.member("target", target)
        json.member("plan", plan)
        json.name("round")
        writeRound(to: &json)
        json.name("coverage")
        json.object { coverage.writeMembers(to: &$0) }
        json.name("splits")
        json.array(splits) { json, row in json.object { row.writeMembers(to: &$0) } }
        json.name("unplanned")
        json.array(unplanned) { json, audience in
            json.object {
                $0.member("experience", audience.experience)
                $0.member("audience", audience.audience)
                $0.member("audience_name", audience.audienceName)
                $0.member("n", audience.n)
            }
        }
        json.name("latency")
        json.object { latency.writeMembers(to: &$0) }
        json.name("slow")
        json.array(slow) { json, row in json.object { row.writeMembers(to: &$0) } }
        json.name("sending")
        json.object { sending.writeMembers(to: &$0) }
    }

    private func writeRound(to json: inout JSONText) {
        guard let round else { return json.value(String?.none) }
        json.object { json in
            json.member("number", round.number)
            json.member("started_at", round.startedAt)
            json.member("probes", round.probes)
            json.member("position", round.position)
            json.member("state", round.state.rawValue)
            json.name("dropped")
            json.object { json in
                for (cause, count) in round.dropped.sorted(by: { $0.key < $1.key }) {
                    json.member(cause, count)
                }
            }
        }
    }
}

/// An audience that was served and has no stated allocation.
package struct UnplannedAudience: Hashable, Sendable {
    package var experience: String
    package var audience: String
    package var audienceName: String?
    package var n: Int

    package init(experience: String, audience: String, audienceName: String?, n: Int) {
        self.experience = experience
        self.audience = audience
        self.audienceName = audienceName
        self.n = n
    }
}
