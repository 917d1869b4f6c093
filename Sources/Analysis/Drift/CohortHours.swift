import Model

/// Cohort subjects hour by hour, of any plan at any target: each hour is read once and kept.
struct CohortHours: Sendable {
    /// Hours are counted from 1970. One that brought nobody is there, and empty.
    private var known: [PlanScope: [Int64: [CountKey: Int]]] = [:]

    /// Further back nobody looks.
    private static let memory: Int64 = 24 * 36

    /// Hours that are being closed and not stored yet; what was known from an instant on is
    /// forgotten.
    mutating func take(_ hours: [Rollup], since: Instant) {
        let first = hour(of: since)
        for scope in known.keys {
            known[scope] = known[scope]?.filter { $0.key < first }
        }
        for rollup in hours where rollup.key.segment == .everyone {
            let scope = PlanScope(target: rollup.key.target, plan: rollup.key.plan)
            known[scope, default: [:]][hour(of: rollup.key.window.start)] = cohort(rollup.tally)
        }
    }

    /// The cohort of each hour from `first` to before `end`, all of which are over.
    mutating func counts(
        from first: Int64, to end: Int64, of scope: PlanScope, in store: any WindowReading
    ) throws -> [Int64: [CountKey: Int]] {
        guard first < end else { return [:] }
        var hours = known[scope] ?? [:]
        let missing = (first..<end).filter { hours[$0] == nil }
        if let from = missing.first, let last = missing.last {
            let span = Span(since: start(ofHour: from), until: start(ofHour: last + 1))
            for hour in missing { hours[hour] = [:] }
            let read = try store.rollups(
                size: .hour, in: span, target: scope.target, plan: scope.plan, shapes: [[]])
            for rollup in read where rollup.key.segment == .everyone {
                let number = hour(of: rollup.key.window.start)
                if hours[number]?.isEmpty ?? true { hours[number] = cohort(rollup.tally) }
            }
            hours = hours.filter { $0.key >= end - Self.memory }
            known[scope] = hours
        }
        return hours.filter { $0.key >= first && $0.key < end && !$0.value.isEmpty }
    }

    private func cohort(_ tally: Tally) -> [CountKey: Int] {
        tally.counts.filter { $0.key.population == .cohort && $0.key.outcome.isResolved }
    }
}
