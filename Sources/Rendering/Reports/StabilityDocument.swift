import Model

func stabilityBlocks(_ rows: [Compared<StabilityRow>], time: TimeFormat) -> [Block] {
    guard !rows.isEmpty else { return [.paragraph("no panel subject was served in this time")] }
    return grouping(rows) { "\($0.row.target)/\($0.row.plan)" }.flatMap { name, rows -> [Block] in
        [
            .table(stabilityTable(name, rows))
        ]
            + (rows.allSatisfy(\.row.flapping.isEmpty)
                ? [] : [.table(flappingTable(rows.map(\.row), time: time))])
            + [
                .paragraph(
                    "subjects: the panel's that the map knew at the end of this time; flips: answers that"
                        + " changed in a cell, a subject counted once a round; crossed: subjects that"
                        + " flipped; by an edit: those of them that did not flap; a change of the audience is targeting, not"
                        + " instability; a subject flaps that changed its variation in three rounds or more"
                )
            ]
    }
}

private func stabilityTable(_ name: String, _ rows: [Compared<StabilityRow>]) -> Table {
    var table = Table(
        name,
        [
            "experience", "audience", "subjects#", "flips#", "crossed#", "share %#",
            "95 % interval", "by an edit#", "flapping#", "before %#",
        ])
    for compared in rows {
        let row = compared.row
        table.add(
            [
                row.experience, audienceText(row.audience, row.audienceName), grouped(row.subjects),
                grouped(row.flips), grouped(row.crossed.observed), percent(row.crossed.share),
                "\(percent(row.crossed.low)) … \(percent(row.crossed.high))",
                grouped(row.explained), grouped(row.flapping.count),
                compared.before.map { percent($0.crossed.share) } ?? "–",
            ], tone: row.flapping.isEmpty ? .good : .bad)
    }
    return table
}

/// The subjects that do not keep their variation, worst first; twenty an audience.
private func flappingTable(_ rows: [StabilityRow], time: TimeFormat) -> Table {
    var table = Table(
        "flapping subjects", ["subject", "experience", "audience", "flips#", "first", "last"])
    for row in rows {
        for subject in row.flapping.prefix(20) {
            table.add(
                [
                    subject.subject, row.experience, row.audience, grouped(subject.flips),
                    time.minute(subject.firstAt), time.minute(subject.lastAt),
                ], tone: .bad)
        }
    }
    return table
}
