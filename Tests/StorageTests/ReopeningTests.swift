import Foundation
import GRDB
import Model
import TestKit
import Testing

@testable import Storage

@Suite("A store that is opened anew")
struct ReopeningTests {
    /// What a commit waits for: 2 is FULL.
    private static func synchronous(_ store: Store) throws -> Int? {
        try store.write("ask") { db, _ in try Int.fetchOne(db, sql: "PRAGMA synchronous") }
    }

    @Test("commits to the disk, as it did before")
    func synchronous() throws {
        let fixture = try Fixture()
        #expect(try Self.synchronous(fixture.store) == 2)
        try fixture.store.reopen()
        #expect(try Self.synchronous(fixture.store) == 2)
    }

    @Test("goes on where it stood")
    func same() throws {
        let fixture = try Fixture()
        let store = fixture.store
        let first = try store.record([probeResult()], rounds: [], boot: "boot")
        try store.checkPlace()
        try store.reopen()
        try store.checkPlace()
        #expect(try store.knows(boot: "boot") && !store.knows(boot: "other"))
        let second = try store.record([probeResult(index: 1)], rounds: [], boot: "boot")
        #expect(first[0] < second[0])
        #expect(try store.observationLines(after: 0, since: nil, until: nil, limit: 9).count == 2)
        #expect(try store.check().isEmpty)
        // It is still the only writer.
        #expect(throws: StorageError.self) { try Store(writing: store.path) }
    }

    @Test("tells that its file was moved, and does not leave it while its folder is away")
    func moved() throws {
        let fixture = try Fixture()
        let store = fixture.store
        let files = FileManager.default
        let folder = fixture.folder.path("")
        let away = fixture.folder.url.deletingLastPathComponent()
            .appending(path: "away-" + UUID().uuidString).path
        try files.moveItem(atPath: folder, toPath: away)
        #expect(throws: StorageError.self) { try store.checkPlace() }
        #expect(throws: StorageError.self) { try store.reopen() }
        try files.moveItem(atPath: away, toPath: folder)
        try store.checkPlace()
        try store.record([probeResult()], rounds: [], boot: "boot")
        try files.removeItem(atPath: store.path)
        try Data().write(to: URL(filePath: store.path))
        #expect(throws: StorageError.self) { try store.checkPlace() }
        try store.reopen()
        #expect(try !store.knows(boot: "boot"))
    }

    @Test("is begun where its first start failed halfway")
    func interrupted() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("v.db")
        let queue = try DatabaseQueue(path: path)
        try queue.write {
            try $0.execute(
                sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        try queue.close()
        let store = try Store(writing: path)
        try store.begin(boot: "b", agent: "a", configuration: settings, at: noon)
        #expect(try store.check().isEmpty)
    }

    @Test("keeps its last outage")
    func outages() throws {
        let fixture = try Fixture()
        let store = fixture.store
        #expect(try store.lastOutage() == nil)
        for code in ["full", "busy"] {
            let outage = StoreOutage(
                since: noon, until: noon.advanced(by: 5), code: code, reason: "because")
            try store.keep(outage)
            #expect(try store.lastOutage() == outage)
        }
    }

    @Test("is marked as damaged beside it")
    func marks() throws {
        let fixture = try Fixture()
        fixture.store.markCorrupt()
        let mark = FileManager.default.contents(atPath: fixture.store.path + ".corrupt")
        #expect(mark == Data())
    }
}
