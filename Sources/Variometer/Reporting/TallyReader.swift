import Analysis
import Model
import Storage

/// Reads what happened to one plan over a span, by segment.
struct TallyReader {
    let store: Store
    let plan: Plan
    let watermark: Instant?
    let horizon: Horizon

    func tallies(over span: Span, shapes: [[String]]) throws -> [Segment: Tally] {
        let rolled = Set(rollupShapes(of: plan.matrix))
        let fromRollups = shapes.filter(rolled.contains)
        let fromRows = shapes.filter { !rolled.contains($0) }
        var tallies: [Segment: Tally] = [:]
        let cover = Cover(span, watermark: watermark, horizon: horizon)
        let merged = try store.tallies(
            cover.rollups.map { ($0.size, $0.span) }, target: plan.target, plan: plan.name,
            shapes: fromRollups)
        for (scope, tally) in merged { tallies[scope.segment] = tally }
        for span in cover.rows { try addRows(over: span, shapes: fromRollups, to: &tallies) }
        if !fromRows.isEmpty {
            try requireRows(since: span.since)
            try addRows(over: span, shapes: fromRows, to: &tallies)
        }
        return tallies
    }

    /// Those of several spans, merged.
    func tallies(over spans: [Span], shapes: [[String]]) throws -> [Segment: Tally] {
        try spans.reduce(into: [:]) { all, span in
            all.merge(try tallies(over: span, shapes: shapes)) { $0.merging($1) }
        }
    }

    /// Two dimensions at once are read from rows: where these are gone, nothing can be told.
    private func requireRows(since: Instant) throws {
        guard let first = horizon.rows, since < first else { return }
        throw CommandFailure(
            .data,
            "the observations before \(first.rfc3339) are gone (`retention`), and these dimensions"
                + " are not rolled up together; ask for one of them, or for a later --since")
    }

    /// Folds rows, by the day: what is rolled is only merged here, so windows do not matter.
    private func addRows(
        over span: Span, shapes: [[String]], to tallies: inout [Segment: Tally]
    ) throws {
        var roller = Roller(size: .day, shapes: [plan.name: shapes])
        try store.digests(in: span, target: plan.target, plan: plan.name) { roller.add($0) }
        for rollup in roller.take() {
            tallies[rollup.key.segment, default: Tally()].merge(rollup.tally)
        }
    }
}
