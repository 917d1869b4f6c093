import Model

func coverageBlocks(_ rows: [Compared<CoverageRow>], time: TimeFormat) -> [Block] {
    grouping(rows) { "\($0.row.target)/\($0.row.plan)" }.map { name, rows in
        let hasBefore = rows.contains { $0.before != nil }
        var table = Table(
            name,
            ["segment", "contexts#", "asked#", "answered#", "last at"]
                + (hasBefore ? ["asked before#"] : []))
        for compared in rows {
            let row = compared.row
            table.add(
                [
                    words(row.segment), row.contexts.map(grouped) ?? "–", grouped(row.asked),
                    grouped(row.answered), row.lastAt.map(time.minute) ?? "never",
                ] + (hasBefore ? [compared.before.map { grouped($0.asked) } ?? "–"] : []),
                tone: row.asked == 0 ? .open : .plain)
        }
        return .table(table)
    }
}

/// Neighbours with the same name, in their order.
func grouping<Item>(_ items: [Item], by name: (Item) -> String) -> [(name: String, items: [Item])] {
    var groups: [(name: String, items: [Item])] = []
    for item in items {
        let name = name(item)
        if let index = groups.firstIndex(where: { $0.name == name }) {
            groups[index].items.append(item)
        } else {
            groups.append((name, [item]))
        }
    }
    return groups
}
