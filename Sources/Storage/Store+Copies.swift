import Foundation
import GRDB
import GRDBSQLite

/// Copies, and what is given back.
extension Store {
    /// Writes a copy of the store as it is at one instant, beside whoever writes: all that was
    /// acknowledged before is in it. The copy stands under its name only when it is whole and was
    /// checked; what is there already is never replaced.
    ///
    /// Made by `VACUUM INTO`: one reading of one state, which holds nobody up; the backup interface
    /// begins anew with each commit of another process.
    package func backup(to copy: String) throws(StorageError) {
        guard !FileManager.default.fileExists(atPath: copy) else {
            throw StorageError(.denied, "write", copy, hint: "it exists; name another file")
        }
        let part = copy + ".part"
        try? FileManager.default.removeItem(atPath: part)
        do {
            // A reading of its own, outside of a transaction, as VACUUM must be.
            try file.database.unsafeRead { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [part])
            }
            guard chmod(part, 0o600) == 0 else { throw lastError("write", part) }
            try Store.checkCopy(part)
            try sync(part)
            guard link(part, copy) == 0 else { throw lastError("write", copy) }
            unlink(part)
            try sync(URL(filePath: copy).deletingLastPathComponent().path)
        } catch {
            unlink(part)
            throw error as? StorageError ?? StorageError(error, "back up", path)
        }
    }

    private static func checkCopy(_ copy: String) throws {
        let store = try Store(OpenFile(copying: copy), at: copy)
        let damages = try store.read("check") { db in
            try String.fetchAll(db, sql: "PRAGMA quick_check").filter { $0 != "ok" }
                + store.damagedBatches(last: 20, in: db)
        }
        try store.file.closeConnections()
        if let damage = damages.first {
            throw StorageError(
                .corrupt, "back up", copy, underlying: damage,
                hint: "run `variometer store check`: the store itself is damaged")
        }
    }

    /// Gives the pages that are free back to the disk; returns the file's bytes before and after.
    /// Writes the whole file once more, for which there must be room.
    package func compact() throws(StorageError) -> (before: Int64, after: Int64) {
        let before = fileBytes().main
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        let room = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? .max
        // The new file in the log, and then in its place.
        guard room > before + before / 10 else {
            throw StorageError(
                .full, "compact", path, underlying: "it takes \(before) bytes, \(room) are free",
                hint: "free some space on its disk first")
        }
        do {
            try file.writer?.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                _ = try db.checkpoint(.truncate)
            }
        } catch {
            throw StorageError(error, "compact", path)
        }
        return (before, fileBytes().main)
    }
}

private func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw lastError("write", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw lastError("write", path) }
}

private func lastError(_ operation: String, _ path: String) -> StorageError {
    StorageError(
        .inputOutput, operation, path, underlying: String(cString: strerror(errno)),
        hint: "check the disk and its permissions")
}
