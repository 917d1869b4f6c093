import Foundation
import Model
import Probing
import Synchronization

/// What a running `probe` or `demo` shows on a terminal: one line that is drawn anew.
final class ProgressLine: Sendable {
    private struct Tally {
        var rounds: [PlanKey: RoundStatus] = [:]
        var results = 0
        var observations = 0
        var failures: [String: Int] = [:]
        var outcomes: [Outcome: Int] = [:]
        var drawnAt: Int64 = 0
        /// More to show behind the counts, as the caller likes.
        var remark = ""
    }

    private let tally = Mutex(Tally())
    private let startedAt = monotonicNanoseconds()
    private let isShown: Bool

    init(isShown: Bool) {
        self.isShown = isShown
    }

    func add(_ step: PlanRunner.Progress) {
        let drawn = tally.withLock { tally -> String? in
            tally.rounds[PlanKey(step.round)] = step.round
            tally.results += step.results.count
            for result in step.results {
                tally.observations += result.observations.count
                if let failure = result.failure {
                    tally.failures[failure.reason.rawValue, default: 0] += 1
                }
                for observation in result.observations {
                    tally.outcomes[observation.outcome, default: 0] += 1
                }
            }
            let now = monotonicNanoseconds()
            guard isShown, now - tally.drawnAt > 100_000_000 else { return nil }
            tally.drawnAt = now
            return bar(of: tally)
        }
        if let drawn { StandardError.write("\r\u{1B}[K" + drawn) }
    }

    func setRemark(_ remark: String) { tally.withLock { $0.remark = remark } }

    var results: Int { tally.withLock { $0.results } }

    /// Leaves the line on the terminal and goes to the next one.
    func finish() {
        if isShown { StandardError.write("\n") }
    }

    /// What was done, in a few lines.
    func summary() -> String {
        let tally = tally.withLock { $0 }
        var lines = tally.rounds.values.sorted { $0.plan < $1.plan }.map { round in
            let dropped = round.dropped.values.reduce(0, +)
            return "\(round.target)/\(round.plan)  round \(round.number) \(round.state.rawValue),"
                + " \(round.position) of \(round.probes) probes"
                + (dropped == 0 ? "" : ", \(dropped) left out or dropped")
        }
        let outcomes = Outcome.allCases.compactMap { outcome in
            tally.outcomes[outcome].map { "\($0) \(outcome.rawValue)" }
        }
        lines.append(
            "\(tally.results) probes at \(rate(tally)), \(tally.observations) observations: "
                + (outcomes.isEmpty ? "none" : outcomes.joined(separator: ", ")))
        let failures = tally.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if !failures.isEmpty {
            lines.append(
                "failed: " + failures.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func bar(of tally: Tally) -> String {
        let position = tally.rounds.values.reduce(0) { $0 + $1.position }
        let probes = tally.rounds.values.reduce(0) { $0 + $1.probes }
        let share = probes == 0 ? 0 : Double(position) / Double(probes)
        let filled = Int(share * 24)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        let failed = tally.failures.values.reduce(0, +)
        return "\(bar) round \(tally.rounds.values.map(\.number).max() ?? 0)"
            + "  \(tally.results) probes  \(rate(tally))  \(failed) failed  \(tally.remark)"
    }

    private func rate(_ tally: Tally) -> String {
        let seconds = Double(monotonicNanoseconds() - startedAt) / 1e9
        return "\(Int((Double(tally.results) / max(seconds, 0.001)).rounded()))/s"
    }
}

/// A plan at a target.
private struct PlanKey: Hashable {
    let plan: String
    let target: String

    init(_ round: RoundStatus) {
        plan = round.plan
        target = round.target
    }
}
