/// A document as GitHub's Markdown.
func markdown(_ document: Document) -> String {
    var parts = ["# \(escaped(document.title))", escaped(document.subtitle)]
    for block in document.blocks {
        switch block {
        case .heading(let text): parts.append("## \(escaped(text))")
        case .paragraph(let text): parts.append(escaped(text))
        case .line(let word, _, let text):
            parts.append("- **\(escaped(word.uppercased()))** \(escaped(text))")
        case .table(let table): parts.append(lines(of: table).joined(separator: "\n"))
        case .chart: break
        }
    }
    return parts.joined(separator: "\n\n") + "\n"
}

private func lines(of table: Table) -> [String] {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    return [
        "**\(escaped(table.caption))**", "",
        line(table.columns.map { escaped($0.title) }),
        line(table.columns.map { $0.isNumber ? "---:" : "---" }),
    ] + table.rows.map { line($0.cells.map(escaped)) }
}

/// Characters that mean something in Markdown or HTML are escaped; line ends become spaces.
private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\n", "\r": result += " "
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "&": result += "&amp;"
        case "|", "*", "_", "`", "\\", "[", "]", "#": result += "\\\(scalar)"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
