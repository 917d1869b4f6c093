import Model

func targetingBlocks(
    _ rows: [Compared<TargetingRow>], until end: Instant, time: TimeFormat
) -> [Block] {
    guard !rows.isEmpty else { return [.paragraph("no plan has a panel that was answered")] }
    return rows.map(\.row).flatMap { row -> [Block] in
        var table = Table("\(row.experience), \(row.target)/\(row.plan)", ["answer", "where"])
        for (index, clause) in row.clauses.enumerated() {
            let isLast = index == row.clauses.count - 1
            table.add(
                [
                    clause.answer,
                    isLast ? (index == 0 ? "everywhere" : "everywhere else") : clause.when,
                ], tone: .plain)
        }
        let exactness =
            row.errors == 0
            ? "exact on all \(grouped(row.cells)) cells that were ever asked"
            : "wrong in \(grouped(row.errors)) of \(grouped(row.cells)) cells that were asked:"
                + " what is served depends on the user there"
        let map = "the map as of \(time.minute(end)), each cell as it last answered"
        return [
            .table(table),
            .paragraph("the first line that holds decides; \(exactness); \(map)"),
        ]
            + row.changes.map { .line(word: "moved", tone: .open, text: $0) }
    }
}
