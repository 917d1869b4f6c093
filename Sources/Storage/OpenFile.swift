import Foundation
import GRDB
import Synchronization

/// The file that a store has open, until another one takes its place.
final class OpenFile: Sendable {
    let database: any DatabaseReader
    /// Nil: opened for reading.
    let writer: (any DatabaseWriter)?
    /// Ids of texts that the writer has met: filled inside transactions, emptied when one fails.
    let dictionary = Mutex(Dictionary())
    private let lock: WriterLock?
    private let path: String
    let identity: FileIdentity?
    private let logIdentity: FileIdentity?

    init(
        _ path: String, database: any DatabaseReader, writer: (any DatabaseWriter)? = nil,
        lock: WriterLock? = nil
    ) {
        self.path = path
        self.database = database
        self.writer = writer
        self.lock = lock
        identity = FileIdentity(of: path)
        logIdentity = FileIdentity(of: path + "-wal")
    }

    /// True while file and log stand under their names: what is written to one that was moved or
    /// deleted is gone with it, and the system reports no error.
    var isInPlace: Bool {
        guard identity == FileIdentity(of: path) else { return false }
        return logIdentity == nil || logIdentity == FileIdentity(of: path + "-wal")
    }

    /// Folds the log into the file, wherever that is now, and closes both.
    func close() throws {
        defer { lock?.release() }
        try? writer?.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try closeConnections()
    }

    /// Closes the file alone: its lock stays.
    func closeConnections() throws { try writer?.close() }
}

/// Opening.
extension OpenFile {
    convenience init(writing path: String, lock: WriterLock) throws(StorageError) {
        do {
            try Self.create(path)
            // A pool changes the journal of whatever it opens: what is not ours is left as it is.
            let peek = try DatabaseQueue(path: path, configuration: Self.readingConfiguration)
            try requireStore(peek, path: path)
            try peek.close()
            let pool = try DatabasePool(path: path, configuration: Self.configuration)
            try pool.writeWithoutTransaction { db in
                // Only now: a pool sets NORMAL when it has set the journal mode, and a commit that
                // only waits for the next checkpoint to reach the disk is none.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // A log that a long reading let grow is cut when it is folded.
                try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
            }
            try migrate(pool)
            self.init(path, database: pool, writer: pool, lock: lock)
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(error, "open", path)
        }
    }

    convenience init(reading path: String) throws(StorageError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StorageError(
                .missing, "open", path, hint: "name it with --store or --config, or probe first")
        }
        do {
            var queue = try DatabaseQueue(path: path, configuration: Self.readingConfiguration)
            if try !isUpToDate(queue, path: path) {
                try queue.close()
                try Store(writing: path).close()
                queue = try DatabaseQueue(path: path, configuration: Self.readingConfiguration)
            }
            self.init(path, database: queue)
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(error, "open", path)
        }
    }

    /// A file that nobody writes to, read as it is: neither log nor lock is made beside it.
    convenience init(copying path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        let name =
            "file:\(path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)"
        self.init(
            path,
            database: try DatabaseQueue(path: name + "?immutable=1", configuration: configuration))
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

    private static var readingConfiguration: Configuration {
        var configuration = configuration
        configuration.readonly = true
        return configuration
    }

    /// Creates the file for its owner alone; SQLite gives its log the same mode.
    private static func create(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(
                .denied, "create", path, underlying: String(cString: strerror(errno)),
                hint: "check that the folder exists and that its owner may write there")
        }
        _ = Glibc.close(descriptor)
    }
}
