/// A document for a terminal or a pipe: aligned columns, colour only if asked for.
func text(_ document: Document, color: Bool) -> String {
    let paint = Paint(isOn: color)
    var lines = [paint.bold(plain(document.title)) + "   " + plain(document.subtitle)]
    for block in document.blocks {
        switch block {
        case .heading(let text): lines += ["", paint.bold(plain(text))]
        case .paragraph(let text): lines.append(plain(text))
        case .line(let word, let tone, let text):
            lines.append(paint.tone(tone, pad(word.uppercased(), 12)) + plain(text))
        case .table(let table): lines += [""] + textLines(of: table, paint)
        case .chart: break
        }
    }
    return lines.joined(separator: "\n") + "\n"
}

private func textLines(of table: Table, _ paint: Paint) -> [String] {
    let titles = table.columns.map(\.title)
    let rows = table.rows.map { $0.cells.map(plain) }
    let widths = titles.indices.map { column in
        ([titles[column]] + rows.map { $0[column] }).map(\.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
        let padded = cells.indices.map { column in
            pad(cells[column], widths[column], atRight: table.columns[column].isNumber)
        }
        return trimmed(padded.joined(separator: "  "))
    }
    let head = [paint.bold(plain(table.caption)), paint.bold(line(titles))]
    return head + zip(rows, table.rows).map { paint.tone($1.tone, line($0)) }
}

func pad(_ text: String, _ width: Int, atRight: Bool = false) -> String {
    let spaces = String(repeating: " ", count: max(0, width - text.count))
    return atRight ? spaces + text : text + spaces
}

private func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
}

/// Without control characters: what an API sends must not steer a terminal.
func plain(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                return isControl ? "\u{FFFD}" : scalar
            }))
}

private struct Paint {
    let isOn: Bool

    func bold(_ text: String) -> String { wrap(text, "1") }

    func tone(_ tone: Tone, _ text: String) -> String {
        switch tone {
        case .plain: text
        case .good: wrap(text, "32")
        case .bad: wrap(text, "31")
        case .open: wrap(text, "33")
        }
    }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
