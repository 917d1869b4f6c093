import Foundation
import GRDB
import Model
import Schema
import Statistics
import Storage
import TestKit
import Testing

@Suite("Store")
struct StoreTests {
    @Test("is written to by one process at a time, and read beside it")
    func oneWriter() throws {
        let fixture = try Fixture()
        let error = #expect(throws: StorageError.self) { try Store(writing: fixture.store.path) }
        #expect(error?.code == .busy)
        try fixture.store.record([probeResult()], rounds: [], boot: "boot")
        let reader = try Store(reading: fixture.store.path)
        #expect(try reader.all().count == 1)
        let refused = #expect(throws: StorageError.self) { try reader.keepSeed(1) }
        #expect(refused?.code == .denied)
        try fixture.store.close()
        _ = try Store(writing: fixture.store.path)
    }

    @Test("tells what a path is that is no store")
    func otherFiles() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: StorageError.self) {
            try Store(reading: folder.path("no.db"))
        }
        #expect(missing?.code == .missing)
        try Data(repeating: 7, count: 8_192).write(to: folder.url.appending(path: "junk.db"))
        let junk = #expect(throws: StorageError.self) { try Store(reading: folder.path("junk.db")) }
        #expect(junk?.code == .notAStore)
        let other = folder.path("other.db")
        try DatabaseQueue(path: other).write {
            try $0.execute(sql: "CREATE TABLE cat (id INTEGER)")
        }
        #expect(throws: StorageError.self) { try Store(reading: other) }
        let foreign = #expect(throws: StorageError.self) { try Store(writing: other) }
        #expect(foreign?.code == .notAStore)
        let folderless = #expect(throws: StorageError.self) {
            try Store(writing: folder.path("no/such/folder.db"))
        }
        #expect(folderless?.code == .denied)
    }

    @Test("refuses a file that a newer version wrote")
    func newer() throws {
        let fixture = try Fixture()
        try fixture.store.close()
        try DatabaseQueue(path: fixture.store.path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v9_future')")
        }
        for open in [{ try Store(reading: $0) }, { try Store(writing: $0) }]
            as [(String) throws -> Store]
        {
            let error = #expect(throws: StorageError.self) { try open(fixture.store.path) }
            #expect(error?.code == .notAStore)
        }
    }

    @Test("belongs to its owner alone")
    func mode() throws {
        let fixture = try Fixture()
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: fixture.store.path + suffix)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(suffix)")
        }
    }

    @Test("keeps its seed, its configurations and its cursors")
    func memory() throws {
        let fixture = try Fixture()
        let store = fixture.store
        #expect(try store.seed() == nil)
        #expect(try store.keepSeed(.max) == .max && store.keepSeed(5) == .max)
        var changed = settings
        changed.zone = "Asia/Kolkata"
        try store.begin(
            boot: "b2", agent: "eu-1", configuration: settings, at: noon.advanced(by: 1))
        try store.begin(boot: "b3", agent: "eu-1", configuration: changed, at: noon.advanced(by: 2))
        let stored = try store.configurations()
        #expect(stored.map(\.configuration) == [settings, changed])
        #expect(stored.map(\.validFrom) == [noon, noon.advanced(by: 2)])
        #expect(try store.exportCursor("x") == 0)
        try store.moveExportCursor("x", to: 7)
        #expect(try store.exportCursor("x") == 7)
    }

    @Test("gives back rollups as they were, replaces them, and reads only the shapes asked for")
    func rollups() throws {
        let fixture = try Fixture()
        var tally = Tally()
        tally.answered = 3
        tally.lastAt = noon
        tally.failures = [broken: 2, Failure(.failed, .http(503)): 1]
        tally.missing = ["hero": 1]
        tally.counts = [
            CountKey(experience: "hero", population: .panel, outcome: .unmatched): 4,
            CountKey(
                experience: "hero", population: .cohort, outcome: .served, audience: "A",
                variation: "1"): 9,
        ]
        for value in [5, 70, 900] as [Int64] {
            tally.phases[.latency, default: QuantileSketch()].add(value)
            tally.failureResponse.add(value)
        }
        let segments = [.everyone, Segment([Coordinate(dimension: "geo", value: "IN")])]
        let rollups = segments.map { segment in
            Rollup(
                key: RollupKey(
                    target: "t", plan: "p", segment: segment,
                    window: Window(.hour, containing: noon)), tally: tally)
        }
        #expect(try fixture.store.watermark() == nil)
        let later = noon.advanced(by: 1)
        #expect(try fixture.store.commit(closed(rollups, until: noon, after: nil)))
        #expect(try fixture.store.commit(closed([rollups[0]], until: later, after: noon)))
        #expect(try fixture.store.watermark() == later)
        let back = try fixture.store.rollups(size: .hour, in: always)
        #expect(Set(back) == Set(rollups) && back.count == 2)
        let geo = try fixture.store.rollups(size: .hour, in: always, plan: "p", shapes: [["geo"]])
        #expect(geo == [rollups[1]])
        #expect(try fixture.store.rollups(size: .day, in: always).isEmpty)
        #expect(try fixture.store.rollups(size: .hour, in: always, plan: "q").isEmpty)
    }

    @Test("leaves windows as they are that somebody else has closed")
    func closedTwice() throws {
        let fixture = try Fixture()
        let store = fixture.store
        func rollup(answered: Int) -> Rollup {
            var tally = Tally()
            tally.answered = answered
            let window = Window(.hour, containing: noon)
            return Rollup(
                key: RollupKey(target: "t", plan: "p", segment: .everyone, window: window),
                tally: tally)
        }
        #expect(try store.commit(closed([rollup(answered: 1)], until: noon, after: nil)))
        let earlier = noon.advanced(by: -1)
        for former in [nil, earlier] {
            #expect(
                try !store.commit(
                    closed([rollup(answered: 2)], until: noon.advanced(by: 9), after: former)))
        }
        #expect(try store.watermark() == noon)
        #expect(try store.rollups(size: .hour, in: always).map(\.tally.answered) == [1])
    }

    @Test("is described by schema.sql, the golden dump of its migrations")
    func goldenDump() throws {
        let queue = try DatabaseQueue()
        try queue.write { db in
            for script in Schema.migrations { try db.execute(sql: script.sql) }
        }
        let statements = try queue.read {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT sql FROM sqlite_master
                    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid
                    """)
        }
        let dump = header + statements.map { $0 + ";\n" }.joined(separator: "\n")
        let file = checkout.appending(path: "schema/schema.sql")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try dump.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == dump)
    }

    private let header = """
        -- The store, as the numbered files in migrations/ make it. Read this first; it is never run.
        --
        -- A probe is one row of `result` and one of `further_observation` for each experience
        -- it asked after the first; the view `observation` shows all. Rows are immutable. Texts
        -- that repeat stand once in `text`; columns named *_id point to it. Times named *_us
        -- are microseconds, of UTC since 1970 or of duration. What follows from rows (targeting
        -- map, assignments, rollups) is committed with them or with the watermark, in one
        -- transaction. `observation_line` at the end is what exports show.
        --
        -- Measured with a generated cohort: 54 bytes of file an observation at one experience a
        -- fetch, 27 at three; a context takes 175 once; the map's cells, assignments, rollups
        -- and bodies of answers stand beside it. When a cell or an assignment was last seen may
        -- lag behind while results come in a flood: `meta.map_unwritten_since` tells from which
        -- result on. No index stands on what every probe writes: places in the store's order
        -- are found by time through `batch`; what the other indexes cost is told where they are
        -- made.


        """
}
