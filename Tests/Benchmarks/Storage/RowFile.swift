import Foundation

/// Rows of one table as CSV, without a head: what SQLite's bulk import and DuckDB both read.
struct RowFile {
    let shape: TableShape
    let file: URL

    /// The tables whose rows are the observations, and the column that tells their place.
    static let ofResults = [
        (table: "result", key: "id"), (table: "further_observation", key: "seq"),
    ]
    /// What these refer to.
    static let ofNames = ["text", "context", "exchange", "answer"]

    /// Writes those rows of a store that stand at some places, or all.
    init(
        _ table: String, of store: URL, key: String = "rowid", places: ClosedRange<Int64>? = nil,
        on bench: Workbench
    ) throws {
        shape = try TableShape(table, in: SQLiteConnection(store.path))
        file = bench.folder.appending(path: table + ".csv")
        let columns = shape.columns.map(\.selected).joined(separator: ", ")
        let condition = places.map {
            " WHERE \(key) BETWEEN \($0.lowerBound) AND \($0.upperBound)"
        }
        try bench.children.run(
            program("sqlite3"),
            [
                "-bail", store.path, ".mode csv", ".output \(file.path)",
                "SELECT \(columns) FROM \(table)\(condition ?? "") ORDER BY \(key)",
            ], within: .seconds(600))
    }

    /// True: the table has no such rows.
    var isEmpty: Bool { (try? fileBytes(file)) == 0 }

    func remove() { try? FileManager.default.removeItem(at: file) }
}

extension TableShape.Column {
    /// CSV has no bytes: a column of any type shows its blobs as hexadecimal digits.
    fileprivate var selected: String {
        type == "ANY"
            ? "CASE typeof(\"\(name)\") WHEN 'blob' THEN hex(\"\(name)\") ELSE \"\(name)\" END"
            : "\"\(name)\""
    }
}
