/// What a report says: lines and tables, without a format.
struct Document {
    var title: String
    var subtitle: String
    var blocks: [Block] = []
}

enum Block {
    case heading(String)
    case paragraph(String)
    /// A word in capitals, how it is meant, and what it is about.
    case line(word: String, tone: Tone, text: String)
    case table(Table)
    /// A picture, for pages only: what it shows stands in a table too.
    case chart(any Chart)
}

/// How a word or a row is meant: colour is never the only sign, the word says it too.
enum Tone: String {
    case plain, good, bad, open
}

struct Table {
    struct Column {
        let title: String
        let isNumber: Bool
    }

    var caption: String
    var columns: [Column]
    var rows: [Row] = []

    struct Row {
        var cells: [String]
        var tone: Tone = .plain
    }

    /// Columns by title; a title that ends in `#` heads numbers, which stand at the right.
    init(_ caption: String, _ titles: [String]) {
        self.caption = caption
        columns = titles.map {
            $0.hasSuffix("#")
                ? Column(title: String($0.dropLast()), isNumber: true)
                : Column(title: $0, isNumber: false)
        }
    }

    mutating func add(_ cells: [String], tone: Tone = .plain) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(Row(cells: cells, tone: tone))
    }
}
