import Analysis
import Foundation
import GRDB
import Model
import Schema
import Storage
import TestKit
import Testing

/// Files that versions before this one wrote, and what they said of them themselves.
@Suite("A store of an earlier version")
struct FormerStoreTests {
    private static func copy(of version: Int, in folder: TemporaryFolder) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Stores/v\(version).db")
        let path = folder.path("former.db")
        try FileManager.default.copyItem(atPath: file.path, toPath: path)
        return path
    }

    /// One of version 3 that was brought to a later version, and no further.
    private static func raised(to version: Int, in folder: TemporaryFolder) throws -> String {
        let path = try copy(of: 3, in: folder)
        var migrator = DatabaseMigrator()
        for script in Schema.migrations.prefix(version) {
            migrator.registerMigration(script.name) { try $0.execute(sql: script.sql) }
        }
        let queue = try DatabaseQueue(path: path)
        try migrator.migrate(queue)
        try queue.close()
        return path
    }

    @Test("that an update left halfway goes on as well", arguments: 4...5)
    func halfway(version: Int) throws {
        let folder = try TemporaryFolder()
        let path = try Self.raised(to: version, in: folder)
        let store = try Store(writing: path)
        var json = JSONText()
        for line in try store.observationLines(after: 0, since: nil, until: nil, limit: .max) {
            line.write(to: &json)
            json.endLine()
        }
        try expectGolden(json.text, "v3.ndjson")
        try Self.expectToGoOn(store)
    }

    @Test("tells every line as that version did", arguments: 1...3)
    func lines(version: Int) throws {
        let folder = try TemporaryFolder()
        let store = try Store(reading: try Self.copy(of: version, in: folder))
        var json = JSONText()
        for line in try store.observationLines(after: 0, since: nil, until: nil, limit: .max) {
            line.write(to: &json)
            json.endLine()
        }
        try expectGolden(json.text, "v\(version).ndjson")
        #expect(try store.check() == [])
        #expect(try !store.configurations().isEmpty)
    }

    @Test("goes on: recorded to, rolled up, replayed", arguments: 1...3)
    func goesOn(version: Int) throws {
        let folder = try TemporaryFolder()
        try Self.expectToGoOn(try Store(writing: try Self.copy(of: version, in: folder)))
    }

    private static func expectToGoOn(_ store: Store) throws {
        let last = try #require(try store.latestDue())
        let lines = try store.observationLines(after: 0, since: nil, until: nil, limit: .max)
        try store.begin(
            boot: "now", agent: "eu-1", configuration: World.settings, at: last)
        let seqs = try store.record(
            [probeResult(round: 77, at: last.advanced(by: 1_000_000))], rounds: [], boot: "now")
        #expect(try seqs == [#require(lines.last).seq + 1])
        var evaluator = Evaluator(store: store)
        let end = last.advanced(by: 2 * Instant.microsecondsPerHour)
        let results = try store.statistics().results
        #expect(try evaluator.closeWindows(before: end) == results)
        let first = try #require(try store.earliestDue())
        #expect(try Replay.run(store, since: first, until: end).differences.isEmpty)
        #expect(try store.check() == [])
    }

    @Test("of a version to come is refused, and left as it is")
    func newer() throws {
        let folder = try TemporaryFolder()
        let path = try Self.copy(of: 3, in: folder)
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v9_dreamt')")
        }
        let before = try Data(contentsOf: URL(filePath: path))
        for open in [
            { try Store(writing: path) }, { try Store(reading: path) },
            { try Store(writing: path, replacingDamagedAt: noon) },
        ] {
            let error = #expect(throws: StorageError.self) { _ = try open() }
            #expect("\(error.map { "\($0)" } ?? "")".contains("a newer variometer wrote it"))
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
}
