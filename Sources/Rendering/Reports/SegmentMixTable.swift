import Model

/// Which audiences the subjects of each segment got, before and since; nil: no row knows.
func segmentMixTable(_ name: String, _ rows: [Compared<SplitRow>]) -> Table? {
    var table = Table(
        "\(name): audiences by segment",
        [
            "", "experience", "segment", "audience", "before %#", "95 % interval", "since %#",
            "95 % interval", "n before#", "n#", "ln e#",
        ])
    var told: Set<[String]> = []
    for row in rows.map(\.row) {
        guard let mix = row.mix, told.insert([row.experience, row.segment.description]).inserted
        else { continue }
        for (index, pair) in zip(mix.before, mix.since).enumerated() {
            let isFirst = index == 0
            table.add(
                [
                    isFirst ? (mix.isMoved ? "moved" : "same") : "", row.experience,
                    words(row.segment), pair.1.variation,
                    mix.nBefore > 0 ? percent(pair.0.share) : "–", interval(pair.0),
                    mix.n > 0 ? percent(pair.1.share) : "–", interval(pair.1),
                    isFirst ? grouped(mix.nBefore) : "", isFirst ? grouped(mix.n) : "",
                    isFirst ? mix.lnE.map { fixed($0, 1) } ?? "–" : "",
                ], tone: mix.isMoved ? .bad : .plain)
        }
    }
    return table.rows.isEmpty ? nil : table
}

func interval(_ arm: Arm) -> String { "\(percent(arm.low)) … \(percent(arm.high))" }
