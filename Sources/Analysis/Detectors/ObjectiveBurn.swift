package import Model
import RealModule
import Statistics

/// How a target's results were over the spans that an objective is watched by.
package struct ObjectiveEvidence: Sendable {
    package var objective: Objective
    /// By the length of the span in microseconds, each up to the same instant.
    package var tallies: [Int64: Tally]

    package init(objective: Objective, tallies: [Int64: Tally]) {
        self.objective = objective
        self.tallies = tallies
    }

    /// The spans, long and short, and the burn rate that each pair is told at (Beyer et al., The Site
    /// Reliability Workbook 2018, ch. 5).
    package static let watched: [(long: Int64, short: Int64, factor: Double)] = [
        (hour, hour / 12, 14.4), (6 * hour, hour / 2, 6), (72 * hour, 6 * hour, 1),
    ]

    private static let hour = Instant.microsecondsPerHour

    /// Results that were not good, of all, over a span.
    func bad(over span: Int64) -> (events: Int, trials: Int) {
        guard let tally = tallies[span] else { return (0, 0) }
        let failed = tally.failures.values.reduce(0, +)
        guard let limit = objective.latencyUs else { return (failed, tally.asked) }
        let sketch = tally.phases[.latency] ?? QuantileSketch()
        return (failed + sketch.count - sketch.count(atMost: Double(limit)), tally.asked)
    }
}

/// `slo_burn`: results are bad at more than a pair of spans' burn rate of the error budget, by more
/// than chance.
///
/// Decided over the long span by the Bernoulli e-process (null: a share of bad results of burn rate
/// times budget at most), level 0.001 over the three pairs; the short span only ends it. One bad
/// result of few is no burn.
func objectiveBurns(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    evidence.watch.objectives.enumerated().flatMap { number, objective in
        ObjectiveEvidence.watched.compactMap { watched in
            burn(objective, number + 1, watched, evidence, look)
        }.prefix(1)
    }
}

private func burn(
    _ evidence: ObjectiveEvidence, _ number: Int,
    _ watched: (long: Int64, short: Int64, factor: Double), _ plan: PlanEvidence, _ look: Look
) -> Finding? {
    let budget = 1 - evidence.objective.share
    let tolerated = min(0.999, watched.factor * budget)
    let (long, short) = (evidence.bad(over: watched.long), evidence.bad(over: watched.short))
    let level = burnAlpha / Double(ObjectiveEvidence.watched.count)
    guard long.trials > 0, short.trials > 0,
        Double(short.events) / Double(short.trials) > tolerated,
        let test = try? RateEvidence(
            tolerated: tolerated, events: long.events, trials: long.trials),
        test.lnE >= -.log(level)
    else { return nil }
    let share = Double(long.events) / Double(long.trials)
    let hours = watched.long / Instant.microsecondsPerHour
    let wanted = evidence.objective.latencyUs.map { " within \($0 / 1_000) ms" } ?? ""
    return Finding(
        id: [FindingKind.sloBurn.rawValue, evidence.objective.target, "\(number)"]
            .joined(separator: "/"),
        kind: .sloBurn, target: plan.target, plan: plan.plan.name,
        since: look.at.advanced(by: -watched.long), seenAt: look.at,
        effect: Finding.Effect(
            name: "burn rate", value: share / max(budget, 1e-9), low: nil, high: nil, unit: "x"),
        evidence: Finding.Evidence(
            method: "ln e, Bernoulli e-process over \(hours) h", value: test.lnE, alpha: level),
        why: "\(long.events) of \(long.trials) results of \(hours) h were not answered\(wanted):"
            + " \(percents([share])) % where \(percents([budget])) % are allowed",
        advice: "at this rate the budget of the objective is spent early: look at"
            + " `report latency` for whom")
}

private let burnAlpha = 0.001
