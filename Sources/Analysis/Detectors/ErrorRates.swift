import Model
import RealModule
import Statistics

/// `error_rate`: more results fail than usual at this hour of the week, by more than chance and by
/// more than the threshold; of everyone, or of the values of one dimension.
func errorRates(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    let alarms = evidence.rates.alarms { $0 == .failed }
    guard !alarms.isEmpty else { return [] }
    let everyone = alarms.first { $0.segment == .everyone }
    let told = culprits(alarms, evidence) ?? [everyone ?? alarms[0]]
    return told.map { errorRate($0, evidence, look) }
}

private func errorRate(_ alarm: RateAlarm, _ evidence: PlanEvidence, _ look: Look) -> Finding {
    let share = Double(alarm.events) / Double(max(1, alarm.trials))
    let interval = try? clopperPearsonInterval(
        successes: alarm.events, trials: alarm.trials, alpha: 0.05)
    let usual = evidence.rates.usual?.failures(in: alarm.segment, excluding: alarm.since)
    return Finding(
        id: findingID(.errorRate, evidence, "*", nil, alarm.segment), kind: .errorRate,
        target: evidence.target, plan: evidence.plan.name, segment: alarm.segment,
        since: alarm.since, seenAt: look.at,
        effect: Finding.Effect(
            name: "failed", value: share * 100, low: interval.map { $0.lower * 100 },
            high: interval.map { $0.upper * 100 }, unit: "%"),
        evidence: Finding.Evidence(
            method: "ln R, e-detector of failed results beyond the usual share and its threshold",
            value: alarm.lnR, alpha: .exp(-alarm.lnLimit)),
        why:
            "\(place(alarm.segment)): since about \(alarm.since.rfc3339) \(alarm.events) of \(alarm.trials) results"
            + " failed, \(percents([share])) %"
            + (usual.map { ", where \(percents([$0.share])) % are usual, n \($0.n)" } ?? "")
            + reasons(alarm.segment, evidence),
        advice: "look at `report latency`, which counts failures by reason; then at the target")
}

/// `: http_500 30, reset 2`: those of the last hours.
private func reasons(_ segment: Segment, _ evidence: PlanEvidence) -> String {
    let failures = evidence.rates.recent[segment]?.failures ?? [:]
    var byReason: [String: Int] = [:]
    for (failure, count) in failures { byReason[failure.reason.rawValue, default: 0] += count }
    let named = byReason.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
    guard !named.isEmpty else { return "" }
    return "; lately " + named.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}
