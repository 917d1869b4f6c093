/// A picture of what a report says.
protocol Chart: Sendable {
    /// What it is of; it stands above it.
    var title: String { get }
    /// What it shows, in words: for those who do not see it.
    var words: String { get }
    /// How it is to be read; it stands under the title.
    var note: String { get }
    /// The same in numbers; nil: the document has the table already.
    var table: Table? { get }
    /// What the numbered lines across its time axis are, each in a line, in their order.
    var changes: [String] { get }
    /// Draws it as wide as this, in units of about a pixel.
    func drawn(width: Double) -> Picture
}

extension Chart {
    var changes: [String] { [] }
}

/// What was drawn, and the size of its ground.
struct Picture {
    var width: Double
    var height: Double
    var svg: SVG
}

/// A chart for wide screens and for narrow ones, of which the style sheet shows one, so that its
/// text is as large as the page's on both.
func figure(_ chart: any Chart) -> String {
    let (title, changes) = (plain(chart.title), chart.changes)
    let words = plain(chart.words) + (changes.isEmpty ? "" : " Changes are marked, and listed.")
    let pictures = [("wide", 960.0), ("narrow", 360.0)].map { kind, width in
        chart.drawn(width: width).element(kind, title: title, words: words)
    }
    let note = chart.note.isEmpty ? "" : #"<p class="note">\#(escapedHTML(chart.note))</p>"#
    let table = chart.table.map {
        "<details><summary>the numbers</summary>\n\(tableHTML($0))\n</details>\n"
    }
    return """
        <figure>
        <figcaption>\(escapedHTML(title))</figcaption>\(note)
        \(pictures.joined(separator: "\n"))
        \(list(of: changes))\(table ?? "")</figure>
        """
}

/// The legend of the numbers in a picture, which tells them without it too.
private func list(of changes: [String]) -> String {
    guard !changes.isEmpty else { return "" }
    let items = changes.map { "<li>\(escapedHTML($0))</li>\n" }
    return "<ol aria-label=\"changes\">\n\(items.joined())</ol>\n"
}

extension Picture {
    fileprivate func element(_ kind: String, title: String, words: String) -> String {
        let (width, height) = (coordinate(width) ?? "0", coordinate(height) ?? "0")
        return """
            <svg class="\(kind)" viewBox="0 0 \(width) \(height)" role="img" \
            aria-label="\(escapedHTML(title))">
            <title>\(escapedHTML(title))</title>
            <desc>\(escapedHTML(words))</desc>
            \(svg.text)</svg>
            """
    }
}
