import Foundation
import GRDB
package import Model
import Synchronization

/// A store: one SQLite file.
package final class Store: Sendable {
    package let path: String
    /// Ids of texts that the writer has met: filled inside transactions, emptied when one fails.
    let dictionary = Mutex(Dictionary())
    /// What readings have met.
    let lookup = SharedLookup()
    let connection: Mutex<Connection>
    /// What was wrong with the damaged file that was moved aside, and where it is; nil: none was.
    package let replaced: String?

    /// What is open of a file.
    struct Connection {
        var database: any DatabaseReader
        /// Nil: opened for reading.
        var writer: (any DatabaseWriter)?
        var lock: WriterLock?
        /// The file that was opened: another one may stand at its path by now.
        var identity: FileIdentity?
        /// What began the present life of the daemon, for a file that is begun meanwhile.
        var begun: Beginning?
    }

    /// Opens a store to write to it, creating it where there is none. One process at a time: a
    /// second one gets `busy`.
    package init(writing path: String) throws(StorageError) {
        self.path = path
        replaced = nil
        connection = Mutex(try Store.connect(writing: path, lock: try WriterLock(of: path)))
    }

    /// The same for a daemon, which must go on: a damaged file is moved aside, named after the
    /// present instant, and a new one begun, which keeps a note of it.
    package init(writing path: String, replacingDamagedAt now: Instant) throws(StorageError) {
        self.path = path
        let (opened, replaced) = try Store.connect(writing: path, replacingDamagedAt: now)
        connection = Mutex(opened)
        self.replaced = replaced
        guard let replaced else { return }
        try note(StoreTrouble(kind: .replaced, since: now, until: now, detail: replaced))
    }

    /// Opens a store to read it, beside whoever writes. One that an older version wrote is brought
    /// up to date first, for which nobody may write to it.
    package init(reading path: String) throws(StorageError) {
        self.path = path
        replaced = nil
        guard FileManager.default.fileExists(atPath: path) else {
            throw StorageError(
                .missing, "open", path, hint: "name it with --store or --config, or probe first")
        }
        do {
            var configuration = Store.configuration
            configuration.readonly = true
            var queue = try DatabaseQueue(path: path, configuration: configuration)
            if try !isUpToDate(queue, path: path) {
                try queue.close()
                try Store(writing: path).close()
                queue = try DatabaseQueue(path: path, configuration: configuration)
            }
            connection = Mutex(Connection(database: queue))
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(error, "open", path)
        }
    }

    /// A store that is open already.
    init(opened: Connection, at path: String) {
        self.path = path
        replaced = nil
        connection = Mutex(opened)
    }

    static func connect(
        writing path: String, lock: WriterLock
    ) throws(StorageError) -> Connection {
        do {
            try Store.create(path)
            let pool = try DatabasePool(path: path, configuration: configuration)
            try migrate(pool, path: path)
            return Connection(
                database: pool, writer: pool, lock: lock, identity: FileIdentity(of: path))
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(error, "open", path)
        }
    }

    /// Ends the writer, folding its log into the file.
    package func close() throws {
        if dictionary.withLock({ $0.unwrittenSince != nil }) {
            // What cannot be written is worked out from rows by the next writer.
            try? write("close") { db, dictionary in try dictionary.saveAllLastSeen(in: db) }
        }
        let open = connection.withLock { ($0.writer, $0.lock) }
        try? open.0?.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try open.0?.close()
        open.1?.release()
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        // Every id that is written was looked up in the same transaction; looking each up once more
        // would cost a third of an insert. `store check` checks them all.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            guard !db.configuration.readonly else { return }
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // A log that a long reading let grow is cut when it is folded.
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return configuration
    }

    /// Creates the file for its owner alone; SQLite gives its log the same mode.
    private static func create(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(
                .denied, "create", path, underlying: String(cString: strerror(errno)),
                hint: "check that the folder exists and that its owner may write there")
        }
        _ = Glibc.close(descriptor)
    }
}

extension Store {
    /// Runs one transaction of the writer; on failure, nothing of it has happened.
    func write<Value>(
        _ operation: String, _ body: (Database, inout Dictionary) throws -> Value
    ) throws(StorageError) -> Value {
        let (writer, identity) = connection.withLock { ($0.writer, $0.identity) }
        guard let writer else {
            throw StorageError(.denied, operation, path, hint: "it was opened for reading")
        }
        // What is written to a file that was deleted is lost without an error.
        guard identity == FileIdentity(of: path) else {
            throw StorageError(
                .missing, operation, path,
                hint:
                    "it was moved or deleted while it was open; put it back, or a new one is begun")
        }
        // Taken for the transaction, and put back only if it commits: a rolled back id is none.
        var words = dictionary.withLock { known in
            defer { known = Dictionary() }
            return known
        }
        do {
            let value = try writer.writeWithoutTransaction { db in
                var value: Value?
                try db.inTransaction(.immediate) {
                    value = try body(db, &words)
                    return .commit
                }
                return value
            }
            dictionary.withLock { $0 = words }
            guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return value
        } catch {
            throw StorageError(error, operation, path)
        }
    }

    /// Reads one consistent state.
    func read<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(StorageError) -> Value {
        do {
            let database = connection.withLock { $0.database }
            return try database.read { db in
                guard let limit = ReadLimit.current else { return try body(db) }
                return try limit.reading(db) { try body(db) }
            }
        } catch {
            throw StorageError(error, operation, path)
        }
    }
}
