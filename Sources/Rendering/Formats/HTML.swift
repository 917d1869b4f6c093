/// Where a page has its looks from.
enum StyleSheet {
    /// A path beside the page.
    case linked(String)
    /// These rules, which are ours, stand in it.
    case inside(String)
}

/// Documents as one page without scripts.
func html(_ documents: [Document], title: String, style sheet: StyleSheet) -> String {
    let style =
        switch sheet {
        case .linked(let path): #"<link rel="stylesheet" href="\#(escapedHTML(path))">"#
        case .inside(let rules): "<style>\n\(rules)</style>"
        }
    var parts = [
        "<!doctype html>", #"<html lang="en">"#, "<head>", #"<meta charset="utf-8">"#,
        #"<meta name="viewport" content="width=device-width, initial-scale=1">"#,
        "<title>\(escapedHTML(title))</title>", style, "</head>", "<body>", "<main>",
        "<header><h1>\(escapedHTML(title))</h1></header>",
    ]
    parts += documents.map(section)
    parts += ["</main>", "</body>", "</html>", ""]
    return parts.joined(separator: "\n")
}

private func section(_ document: Document) -> String {
    let name = escapedHTML(document.title)
    let blocks = document.blocks.map(block)
    return """
        <section id="\(name)">
        <h2>\(name)</h2>
        <p class="note">\(escapedHTML(document.subtitle))</p>
        \(blocks.joined(separator: "\n"))
        </section>
        """
}

private func block(_ block: Block) -> String {
    switch block {
    // Parts stand apart by spaces, of which a browser shows one.
    case .heading(let text): "<h3>\(escapedHTML(text.replacing("   ", with: " · ")))</h3>"
    case .paragraph(let text): #"<p class="note">\#(escapedHTML(text))</p>"#
    case .line(let word, let tone, let text):
        #"<p class="line"><strong class="tone-\#(tone.rawValue)">\#(escapedHTML(word.uppercased()))</strong> "#
            + "\(escapedHTML(text))</p>"
    case .table(let table): tableHTML(table)
    case .chart(let chart): figure(chart)
    }
}

func tableHTML(_ table: Table) -> String {
    func cells(_ texts: [String], _ tag: String) -> String {
        zip(texts, table.columns).map { text, column in
            let kind = column.isNumber ? #" class="number""# : ""
            return "<\(tag)\(kind)>\(escapedHTML(text))</\(tag)>"
        }.joined()
    }
    let head = cells(table.columns.map(\.title), "th")
    let rows = table.rows.map {
        #"<tr class="tone-\#($0.tone.rawValue)">\#(cells($0.cells, "td"))</tr>"#
    }
    return """
        <div class="scroll" tabindex="0" role="region" aria-label="\(escapedHTML(table.caption))"><table>
        <caption>\(escapedHTML(table.caption))</caption>
        <thead><tr>\(head)</tr></thead>
        <tbody>
        \(rows.joined(separator: "\n"))
        </tbody>
        </table></div>
        """
}

/// Safe as text and inside a quoted attribute. Scalar by scalar: a combining mark behind a `<`
/// makes another character of it, not another tag.
func escapedHTML(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
