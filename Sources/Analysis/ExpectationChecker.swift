package import Model

/// Holds every answer, panel and cohort, against what its plan expects of it. What failed is no
/// answer, and what came during maintenance is not theirs: both are neither held nor broken.
package struct ExpectationChecker: Sendable {
    private var plans: [String: Stated] = [:]

    /// The expectations of one plan.
    private struct Stated {
        let expectations: [(identity: String, expectation: Expectation)]
        /// Those that are about a context, by place: every context is asked again and again.
        private var known: [Context: [Int]] = [:]

        /// Contexts that are remembered.
        private static let limit = 100_000

        init(_ expectations: [Expectation]) {
            self.expectations = expectations.map { ($0.identity, $0) }
        }

        mutating func about(_ context: Context) -> [Int] {
            if let about = known[context] { return about }
            if known.count >= Self.limit { known.removeAll() }
            let about = expectations.indices.filter {
                expectations[$0].expectation.holds(in: context)
            }
            known[context] = about
            return about
        }
    }

    package init(plans: [Plan] = []) {
        for plan in plans where !plan.expectations.isEmpty {
            self.plans[plan.name] = Stated(plan.expectations)
        }
    }

    /// How some results stand to what is expected, in their order.
    package mutating func check(_ results: [ProbeResult]) -> [ExpectationNote] {
        guard !plans.isEmpty else { return [] }
        var notes: [ExpectationNote] = []
        for result in results where result.failure == nil && !result.isMaintenance {
            let identity = result.probe.identity
            guard let place = plans.index(forKey: identity.plan) else { continue }
            let context = result.probe.context
            for number in plans.values[place].about(context) {
                let (name, expectation) = plans.values[place].expectations[number]
                for observation in result.observations where expectation.concerns(observation) {
                    let key = ExpectationKey(
                        target: identity.target, plan: identity.plan, expectation: name,
                        context: context)
                    notes.append(
                        ExpectationNote(
                            key: key, at: result.dueAt,
                            got: expectation.mismatch(of: observation).map(cut)))
                }
            }
        }
        return notes
    }
}

/// As much as is kept, whole characters.
private func cut(_ text: String) -> String {
    guard text.utf8.count > ExpectationNote.limit else { return text }
    var bytes = 0
    let kept = text.prefix { character in
        bytes += character.utf8.count
        return bytes <= ExpectationNote.limit - 3
    }
    return kept + "…"
}
