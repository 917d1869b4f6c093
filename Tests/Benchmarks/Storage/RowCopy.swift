/// Rows as SQLite's own values, ready to be bound again.
struct RowCopy {
    let columns: Int
    private var cells: [Cell] = []
    /// The texts and blobs of all cells.
    private var bytes: [UInt8] = []

    private enum Cell {
        case null
        case integer(Int64)
        case text(start: Int32, count: Int32)
        case blob(start: Int32, count: Int32)
    }

    /// Takes what a statement that is bound brings.
    init(of statement: PreparedStatement) throws {
        columns = Int(statement.columns)
        while try statement.step() {
            for column in 0..<statement.columns {
                if statement.isNull(column) {
                    cells.append(.null)
                } else if statement.isInteger(column) {
                    cells.append(.integer(statement.integer(column)))
                } else {
                    let start = Int32(bytes.count)
                    bytes += statement.bytes(column)
                    let count = Int32(bytes.count) - start
                    cells.append(
                        statement.isText(column)
                            ? .text(start: start, count: count)
                            : .blob(start: start, count: count))
                }
            }
        }
    }

    var count: Int { cells.count / columns }

    /// An integer of a row; 0: it is none.
    func integer(_ row: Int, _ column: Int) -> Int64 {
        if case .integer(let value) = cells[row * columns + column] { value } else { 0 }
    }

    func isNull(_ row: Int, _ column: Int) -> Bool {
        if case .null = cells[row * columns + column] { true } else { false }
    }

    /// Runs a statement with some columns of a row, in the order given.
    func run<Columns: Sequence<Int>>(
        _ statement: PreparedStatement, _ row: Int, _ wanted: Columns
    ) throws {
        try bytes.withUnsafeBytes { bytes in
            var index: Int32 = 1
            for column in wanted {
                switch cells[row * columns + column] {
                case .null: statement.bindNull(at: index)
                case .integer(let value): statement.bind(value, at: index)
                case .text(let start, let count):
                    statement.bind(text: part(of: bytes, start, count), at: index)
                case .blob(let start, let count):
                    statement.bind(blob: part(of: bytes, start, count), at: index)
                }
                index += 1
            }
            try statement.run()
        }
    }
}

private func part(
    of bytes: UnsafeRawBufferPointer, _ start: Int32, _ count: Int32
) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(start)..<Int(start + count)])
}
