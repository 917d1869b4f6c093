import Model
import Statistics

/// `prober`: our machine is slow, so that probes leave late by themselves; or our store is, so that
/// probes are dropped. Neither is a target's failure.
func proberTroubles(_ evidence: PlanEvidence, _ tests: Int, _ seenAt: Instant) -> [Finding] {
    func finding(_ name: String, effect: Finding.Effect, why: String, advice: String) -> Finding {
        Finding(
            id: [FindingKind.prober.rawValue, evidence.target, evidence.plan.name, name]
                .joined(separator: "/"),
            kind: .prober, target: evidence.target, plan: evidence.plan.name, seenAt: seenAt,
            effect: effect, why: why, advice: advice)
    }
    var findings: [Finding] = []
    if let jitter = evidence.everyone.phases[.jitter], jitter.count >= jitterSample,
        let late = jitter.quantile(0.99), late > jitterLimitUs
    {
        findings.append(
            finding(
                "jitter",
                effect: Finding.Effect(name: "p99", value: late, low: nil, high: nil, unit: "us"),
                why:
                    "one probe in a hundred leaves more than \(Int(late / 1_000)) ms late by itself",
                advice: "this machine is short of CPU: latencies of this time are not to be trusted"
            ))
    }
    if let dropped = evidence.round?.dropped["store"], dropped > 0 {
        findings.append(
            finding(
                "store",
                effect: Finding.Effect(
                    name: "dropped", value: Double(dropped), low: nil, high: nil, unit: "probes"),
                why: "\(dropped) probes of this round were dropped: the store did not keep up",
                advice: "check the disk of the store: its space, and how fast it writes"))
    }
    if evidence.watch.isLead, let outage = evidence.watch.outage {
        findings.append(outageFinding(outage, evidence, seenAt))
    }
    return findings
}

/// What the store could not record while it lasted.
private func outageFinding(
    _ outage: StoreOutage, _ evidence: PlanEvidence, _ seenAt: Instant
) -> Finding {
    let seconds = Double(outage.since.distance(to: outage.until ?? seenAt)) / 1e6
    let span = outage.until.map { "from \(outage.since.rfc3339) to \($0.rfc3339)" }
    return Finding(
        id: [FindingKind.prober.rawValue, evidence.target, evidence.plan.name, "outage"]
            .joined(separator: "/"),
        kind: .prober, severity: outage.until == nil ? .critical : .warning,
        target: evidence.target, plan: evidence.plan.name, since: outage.since, seenAt: seenAt,
        effect: Finding.Effect(
            name: "degraded", value: max(0, seconds), low: nil, high: nil, unit: "s"),
        why: (span.map { "the store could not be written to \($0): " }
            ?? "the store cannot be written to: ") + outage.reason,
        advice: outage.until == nil
            ? "results wait in memory and are dropped where too many do: mend the store"
            : "probes that were dropped meanwhile are counted by their rounds, cause store")
}

/// Lateness that blurs every latency that is measured meanwhile.
private let jitterLimitUs = 50_000.0
private let jitterSample = 200
