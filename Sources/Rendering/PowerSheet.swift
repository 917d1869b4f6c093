package import Model

/// What a configuration could notice: a table for each plan, and what it can never prove.
package func powerText(_ rows: [PowerRow], warnings: [String]) -> String {
    var document = Document(
        title: "power",
        subtitle: "the smallest departure that would be told with probability 0.8")
    document.blocks = warnings.map { .line(word: "cannot prove", tone: .open, text: $0) }
    for (name, rows) in grouping(rows, by: { "\($0.target)/\($0.plan)" }) {
        document.blocks.append(.table(powerTable(name, rows)))
    }
    document.blocks.append(
        .paragraph(
            "share: points of a share, anytime-valid test at the daemon's level; panel: share of"
                + " subjects that moved, first re-probe; latency: all answers of a compared target"
                + " slower. Segments are taken to be of equal size, and every cohort subject to get"
                + " the audience: bounds"))
    return text(document, color: false)
}

private func powerTable(_ name: String, _ rows: [PowerRow]) -> Table {
    var table = Table(
        name,
        [
            "experience", "audience", "of", "within", "subjects at most#", "share pp#", "panel %#",
            "latency %#",
        ])
    for row in rows {
        table.add(
            [
                row.experience, row.audience ?? "served or not", row.segment, row.span.rawValue,
                grouped(row.subjects), row.deviation.map { percent($0) } ?? "nothing",
                row.flipShare.map { percent($0) } ?? "–",
                row.slowdown.map { percent($0 - 1) } ?? "–",
            ], tone: row.deviation == nil ? .open : .plain)
    }
    return table
}
