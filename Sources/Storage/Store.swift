import Foundation
import GRDB
import Synchronization

/// A store: one SQLite file.
package final class Store: Sendable {
    package let path: String
    /// Another one after `reopen()`.
    let present: Mutex<OpenFile>

    /// Opens a store to write to it, creating it where there is none. One process at a time: a
    /// second one gets `busy`.
    package init(writing path: String) throws(StorageError) {
        self.path = path
        do {
            let lock = try WriterLock(of: path)
            try Store.create(path)
            let pool = try DatabasePool(path: path, configuration: Store.configuration)
            // Only now: a pool sets NORMAL when it has set the journal mode, and a commit that
            // only waits for the next checkpoint to reach the disk is none.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try migrate(pool, path: path)
            present = Mutex(OpenFile(path, database: pool, writer: pool, lock: lock))
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(error, "open", path)
        }
    }

    /// Opens a store to read it, beside whoever writes. One that an older version wrote is brought
    /// up to date first, for which nobody may write to it.
    package init(reading path: String) throws(StorageError) {
        self.path = path
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
            present = Mutex(OpenFile(path, database: queue))
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(error, "open", path)
        }
    }

    /// Ends the writer, folding its log into the file.
    package func close() throws {
        try file.close()
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
        let file = file
        guard let writer = file.writer else {
            throw StorageError(.denied, operation, path, hint: "it was opened for reading")
        }
        // Taken for the transaction, and put back only if it commits: a rolled back id is none.
        var words = file.dictionary.withLock { known in
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
            file.dictionary.withLock { $0 = words }
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
            return try file.database.read { db in try body(db) }
        } catch {
            throw StorageError(error, operation, path)
        }
    }
}

/// A lock on `<store>.lock`, held as long as the process lives: the system releases it even after
/// a kill.
final class WriterLock: Sendable {
    private let descriptor: Int32

    init(of path: String) throws(StorageError) {
        let name = path + ".lock"
        descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(
                .denied, "create", name, underlying: String(cString: strerror(errno)),
                hint: "check that the folder exists and that its owner may write there")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            _ = Glibc.close(descriptor)
            throw StorageError(
                .busy, "write to", path,
                hint: "another variometer writes to this store; end it, or name another store")
        }
    }

    func release() { _ = Glibc.close(descriptor) }
}
