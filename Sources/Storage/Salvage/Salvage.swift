import Foundation
import GRDB
package import Model

/// What could be copied of a damaged store.
package struct SalvageReport: Hashable, Sendable {
    package struct Table: Hashable, Sendable {
        package let name: String
        package var copied = 0
        /// Rows that were read and left out: what they refer to is gone, or they break a rule.
        package var leftOut = 0
        /// True: some of its pages could not be read.
        package var isDamaged = false
    }

    package var tables: [Table] = []
    /// Results that batches tell of and that are gone, with the time in which they were due.
    package var lost: [(span: Span, results: Int)] {
        lostBatches.map { ($0.span, $0.results) }
    }
    /// Batches whose rows are there, and are not those that were committed.
    package var altered = 0
    /// True: rollups are made anew from rows by whoever writes next.
    package var isRolledAnew = false
    var lostBatches: [LostBatch] = []

    struct LostBatch: Hashable, Sendable {
        let span: Span
        let results: Int
    }

    package var isComplete: Bool {
        lostBatches.isEmpty && altered == 0
            && tables.allSatisfy { !$0.isDamaged && $0.leftOut == 0 }
    }
}

/// Copies what can be read of a damaged store into a new one. The damaged file is not touched: a copy
/// of it is read.
package struct Salvage {
    private let source: String
    private let destination: String
    private let folder: String

    /// Throws where the source cannot be read at all, or the destination exists.
    package static func run(
        from source: String, to destination: String
    ) throws(StorageError) -> SalvageReport {
        guard FileManager.default.fileExists(atPath: source) else {
            throw StorageError(.missing, "salvage", source, hint: "name it with --store")
        }
        guard !FileManager.default.fileExists(atPath: destination) else {
            throw StorageError(.denied, "write", destination, hint: "it exists; name another file")
        }
        let salvage = Salvage(
            source: source, destination: destination, folder: destination + ".salvage")
        do {
            defer { try? FileManager.default.removeItem(atPath: salvage.folder) }
            return try salvage.run()
        } catch {
            throw error as? StorageError ?? StorageError(error, "salvage", source)
        }
    }

    private func run() throws -> SalvageReport {
        let files = FileManager.default
        try? files.removeItem(atPath: folder)
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let damaged = try openCopy()
        let path = folder + "/new.db"
        let store = try Store(writing: path)
        var report = SalvageReport()
        try store.write("salvage") { db, _ in
            let tables = try SalvagedTable.all(in: db)
            // What a new store begins with has other ids.
            for table in tables { try table.empty(in: db) }
            for table in tables {
                report.tables.append(try table.copy(from: damaged, to: db))
            }
            try SalvagedRows(db: db).mend(&report)
        }
        try damaged.close()
        if let damage = try store.check().first {
            throw StorageError(
                .corrupt, "salvage", source, underlying: damage,
                hint: "what could be read does not fit together")
        }
        try store.close()
        guard link(path, destination) == 0 else {
            throw StorageError(
                .denied, "create", destination, underlying: String(cString: strerror(errno)),
                hint: "check that the folder exists and that its owner may write there")
        }
        return report
    }

    /// A copy of the damaged file, opened: with its log, without it, or with a new head.
    private func openCopy() throws -> DatabaseQueue {
        let attempts: [(log: Bool, head: Bool)] = [(true, false), (false, false), (false, true)]
        var failure: (any Error)?
        for (number, attempt) in attempts.enumerated() {
            do {
                let copy = "\(folder)/copy\(number).db"
                try FileManager.default.copyItem(atPath: source, toPath: copy)
                if attempt.log, FileManager.default.fileExists(atPath: source + "-wal") {
                    try FileManager.default.copyItem(
                        atPath: source + "-wal", toPath: copy + "-wal")
                }
                if attempt.head { try writeHead(of: copy) }
                return try open(copy)
            } catch {
                failure = error
            }
        }
        throw StorageError(
            .corrupt, "salvage", source, underlying: failure.map { "\($0)" },
            hint: "nothing of it can be read")
    }

    private func open(_ copy: String) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: copy, configuration: configuration)
        // An older one is brought up to date, where it can be read so far.
        if try !isUpToDate(queue, path: copy) { try migrate(queue, path: copy) }
        return queue
    }

    /// The first bytes as a sound store has them; the rest of the page holds the schema.
    private func writeHead(of copy: String) throws {
        let sound = folder + "/sound.db"
        try Store(writing: sound).close()
        let head = try Data(contentsOf: URL(filePath: sound)).prefix(100)
        let handle = try FileHandle(forUpdating: URL(filePath: copy))
        defer { try? handle.close() }
        let pages = UInt32(clamping: try handle.seekToEnd() / 4_096)
        var bytes = Data(head)
        // The file's size in pages, and no free ones.
        bytes.replaceSubrange(28..<32, with: withUnsafeBytes(of: pages.bigEndian) { Data($0) })
        bytes.replaceSubrange(32..<40, with: Data(count: 8))
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: bytes)
    }
}
