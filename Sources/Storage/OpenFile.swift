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
    private let identity: FileIdentity?
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
        try writer?.close()
    }
}

/// Tells files apart, whatever their names.
private struct FileIdentity: Hashable {
    let device: UInt64
    let node: UInt64

    /// Nil: there is no such file, or it cannot be seen.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        node = UInt64(status.st_ino)
    }
}
