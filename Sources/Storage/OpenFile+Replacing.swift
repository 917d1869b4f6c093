import Foundation
import GRDB
import Model

/// A damaged file at start.
extension OpenFile {
    /// So long the pages of a file are looked at when it is opened; a large one is not read whole.
    private static let glance = ReadLimit(seconds: 2, rows: .max)
    private static let glancedBatches = 5

    /// Opens a file; a damaged one is moved aside first. Returns what was wrong with it.
    static func opened(
        _ path: String, replacingDamagedAt now: Instant
    ) throws(StorageError) -> (OpenFile, replaced: String?) {
        // Only what was ours before may be moved: anything else is refused, as it is.
        let wasOurs = FileManager.default.fileExists(atPath: path + ".lock")
        let lock = try WriterLock(of: path)
        var damage: String
        do {
            let opened = try OpenFile(writing: path, lock: lock)
            let isSuspect = FileManager.default.fileExists(atPath: damageMark(of: path))
            guard let found = try damageFound(in: opened, at: path, whole: isSuspect) else {
                try? FileManager.default.removeItem(atPath: damageMark(of: path))
                return (opened, nil)
            }
            try? opened.closeConnections()
            damage = found
        } catch
            where error.code == .corrupt
            || error.code == .notAStore && wasOurs && error.isNoDatabase
        {
            damage = error.underlying ?? "\(error)"
        }
        let aside = try moveAside(path, at: now)
        return (try OpenFile(writing: path, lock: lock), "\(damage); it is now \(aside)")
    }

    private static func damageMark(of path: String) -> String { path + ".corrupt" }

    /// The first damage that a look at the file shows; nil: none, as far as was looked.
    private static func damageFound(
        in file: OpenFile, at path: String, whole: Bool
    ) throws(StorageError) -> String? {
        let store = Store(file, at: path)
        if whole { return try store.check().first }
        do {
            return try ReadLimit.$current.withValue(glance) {
                try store.read("look at") { db in
                    let pages = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
                    if let pages, pages != "ok" { return pages }
                    return try store.damagedBatches(last: glancedBatches, in: db).first
                }
            }
        } catch let error as StorageError where error.code == .limit {
            return nil
        } catch let error as StorageError where error.code == .corrupt {
            return error.underlying ?? "\(error)"
        } catch {
            throw StorageError(error, "look at", path)
        }
    }

    /// Moves a file, its log and its index away; returns the file's new path.
    private static func moveAside(_ path: String, at now: Instant) throws(StorageError) -> String {
        let time = now.rfc3339.filter { $0.isNumber || $0 == "T" }.prefix(15) + "Z"
        var aside = "\(path).corrupt-\(time)"
        var number = 1
        while FileManager.default.fileExists(atPath: aside) {
            number += 1
            aside = "\(path).corrupt-\(time)-\(number)"
        }
        for suffix in ["", "-wal", "-shm"]
        where FileManager.default.fileExists(atPath: path + suffix) {
            guard rename(path + suffix, aside + suffix) == 0 else {
                throw StorageError(
                    .denied, "move aside", path, underlying: String(cString: strerror(errno)),
                    hint: "it is damaged: move it away by hand")
            }
        }
        try? FileManager.default.removeItem(atPath: damageMark(of: path))
        return aside
    }
}
