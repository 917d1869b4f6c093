import Foundation

/// The SQLite command line's `.import` of CSV into tables with the store's columns, one transaction
/// a file. They are not STRICT: an empty field is a text to `.import`, which takes as many bytes as
/// a null.
struct BulkImport {
    let file: URL
    private let bench: Workbench

    init(_ file: URL, like store: URL, on bench: Workbench) throws {
        self.file = file
        self.bench = bench
        let database = try SQLiteConnection(file.path)
        try database.run("PRAGMA journal_mode = WAL")
        let source = try SQLiteConnection(store.path)
        for (table, key) in RowFile.ofResults {
            let columns = try TableShape(table, in: source).columns.map { column in
                // What stands as digits must not become a number.
                let type = column.type == "ANY" ? "TEXT" : column.type
                return "\"\(column.name)\" \(type)" + (column.name == key ? " PRIMARY KEY" : "")
            }
            try database.run("CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
        }
    }

    func load(_ rows: [RowFile], observations: Int) throws -> Sample {
        let imports = rows.filter { !$0.isEmpty }.map { ".import \($0.file.path) \($0.shape.name)" }
        return Sample(
            try bench.children.run(
                program("sqlite3"),
                ["-bail", file.path, "PRAGMA synchronous = FULL", ".mode csv"] + imports,
                within: .seconds(600)), count: observations)
    }
}
