import Model
import Statistics

/// `prober`: our machine is slow, so that probes leave late by themselves. No target's failure.
func lateProbes(_ evidence: PlanEvidence, _ tests: Int, _ seenAt: Instant) -> [Finding] {
    guard let jitter = evidence.everyone.phases[.jitter], jitter.count >= jitterSample,
        let late = jitter.quantile(0.99), late > jitterLimitUs
    else { return [] }
    return [
        prober(
            "jitter", evidence, seenAt,
            effect: Finding.Effect(name: "p99", value: late, low: nil, high: nil, unit: "us"),
            why: "one probe in a hundred leaves more than \(Int(late / 1_000)) ms late by itself",
            advice: "this machine is short of CPU: latencies of this time are not to be trusted")
    ]
}

/// `prober`: our store is slow, so that probes are dropped.
func storeDrops(_ evidence: PlanEvidence, _ tests: Int, _ seenAt: Instant) -> [Finding] {
    guard let dropped = evidence.round?.dropped["store"], dropped > 0 else { return [] }
    return [
        prober(
            "store", evidence, seenAt,
            effect: Finding.Effect(
                name: "dropped", value: Double(dropped), low: nil, high: nil, unit: "probes"),
            why: "\(dropped) probes of this round were dropped: the store did not keep up",
            advice: "check the disk of the store: its space, and how fast it writes")
    ]
}

/// `prober`: our store could not be written to, or was damaged.
func storeTroubles(_ evidence: PlanEvidence, _ tests: Int, _ seenAt: Instant) -> [Finding] {
    evidence.watch.storeTroubles.map { trouble in
        var finding = prober(
            "store-\(trouble.kind.rawValue)", evidence, seenAt,
            effect: nil, why: trouble.words, advice: trouble.advice)
        finding.since = trouble.since
        return finding
    }
}

extension StoreTrouble {
    fileprivate var words: String {
        switch kind {
        case .degraded: "the store could not be written to until \(until.rfc3339): \(detail)"
        case .replaced: "the store was damaged and a new one was begun: \(detail)"
        }
    }

    fileprivate var advice: String {
        switch kind {
        case .degraded: "check the disk of the store; what was dropped meanwhile is told by round"
        case .replaced: "save what can be read of the old one: `variometer store salvage`"
        }
    }
}

private func prober(
    _ name: String, _ evidence: PlanEvidence, _ seenAt: Instant, effect: Finding.Effect?,
    why: String, advice: String
) -> Finding {
    Finding(
        id: [FindingKind.prober.rawValue, evidence.target, evidence.plan.name, name]
            .joined(separator: "/"),
        kind: .prober, target: evidence.target, plan: evidence.plan.name, seenAt: seenAt,
        effect: effect, why: why, advice: advice)
}

/// Lateness that blurs every latency that is measured meanwhile.
private let jitterLimitUs = 50_000.0
private let jitterSample = 200
