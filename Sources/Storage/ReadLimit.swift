import GRDB
import GRDBSQLite
import Model

/// How long one reading may take, and how many rows it may read: a reading holds back the log of
/// whoever writes from being folded into the file.
package struct ReadLimit: Sendable {
    package var seconds: Double
    package var rows: Int

    package init(seconds: Double, rows: Int) {
        self.seconds = seconds
        self.rows = rows
    }

    /// For a person who waits at a terminal.
    package static let command = ReadLimit(seconds: 120, rows: 50_000_000)
    /// For a page that somebody may load again and again.
    package static let page = ReadLimit(seconds: 10, rows: 2_000_000)

    /// Of the readings of the present task; nil: there is none.
    @TaskLocal package static var current: ReadLimit?

    /// What is thrown where it is exceeded.
    static let exceeded = DatabaseError(
        resultCode: .SQLITE_INTERRUPT, message: "the limit of a reading was reached")

    /// Reads until the time is over; then SQLite ends what it does with `SQLITE_INTERRUPT`.
    func reading<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
        guard let connection = db.sqliteConnection else { return try body() }
        var deadline = ContinuousClock.now + .seconds(seconds)
        return try withUnsafeMutablePointer(to: &deadline) { deadline in
            sqlite3_progress_handler(
                connection, 10_000,
                { deadline in
                    let end = deadline?.assumingMemoryBound(to: ContinuousClock.Instant.self)
                    return (end?.pointee).map { $0 < .now } ?? false ? 1 : 0
                }, deadline)
            defer { sqlite3_progress_handler(connection, 0, nil, nil) }
            return try body()
        }
    }
}
