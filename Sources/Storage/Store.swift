import GRDB
package import Model
import Synchronization

/// A store: one SQLite file.
package final class Store: Sendable {
    package let path: String
    /// What readings have met.
    let lookup = SharedLookup()
    /// Another one after `reopen()`.
    let present: Mutex<OpenFile>
    /// What was wrong with the damaged file that was moved aside, and where it is; nil: none was.
    package let replaced: String?

    /// Opens a store to write to it, creating it where there is none. One process at a time: a
    /// second one gets `busy`.
    package convenience init(writing path: String) throws(StorageError) {
        self.init(try OpenFile(writing: path, lock: try WriterLock(of: path)), at: path)
    }

    /// The same for a daemon, which must go on: a damaged file is moved aside, named after the
    /// present instant, and a new one begun, which keeps a note of it.
    package convenience init(
        writing path: String, replacingDamagedAt now: Instant
    ) throws(StorageError) {
        let (opened, replaced) = try OpenFile.opened(path, replacingDamagedAt: now)
        self.init(opened, at: path, replaced: replaced)
        if let replaced { try keep(StoreReplacement(at: now, detail: replaced)) }
    }

    /// Opens a store to read it, beside whoever writes. One that an older version wrote is brought
    /// up to date first, for which nobody may write to it.
    package convenience init(reading path: String) throws(StorageError) {
        self.init(try OpenFile(reading: path), at: path)
    }

    init(_ file: OpenFile, at path: String, replaced: String? = nil) {
        self.path = path
        self.replaced = replaced
        present = Mutex(file)
    }

    /// Ends the writer, folding its log into the file.
    package func close() throws {
        if file.dictionary.withLock({ $0.unwrittenSince != nil }) {
            // What cannot be written is worked out from rows by the next writer.
            try? write("close") { db, dictionary in try dictionary.saveAllLastSeen(in: db) }
        }
        try file.close()
    }
}

extension Store {
    /// Runs one transaction of the writer; on failure, nothing of it has happened.
    func write<Value>(
        _ operation: String, _ body: (Database, inout Dictionary) throws -> Value
    ) throws(StorageError) -> Value {
        let file = file
        guard let writer = file.writer else {
            throw StorageError(.denied, operation, path, hint: "it was opened for reading")
        }
        do {
            return try writer.writeWithoutTransaction { db in
                // Taken for the transaction, and put back only if it commits: a rolled back id is
                // none. Within the writer: nobody else's transaction is between.
                var words = file.dictionary.withLock { known in
                    defer { known = Dictionary() }
                    return known
                }
                var value: Value?
                try db.inTransaction(.immediate) {
                    value = try body(db, &words)
                    return .commit
                }
                file.dictionary.withLock { $0 = words }
                guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                return value
            }
        } catch {
            throw StorageError(error, operation, path)
        }
    }

    /// Reads one consistent state.
    func read<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(StorageError) -> Value {
        do {
            return try file.database.read { db in
                guard let limit = ReadLimit.current else { return try body(db) }
                return try limit.reading(db) { try body(db) }
            }
        } catch {
            throw StorageError(error, operation, path)
        }
    }
}
