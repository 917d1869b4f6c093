import Model
import Statistics

/// `prober`: our machine is slow, so that probes leave late by themselves. No target's failure.
func lateProbes(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    guard let jitter = evidence.everyone.phases[.jitter], jitter.count >= jitterSample,
        let late = jitter.quantile(0.99), late > jitterLimitUs
    else { return [] }
    return [
        prober(
            "jitter", evidence, look.at,
            effect: Finding.Effect(name: "p99", value: late, low: nil, high: nil, unit: "us"),
            why: "one probe in a hundred leaves more than \(Int(late / 1_000)) ms late by itself",
            advice: "this machine is short of CPU: latencies of this time are not to be trusted")
    ]
}

/// `prober`: our store is slow, so that probes are dropped; or it could not be written to; or it was
/// damaged, and a new one begun.
func storeTroubles(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    let watch = evidence.watch
    return [
        evidence.round?.dropped["store"].flatMap { drops($0, evidence, look.at) },
        watch.isLead ? watch.outage.map { outageFinding($0, evidence, look.at) } : nil,
        watch.isLead ? watch.replacement.map { replacementFinding($0, evidence, look.at) } : nil,
    ].compactMap { $0 }
}

private func drops(_ dropped: Int, _ evidence: PlanEvidence, _ seenAt: Instant) -> Finding? {
    guard dropped > 0 else { return nil }
    return prober(
        "store", evidence, seenAt,
        effect: Finding.Effect(
            name: "dropped", value: Double(dropped), low: nil, high: nil, unit: "probes"),
        why: "\(dropped) probes of this round were dropped: the store did not keep up",
        advice: "check the disk of the store: its space, and how fast it writes")
}

/// What the store could not record while it lasted.
private func outageFinding(
    _ outage: StoreOutage, _ evidence: PlanEvidence, _ seenAt: Instant
) -> Finding {
    let seconds = Double(outage.since.distance(to: outage.until ?? seenAt)) / 1e6
    let span = outage.until.map { "from \(outage.since.rfc3339) to \($0.rfc3339)" }
    return prober(
        "outage", evidence, seenAt, severity: outage.until == nil ? .critical : .warning,
        since: outage.since,
        effect: Finding.Effect(
            name: "degraded", value: max(0, seconds), low: nil, high: nil, unit: "s"),
        why: (span.map { "the store could not be written to \($0): " }
            ?? "the store cannot be written to: ") + outage.reason,
        advice: outage.until == nil
            ? "results wait in memory and are dropped where too many do: mend the store"
            : "probes that were dropped meanwhile are counted by their rounds, cause store")
}

private func replacementFinding(
    _ replacement: StoreReplacement, _ evidence: PlanEvidence, _ seenAt: Instant
) -> Finding {
    prober(
        "replaced", evidence, seenAt, since: replacement.at,
        why: "the store was damaged, and a new one was begun: \(replacement.detail)",
        advice: "save what can be read of the old one: `variometer store salvage`")
}

private func prober(
    _ name: String, _ evidence: PlanEvidence, _ seenAt: Instant, severity: Severity? = nil,
    since: Instant? = nil, effect: Finding.Effect? = nil, why: String, advice: String
) -> Finding {
    Finding(
        id: [FindingKind.prober.rawValue, evidence.target, evidence.plan.name, name]
            .joined(separator: "/"),
        kind: .prober, severity: severity, target: evidence.target, plan: evidence.plan.name,
        since: since, seenAt: seenAt, effect: effect, why: why, advice: advice)
}

/// Lateness that blurs every latency that is measured meanwhile.
private let jitterLimitUs = 50_000.0
private let jitterSample = 200
