import Model

/// `target`: nothing leaves for a target, because it refuses the key or fails again and again; or,
/// for information, because it said 429. A certificate that is about to expire is told in time.
func targetTroubles(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    guard evidence.watch.isLead, let status = evidence.watch.status else { return [] }
    let condition = status.condition
    let reason = condition.reason?.rawValue ?? "no answer"
    func finding(
        _ name: String, _ severity: Severity, since: Instant?, why: String, advice: String
    ) -> Finding {
        Finding(
            id: [FindingKind.target.rawValue, evidence.target, name].joined(separator: "/"),
            kind: .target, severity: severity, target: evidence.target, plan: evidence.plan.name,
            since: since, seenAt: look.at, why: why, advice: advice)
    }
    var findings: [Finding] = []
    switch condition.state {
    case .ready: break
    case .unauthorized:
        findings.append(
            finding(
                "unauthorized", .critical, since: condition.since,
                why: "the target refuses the key (\(reason)); one trial a minute is sent",
                advice:
                    "a key that was replaced is dead at once: put the new one into the key file,"
                    + " it is read again before each trial"))
    case .open, .halfOpen:
        findings.append(
            finding(
                "circuit_open", .critical, since: condition.since,
                why: "the target failed again and again (\(reason)); only trials are sent",
                advice: "probing goes on by itself once a trial is answered"))
    case .limited:
        findings.append(
            finding(
                "limited", .info, since: condition.since,
                why: "the target said 429; nothing is sent until its reset",
                advice: "lower the budget: the limit is shared with production traffic"))
    }
    if let expiry = status.certificateExpiry {
        let days = look.at.distance(to: expiry).flooredDivision(by: Instant.microsecondsPerDay)
        if days < certificateDays {
            findings.append(
                finding(
                    "certificate", days < 0 ? .critical : .warning, since: nil,
                    why: days < 0
                        ? "the target's certificate expired at \(expiry.rfc3339)"
                        : "the target's certificate expires at \(expiry.rfc3339), in "
                            + words(ofDays: days),
                    advice: "tell the API's operator"))
        }
    }
    return findings
}

/// An authority's renewal leaves a month; two weeks before the end somebody must act.
private let certificateDays = 14

private func words(ofDays days: Int64) -> String {
    switch days {
    case 0: "less than a day"
    case 1: "1 day"
    default: "\(days) days"
    }
}
