import Analysis
import Foundation
import GRDB
import Model
import Schema
import Storage
import TestKit
import Testing

@Suite("A store of the first version")
struct MigrationTests {
    /// A store as the first version made and filled it.
    private static func firstVersion(in folder: TemporaryFolder) throws -> String {
        let path = folder.path("old.db")
        let queue = try DatabaseQueue(path: path)
        let script = try #require(Schema.migrations.first)
        var migrator = DatabaseMigrator()
        migrator.registerMigration(script.name) { try $0.execute(sql: script.sql) }
        try migrator.migrate(queue)
        try queue.write { try $0.execute(sql: rows) }
        try queue.close()
        return path
    }

    private static let rows = """
        INSERT INTO meta VALUES ('seed', '4711');
        INSERT INTO boot VALUES (1, '0badcafe', 'eu-1', 1795521600000000);
        INSERT INTO configuration VALUES (1, 'f00', 1795521600000000,
            '{"agent":"eu-1","exports":[],"listen":{"host":"127.0.0.1","port":9464},"plans":[],"store":"x.db","targets":[{"api":"moengage","baseURL":"http://127.0.0.1","maxInFlight":256,"name":"production","timeoutUs":5000000,"tls":{"minimum":"1.2"},"workspaceID":"WS1"}],"zone":"UTC"}');
        INSERT INTO text VALUES (1, 'shop'), (2, 'production'), (3, 'eu-1'), (4, 'hero'),
            (5, '42D'), (6, 'High "Intent"'), (7, '1'), (8, '1.1'), (9, '127.0.0.1'),
            (10, 'body_timeout'), (11, '0'), (12, 'c_AB_1'), (13, '');
        INSERT INTO context VALUES
            (1, 'day=Saturday&device=iphone&geo=IN&hour=19&plan=a%26b&utm_medium!', 'Saturday', 19,
            'iphone', 'IN', '{"plan":"a&b","utm_medium":null}');
        INSERT INTO round VALUES (1, 2, 1, 1795521600000000, 10, 2, 'running', 5, 7, 'f');
        INSERT INTO round_drop VALUES (1, 2, 1, 'in_flight', 3);
        INSERT INTO result VALUES
            (1, 1, 1, 2, 3, 1, 0, 0, 1795521600000000, 44, NULL, NULL, NULL, 12, 45000, 88,
            'panel-0001', 'panel', 0, 1, NULL, NULL, 200, 8, 'reused', 9, 512),
            (2, 1, 1, 2, 3, 1, 1, 1, 1795521600000000, 44, 200, NULL, NULL, NULL, NULL, NULL,
            'cohort-1', 'cohort', 0, 1, 'timeout', 10, NULL, NULL, 'reused', 9, 512);
        INSERT INTO observation VALUES
            (1, 1, 4, 'served', NULL, 7, 5, 6, 11, 12, -71777214294589696),
            (2, 2, 4, 'timeout', 10, NULL, NULL, NULL, NULL, NULL, NULL);
        INSERT INTO audience VALUES (5, 6);
        INSERT INTO assignment VALUES
            (1, 2, 'panel-0001', 4, 5, 7, 1795521600000000, 1795521600000000, 0);
        INSERT INTO targeting VALUES
            (1, 2, 4, 1, 'served', 5, 7, 1795521600000000, 1795521600000000, NULL, NULL, NULL);
        INSERT INTO cohort_pending VALUES (1, 1, 2, 'cohort-1', 1, 'hero', 1, 'waiting', NULL);
        INSERT INTO watermark VALUES (1, 1795521600000000);
        INSERT INTO export_cursor VALUES ('out', 1);
        """

    /// What its rows say, as today's values.
    private static let results = [
        probeResult(),
        probeResult(
            index: 1, subject: "cohort-1", population: .cohort, failure: broken),
    ]

    private static let round = {
        var round = roundStatus(1, position: 2)
        round.dropped = ["in_flight": 3]
        return round
    }()

    @Test("is opened by this one, and its rows are read back whole")
    func opens() throws {
        let folder = try TemporaryFolder()
        let store = try Store(writing: try Self.firstVersion(in: folder))
        #expect(try store.all() == Self.results)
        #expect(try store.lastRound(plan: "shop", target: "production") == Self.round)
        #expect(try store.seed() == 4_711)
        #expect(try store.exportCursor("out") == 1)
        #expect(try store.audienceNames() == ["42D": "High \"Intent\""])
        #expect(try store.configurations().map(\.configuration) == [settings])
        let lines = try store.observationLines(after: 0, since: nil, until: nil, limit: 9)
        #expect(lines.map(\.id) == ["eu-1-0badcafe-1", "eu-1-0badcafe-2"])
        #expect(lines.allSatisfy { $0.traceID == nil && !$0.maintenance })
        #expect(try store.check().isEmpty)
    }

    @Test("goes on where it was")
    func goesOn() throws {
        let folder = try TemporaryFolder()
        let store = try Store(writing: try Self.firstVersion(in: folder))
        try store.begin(boot: "boot", agent: "eu-1", configuration: settings, at: noon)
        #expect(try store.configurations().count == 2, "its own text, then this version's")
        let owed = try store.startRound(roundStatus(2))
        #expect(owed.map(\.label) == ["cohort-1"])
        var again = probeResult(index: 2)
        again.isMaintenance = true
        #expect(
            try store.storedIndices(plan: "shop", target: "production", round: 1) == [0, 1])
        #expect(try store.record([again], rounds: [], boot: "boot") == [3])
        #expect(try store.check().isEmpty)
        #expect(try store.all() == Self.results + [again])
        #expect(try store.sightings(plan: "shop", target: "production").isEmpty)
    }

    @Test("is brought up to date by whoever reads it first")
    func reading() throws {
        let folder = try TemporaryFolder()
        let path = try Self.firstVersion(in: folder)
        #expect(try Store(reading: path).all() == Self.results)
        #expect(try Store(reading: path).targetStatuses().isEmpty)
        #expect(try Store(reading: path).check().isEmpty)
    }

    @Test("closes its windows anew: its rollups were of another form")
    func rollups() throws {
        let folder = try TemporaryFolder()
        let store = try Store(writing: try Self.firstVersion(in: folder))
        #expect(try store.watermark() == nil)
        var evaluator = Evaluator(store: store)
        let end = noon.advanced(by: WindowSize.day.microseconds)
        #expect(try evaluator.closeWindows(before: end) == 2)
        let day = try store.tallies(size: .day, in: always, shapes: [[]])
        #expect(day.values.map(\.answered) == [1] && day.values.map(\.asked) == [2])
    }

    @Test("shows lines with the columns of the schema, in its order")
    func columns() throws {
        let folder = try TemporaryFolder()
        let path = try Self.firstVersion(in: folder)
        try Store(writing: path).close()
        let columns = try DatabaseQueue(path: path).read { db in
            try db.columns(in: "observation_line").map(\.name)
        }
        let file = checkout.appending(path: "schema/observation.schema.json")
        let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        #expect(columns == (schema as? [String: Any])?["required"] as? [String])
        let rows = try DatabaseQueue(path: path).read {
            try Row.fetchAll($0, sql: "SELECT trace_id, maintenance FROM observation_line")
        }
        #expect(
            rows == [["trace_id": nil, "maintenance": 0], ["trace_id": nil, "maintenance": 0]])
    }
}
