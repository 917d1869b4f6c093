import Model
import RealModule
import Statistics

/// `latency_regression`: answers take longer than is usual at this hour of the week, by more than
/// chance and by more than the thresholds; or longer than those of the target that is probed beside.
///
/// One finding for a plan at a target where everyone is slow, else one for each value of the
/// dimension that tells the slow ones from the others best; of the quantile that shows most.
func latencyRegressions(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    let slow = evidence.rates.alarms { $0.phase == .latency }
    let phases = evidence.rates.alarms { $0.phase != nil && $0.phase != .latency }
    let own =
        slow.isEmpty
        ? strongest(phases).map { [regression($0, evidence, look)] } ?? []
        : slowest(slow, evidence).map { regression($0, evidence, look) }
    return own
        + evidence.rates.alarms(\.isPaired).map { pairedRegression($0, evidence, look) }
}

private func strongest(_ alarms: [RateAlarm]) -> RateAlarm? {
    alarms.max { ($0.lnR, $1.segment.order) < ($1.lnR, $0.segment.order) }
}

/// Alarms of the segments that are to be told, the strongest of each.
private func slowest(_ alarms: [RateAlarm], _ evidence: PlanEvidence) -> [RateAlarm] {
    let bySegment = Dictionary(grouping: alarms, by: \.segment).compactMapValues(strongest)
    guard let local = culprits(Array(bySegment.values), evidence) else {
        return [bySegment[.everyone] ?? strongest(alarms)].compactMap { $0 }
    }
    return local
}

/// Which values of one dimension, or pairs of two, rose while the others did not; nil: everybody
/// did.
func culprits(_ alarms: [RateAlarm], _ evidence: PlanEvidence) -> [RateAlarm]? {
    let shapes = Dictionary(grouping: alarms.filter { $0.segment != .everyone }) {
        $0.segment.coordinates.map(\.dimension)
    }
    let divided = shapes.compactMap { shape, rising -> (share: Double, alarms: [RateAlarm])? in
        let all = evidence.rates.recent.keys.filter { $0.coordinates.map(\.dimension) == shape }
        let risen = Set(rising.map(\.segment))
        let others = all.filter { !risen.contains($0) }
        guard !others.isEmpty, let measure = strongest(rising)?.measure,
            !hasRisen(others, measure, evidence)
        else { return nil }
        return (Double(rising.count) / Double(all.count), rising)
    }
    return divided.min { ($0.share, $0.alarms.count) < ($1.share, $1.alarms.count) }?.alarms
        .sorted { $0.segment.description < $1.segment.description }
}

/// True: these segments, each beside what is usual for it, have more of a measure than is tolerated.
private func hasRisen(
    _ segments: [Segment], _ measure: RateMeasure, _ evidence: PlanEvidence
) -> Bool {
    var (events, trials, tolerated) = (0, 0, 0.0)
    for segment in segments {
        guard let now = evidence.rates.counted(measure, in: segment) else { continue }
        events += now.events
        trials += now.trials
        tolerated += Double(now.trials) * now.tolerated
    }
    return trials > 0 && Double(events) > tolerated
}

private func regression(
    _ alarm: RateAlarm, _ evidence: PlanEvidence, _ look: Look
) -> Finding {
    let phase = alarm.measure.phase ?? .latency
    let quantile = alarm.measure.quantile ?? 0.5
    let name = RateMeasure.name(of: quantile)
    let usual = evidence.rates.usual?.latency(
        quantile, of: phase, in: alarm.segment, excluding: alarm.since)
    let sketch = evidence.rates.recent[alarm.segment]?.phases[phase] ?? QuantileSketch()
    let effect = usual.flatMap { risen(sketch, quantile, name, beside: $0.value) }
    let what = phase == .latency ? name : "\(phase.rawValue) \(name)"
    let now = sketch.quantile(quantile).map(milliseconds) ?? "unknown"
    let was = usual.map { "\(milliseconds($0.value)) is usual" } ?? "less was usual"
    let known =
        usual.map {
            " (\($0.knowsTheWeek ? "this hour of the week" : "this hour of the day"),"
                + " \(milliseconds($0.low)) to \(milliseconds($0.high)), n \($0.n))"
        } ?? ""
    let share = Double(alarm.events) / Double(max(1, alarm.trials))
    return Finding(
        id: findingID(.latencyRegression, evidence, "*", nil, alarm.segment),
        kind: .latencyRegression, target: evidence.target, plan: evidence.plan.name,
        segment: alarm.segment, since: alarm.since, seenAt: look.at, effect: effect,
        evidence: Finding.Evidence(
            method: "ln R, e-detector of answers beyond the usual \(name) and its threshold",
            value: alarm.lnR, alpha: .exp(-alarm.lnLimit)),
        why: "\(place(alarm.segment)): since about \(alarm.since.rfc3339) \(what) is \(now), n"
            + " \(sketch.count), where \(was)\(known); \(percents([share])) % of"
            + " \(alarm.trials) answers took longer than is usual,"
            + " \(percents([1 - quantile])) % may" + grownPhase(since: alarm, evidence)
            + ownLateness(evidence),
        advice: "ask what changed at the target then; `report latency` has the other segments"
            + " and phases")
}

/// Where our own probes left late at the same time, what is slow may be this machine.
private func ownLateness(_ evidence: PlanEvidence) -> String {
    let late = evidence.rates.recent[.everyone]?.phases[.jitter]?.quantile(0.5) ?? 0
    return late > lateUs
        ? "; probes left late as well, p50 \(milliseconds(late)): look at this machine first" : ""
}

/// Far beyond what a machine that keeps up is late by, in microseconds.
private let lateUs = 2_000.0

/// The quantile over the usual one, in percent, with the interval of its order statistics.
private func risen(
    _ sketch: QuantileSketch, _ quantile: Double, _ name: String, beside usual: Double
) -> Finding.Effect? {
    guard let now = sketch.quantile(quantile), usual > 0 else { return nil }
    let ranks = quantileRanks(n: sketch.count, quantile: quantile, alpha: 0.05)
    func percent(_ rank: Int?) -> Double? {
        rank.flatMap { sketch.value(atRank: $0 - 1) }.map { ($0 / usual - 1) * 100 }
    }
    return Finding.Effect(
        name: name, value: (now / usual - 1) * 100, low: percent(ranks.lower),
        high: percent(ranks.upper), unit: "%")
}

/// Which phase of everyone's answers grew most.
private func grownPhase(since alarm: RateAlarm, _ evidence: PlanEvidence) -> String {
    guard alarm.measure.phase == .latency, let usual = evidence.rates.usual,
        let recent = evidence.rates.recent[.everyone], let quantile = alarm.measure.quantile
    else { return "" }
    let grown = [Phase.dns, .connect, .tls, .firstByte, .transfer].compactMap {
        phase -> (phase: Phase, by: Double)? in
        guard let now = recent.phases[phase]?.quantile(quantile),
            let was = usual.latency(
                quantile, of: phase, in: .everyone, excluding: alarm.since)?.value, now > was
        else { return nil }
        return (phase, now - was)
    }
    guard let most = grown.max(by: { $0.by < $1.by }) else { return "" }
    return "; of everyone's phases \(most.phase.rawValue) grew most, by \(milliseconds(most.by))"
}

private func pairedRegression(
    _ alarm: RateAlarm, _ evidence: PlanEvidence, _ look: Look
) -> Finding {
    let control = alarm.measure.control ?? ""
    let share = Double(alarm.events) / Double(max(1, alarm.trials))
    let quantile = alarm.measure.quantile ?? 0
    let criterion =
        quantile == 0
        ? "was the slower one in"
        : "alone exceeded the \(RateMeasure.name(of: quantile)) of both in"
    let interval = try? shareConfidenceSequence(
        successes: alarm.events, trials: alarm.trials, alpha: 0.05)
    return Finding(
        id: findingID(.latencyRegression, evidence, "*", control), kind: .latencyRegression,
        target: evidence.target, plan: evidence.plan.name, since: alarm.since, seenAt: look.at,
        effect: Finding.Effect(
            name: RateMeasure.name(of: quantile), value: share * 100,
            low: interval.map { $0.lower * 100 }, high: interval.map { $0.upper * 100 },
            unit: "% of pairs"),
        evidence: Finding.Evidence(
            method: "ln R, e-detector of pairs probed side by side", value: alarm.lnR,
            alpha: .exp(-alarm.lnLimit)),
        why: "\(evidence.target) is slower than \(control), probed beside it: since about"
            + " \(alarm.since.rfc3339) it \(criterion) \(alarm.events) of \(alarm.trials) pairs in"
            + " which one of them was",
        advice: "both are asked the same at the same time: what is between them is what \(control)"
            + " does not have")
}

/// Whom a finding is about.
func place(_ segment: Segment) -> String {
    segment == .everyone ? "everyone" : segment.words
}

func milliseconds(_ us: Double) -> String {
    us < 10_000 ? "\((us / 100).rounded() / 10) ms" : "\(Int((us / 1_000).rounded())) ms"
}
