/// A table's columns, as its database tells them.
struct TableShape {
    let name: String
    let columns: [Column]

    struct Column {
        let name: String
        /// As the table was declared: INTEGER, TEXT, BLOB or ANY.
        let type: String
    }

    init(_ name: String, in database: SQLiteConnection) throws {
        self.name = name
        let info = try database.prepare("SELECT name, type FROM pragma_table_info('\(name)')")
        var columns: [Column] = []
        while try info.step() { columns.append(Column(name: info.text(0), type: info.text(1))) }
        guard !columns.isEmpty else {
            throw BenchmarkError(program: "SQLite", operation: "has no table \(name)")
        }
        self.columns = columns
    }

    var quotedNames: [String] { columns.map { "\"\($0.name)\"" } }
}
