import Model

func expectationBlocks(_ rows: [Compared<ExpectationRow>], time: TimeFormat) -> [Block] {
    guard !rows.isEmpty else { return [.paragraph("no plan states an expectation")] }
    return rows.map(\.row).flatMap { row -> [Block] in
        let line = Block.line(
            word: row.verdict.rawValue, tone: tone(of: row.verdict), text: text(row, time: time))
        guard row.verdict == .broken else { return [line] }
        var table = Table(
            "\(grouped(row.brokenCells)) of \(grouped(row.cells)) cells",
            ["cell", "since", "got", "last seen", "answers"])
        for cell in row.broken.prefix(10) {
            table.add(
                [
                    cell.segment.words, time.minute(cell.since), cell.got,
                    time.minute(cell.seenAt),
                    "\(grouped(cell.brokenAnswers)) of \(grouped(cell.answers))",
                ], tone: .bad)
        }
        return [line, .table(table)]
    }
}

private func text(_ row: ExpectationRow, time: TimeFormat) -> String {
    switch row.verdict {
    case .unasked: return "\(row.expectation): nobody was answered there"
    case .ok:
        return "\(row.expectation): in all \(grouped(row.cells)) cells"
            + (row.lastBrokenAt.map { ", last broken \(time.minute($0))" } ?? "")
    case .broken:
        let place = row.cover.flatMap { $0 == .everyone ? nil : " in \($0.words)" } ?? ""
        return "\(row.expectation): broken\(place)"
            + (row.since.map { " since \(time.minute($0))" } ?? "")
    }
}

private func tone(of verdict: ExpectationRow.Verdict) -> Tone {
    switch verdict {
    case .ok: .good
    case .broken: .bad
    case .unasked: .open
    }
}
