import Model

func distributionBlocks(_ rows: [Compared<DistributionRow>]) -> [Block] {
    guard !rows.isEmpty else { return [] }
    return distributionTables(rows)
        + [
            .paragraph(
                "intervals: \(DistributionRow.method), safe to look at any time; the panel asks the"
                    + " same subjects again and again: it is no sample and has none")
        ]
}

private func distributionTables(_ rows: [Compared<DistributionRow>]) -> [Block] {
    grouping(rows) { compared in
        let row = compared.row
        let what = row.population == .cohort ? "cohort, distinct subjects" : "panel, probes"
        return "\(row.target)/\(row.plan) \(row.experience), \(what)"
    }.map { name, rows in
        let hasBefore = rows.contains { $0.before != nil }
        var table = Table(
            name,
            ["segment", "audience", "arm", "n#", "share %#", "95 % interval"]
                + (hasBefore ? ["before %#", "95 % interval"] : []))
        for compared in rows {
            let row = compared.row
            for arm in row.arms {
                let before = compared.before?.arms.first { $0.variation == arm.variation }
                table.add(
                    [
                        words(row.segment), audienceText(row.audience, row.audienceName),
                        arm.variation, grouped(arm.observed), percent(arm.share),
                        row.population == .cohort ? interval(arm) : "–",
                    ]
                        + (hasBefore
                            ? [
                                before.map { percent($0.share) } ?? "–",
                                row.population == .cohort ? before.map(interval) ?? "–" : "–",
                            ] : []))
            }
        }
        return .table(table)
    }
}
