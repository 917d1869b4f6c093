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

    /// What is done to a copy of the damaged file so that it can be opened, the least first.
    private enum Mending: CaseIterable {
        case none, withoutLog, newHead, newSchema
    }

    /// A copy of the damaged file, opened.
    private func openCopy() throws -> DatabaseQueue {
        var failure: (any Error)?
        for (number, mending) in Mending.allCases.enumerated() {
            do {
                let copy = "\(folder)/copy\(number).db"
                try FileManager.default.copyItem(atPath: source, toPath: copy)
                switch mending {
                case .none:
                    if FileManager.default.fileExists(atPath: source + "-wal") {
                        try FileManager.default.copyItem(
                            atPath: source + "-wal", toPath: copy + "-wal")
                    }
                case .withoutLog: break
                case .newHead: try writeHead(of: copy)
                case .newSchema: try writeSchema(of: copy)
                }
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
        if try !isUpToDate(queue, path: copy) { try migrate(queue) }
        return queue
    }

    /// The first bytes as a sound store has them; the rest of the page holds the schema.
    private func writeHead(of copy: String) throws {
        var head = Data(try soundPages()[0].prefix(100))
        let handle = try FileHandle(forUpdating: URL(filePath: copy))
        defer { try? handle.close() }
        let pages = UInt32(clamping: try handle.seekToEnd() / UInt64(pageBytes))
        // The file's size in pages, and no free ones.
        head.replaceSubrange(28..<32, with: withUnsafeBytes(of: pages.bigEndian) { Data($0) })
        head.replaceSubrange(32..<40, with: Data(count: 8))
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: head)
    }

    /// The pages that hold the schema, as a new store has them: one that this version began has its
    /// tables at the same places.
    private func writeSchema(of copy: String) throws {
        let pages = try soundPages()
        let others = try DatabaseQueue(path: soundPath).read { db in
            try Int.fetchSet(
                db,
                sql: """
                    SELECT rootpage FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'
                    """)
        }
        let handle = try FileHandle(forUpdating: URL(filePath: copy))
        defer { try? handle.close() }
        let unused = freePages(of: pages)
        for (place, page) in pages.enumerated()
        where !others.contains(place + 1) && !unused.contains(place + 1) {
            try handle.seek(toOffset: UInt64(place * pageBytes))
            try handle.write(contentsOf: page)
        }
        try writeHead(of: copy)
    }

    private var soundPath: String { folder + "/sound.db" }

    /// Those of a new store.
    private func soundPages() throws -> [Data] {
        if !FileManager.default.fileExists(atPath: soundPath) {
            try Store(writing: soundPath).close()
        }
        let data = try Data(contentsOf: URL(filePath: soundPath))
        return stride(from: 0, to: data.count, by: pageBytes).map {
            data.subdata(in: $0..<min(data.count, $0 + pageBytes))
        }
    }
}

/// Pages that hold nothing, by the list that begins in the head (file format, §1.5).
private func freePages(of pages: [Data]) -> Set<Int> {
    func number(_ place: Int, in page: Data) -> Int {
        page.dropFirst(place).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    var free: Set<Int> = []
    var trunk = number(32, in: pages[0])
    while pages.indices.contains(trunk - 1), free.insert(trunk).inserted {
        let page = pages[trunk - 1]
        for leaf in 0..<min(number(4, in: page), pageBytes / 4 - 2) {
            free.insert(number(8 + 4 * leaf, in: page))
        }
        trunk = number(0, in: page)
    }
    return free
}

private let pageBytes = 4_096
