import GRDBSQLite

/// SQLite through its C interface, with nothing between.
final class SQLiteConnection {
    fileprivate let handle: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open(path, &opened)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw BenchmarkError(program: "SQLite", operation: "cannot open \(path): \(code)")
        }
        handle = opened
    }

    deinit { sqlite3_close_v2(handle) }

    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    func prepare(_ sql: String) throws -> PreparedStatement {
        try PreparedStatement(sql, on: self)
    }

    /// Rows that the statement run last changed.
    var changes: Int32 { sqlite3_changes(handle) }

    fileprivate func failure(_ sql: String) -> BenchmarkError {
        BenchmarkError(
            program: "SQLite", operation: "cannot run \(sql)",
            output: String(cString: sqlite3_errmsg(handle)))
    }
}

/// A statement that is bound and stepped by hand.
final class PreparedStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection
    private let sql: String

    fileprivate init(_ sql: String, on connection: SQLiteConnection) throws {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection.handle, sql, -1, &prepared, nil) == SQLITE_OK,
            let prepared
        else { throw connection.failure(sql) }
        handle = prepared
        self.connection = connection
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }

    func bindNull(at index: Int32) { sqlite3_bind_null(handle, index) }

    /// The characters must stay where they are until the statement has run.
    func bind(text: UnsafeRawBufferPointer, at index: Int32) {
        sqlite3_bind_text(
            handle, index, text.baseAddress?.assumingMemoryBound(to: CChar.self),
            Int32(text.count), nil)
    }

    /// The bytes must stay where they are until the statement has run.
    func bind(blob: UnsafeRawBufferPointer, at index: Int32) {
        sqlite3_bind_blob(handle, index, blob.baseAddress, Int32(blob.count), nil)
    }

    /// Runs it to its end, ready for the next binding.
    func run() throws {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw connection.failure(sql) }
    }

    /// True: there is a row. At the end it is ready for the next binding.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default: throw connection.failure(sql)
        }
    }

    var columns: Int32 { sqlite3_column_count(handle) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func isInteger(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_INTEGER
    }
    func isText(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_TEXT }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// Of a text or a blob; lent until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
}
