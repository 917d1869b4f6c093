import Model

extension TargetingRule {
    /// The clauses in words, in their order; the last holds everywhere else.
    var rows: [TargetingRow.Clause] {
        clauses.map { clause in
            TargetingRow.Clause(answer: table.labels[clause.label], when: words(of: clause))
        } + [TargetingRow.Clause(answer: table.labels[otherwise], when: "")]
    }

    /// `geo IN and device not desktop-chrome`.
    func words(of clause: Clause) -> String {
        clause.allowed.enumerated().compactMap { axis, values in
            values.map { words(ofAxis: table.axes[axis], $0) }
        }.joined(separator: " and ")
    }

    private func words(ofAxis axis: TargetingTable.Axis, _ values: [Int]) -> String {
        let others = axis.values.indices.filter { !values.contains($0) }
        if let range = range(axis, values) { return "\(axis.name) \(range)" }
        if others.count < values.count {
            if let range = range(axis, others) { return "\(axis.name) not \(range)" }
            return "\(axis.name) not \(list(axis, others))"
        }
        return "\(axis.name) \(list(axis, values))"
    }

    /// Consecutive hours or days, three at least, over midnight and Sunday, too; nil: they are not.
    private func range(_ axis: TargetingTable.Axis, _ values: [Int]) -> String? {
        let isCyclic = axis.name == Dimension.hour || axis.name == Dimension.day
        let count = axis.values.count
        guard isCyclic, values.count >= 2, values.count < count,
            axis.name == Dimension.day || values.count >= 3
        else { return nil }
        let starts = values.filter { !values.contains(($0 + count - 1) % count) }
        guard starts.count == 1, let first = starts.first else { return nil }
        let last = (first + values.count - 1) % count
        return "\(text(axis, first))–\(text(axis, last))"
    }

    private func list(_ axis: TargetingTable.Axis, _ values: [Int]) -> String {
        let texts = values.map { text(axis, $0) }
        guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
        return texts.dropLast().joined(separator: ", ") + " or " + last
    }

    private func text(_ axis: TargetingTable.Axis, _ value: Int) -> String {
        guard let text = axis.values[value] else { return "left out" }
        return axis.name == Dimension.day ? String(text.prefix(3)) : text
    }
}

/// What is another answer than before, in words: for each move of cells the shortest description of
/// where, and how many they are.
func targetingMoves(from before: [TargetingCell], to now: [TargetingCell]) -> [String] {
    let former = Dictionary(
        before.map { ($0.context, $0.answer.label) }, uniquingKeysWith: { $1 })
    let moved = now.compactMap { cell -> (context: Context, move: String)? in
        guard let old = former[cell.context], old != cell.answer.label else { return nil }
        return (cell.context, "\(old) → \(cell.answer.label)")
    }
    let moves = Dictionary(grouping: moved, by: \.move)
    return moves.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { move, cells in
        let contexts = Set(cells.map(\.context))
        let table = TargetingTable(
            now.filter { former[$0.context] != nil }.map {
                ($0.context.coordinates, contexts.contains($0.context) ? "moved" : "stayed")
            })
        let places = targetingRule(of: table)?.rows.filter { $0.answer == "moved" } ?? []
        let place = places.map { $0.when.isEmpty ? "elsewhere" : $0.when }
            .joined(separator: "; ")
        return "\(move) where \(place) (\(cells.count) cells)"
    }
}

/// The effective rule of every experience of a plan, and what moved since a baseline.
func targetingRows(
    _ evidence: PlanEvidence, before: PlanEvidence?, experience: String?
) -> [TargetingRow] {
    let maps = Dictionary(grouping: evidence.map, by: \.experience)
    return maps.keys.filter { experience ?? $0 == $0 }.sorted().compactMap { key in
        guard let cells = maps[key], let rule = targetingRule(of: TargetingTable(cells)) else {
            return nil
        }
        let former = before?.map.filter { $0.experience == key } ?? []
        return TargetingRow(
            target: evidence.target, plan: evidence.plan.name, experience: key,
            cells: rule.table.count, errors: rule.errors, conditions: rule.conditions,
            clauses: rule.rows,
            changes: former.isEmpty ? [] : targetingMoves(from: former, to: cells))
    }
}
