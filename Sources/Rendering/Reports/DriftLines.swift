import Model

/// What stands beside the shares of a row: when they changed, what is new and gone, how the panel
/// moved, and what the payloads are.
func driftLines(_ row: DriftRow, time: TimeFormat) -> [Block] {
    let name =
        "\(row.experience)/\(row.audience ?? "which audience")"
        + (row.segment == .everyone ? "" : ", \(row.segment.words)")
    func line(_ word: String, _ text: String, _ tone: Tone = .plain) -> Block {
        .line(word: word, tone: tone, text: "\(name): \(text)")
    }
    var lines: [Block] = row.changes.map { line("when", words(of: $0, row, time: time)) }
    if !row.appeared.isEmpty {
        lines.append(line("new", row.appeared.joined(separator: ", "), .bad))
    }
    if !row.vanished.isEmpty {
        lines.append(line("gone", row.vanished.joined(separator: ", "), .bad))
    }
    if let transition = row.transition { lines.append(line("panel", words(of: transition, row))) }
    lines += row.keys.map {
        line(
            "keys",
            "variation \($0.variation): \($0.words) since \(time.minute($0.firstAt))", .bad)
    }
    if let contents = row.contents, !contents.isQuiet {
        lines.append(line("content", words(of: contents, time: time)))
    }
    return lines
}

private func words(of change: DriftRow.Change, _ row: DriftRow, time: TimeFormat) -> String {
    struct Move {
        let words: String
        let size: Double
    }
    let moves = row.arms.indices.map { index -> Move in
        let (before, after) = (change.before[index], change.after[index])
        return Move(
            words: "\(row.arms[index].variation) \(percent(before)) → \(percent(after)) %",
            size: abs(after - before))
    }
    let told = moves.filter { $0.size >= 0.0005 }.sorted { $0.size > $1.size }.prefix(3)
    return
        "\(told.map(\.words).joined(separator: ", ")) since about \(time.minute(change.at)), between"
        + " \(time.minute(change.low)) and \(time.minute(change.high))"
}

private func words(of transition: DriftRow.Transition, _ row: DriftRow) -> String {
    let moved = "\(row.panelMoved) of \(row.panelSubjects) panel subjects moved"
    switch transition {
    case .minimalMove: return moved + ", as few as the new split needs: minimal move"
    case .reshuffle: return moved + ", users were drawn anew: reshuffle"
    }
}

private func words(of contents: DriftRow.Contents, time: TimeFormat) -> String {
    func told(_ list: [DriftRow.Content], _ word: String, _ at: (DriftRow.Content) -> Instant)
        -> String
    {
        let shown = list.prefix(3).map {
            "\($0.fingerprint) of variation \($0.variation) (\(word) \(time.minute(at($0))))"
        }
        let more = list.count > 3 ? " and \(list.count - 3) more" : ""
        return shown.joined(separator: ", ") + more
    }
    var parts = ["\(contents.known) payloads known before"]
    if !contents.appeared.isEmpty {
        parts.append("new " + told(contents.appeared, "first seen", \.firstAt))
    }
    if !contents.vanished.isEmpty {
        parts.append("gone " + told(contents.vanished, "last seen", \.lastAt))
    }
    if !contents.varying.isEmpty {
        parts.append(
            "another one for each subject in variation " + contents.varying.joined(separator: ", "))
    }
    return parts.joined(separator: "; ")
}

extension DriftRow.Contents {
    fileprivate var isQuiet: Bool { appeared.isEmpty && vanished.isEmpty }
}
