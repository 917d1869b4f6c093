import Foundation
import GRDB
import Model
import Storage
import TestKit
import Testing

@Suite("Recording")
struct RecordingTests {
    @Test("gives back what was recorded")
    func roundTrip() throws {
        let fixture = try Fixture()
        let results = [
            probeResult(index: 0), probeResult(index: 1, variation: nil, context: Context()),
            probeResult(index: 2, failure: broken, experiences: ["hero", "promo"]),
            probeResult(index: 3, subject: "cohort-1", population: .cohort, attempt: 2),
        ]
        let seqs = try fixture.store.record(results, rounds: [roundStatus(1)], boot: "boot")
        #expect(seqs == [1, 2, 3, 4, 5])
        #expect(try fixture.store.all() == results)
        #expect(try fixture.store.check().isEmpty)
        #expect(try fixture.store.earliestDue() == noon && fixture.store.latestDue() == noon)
        #expect(try fixture.store.audienceNames() == ["42D": "High \"Intent\""])
    }

    @Test("stores a probe once, however often it is handed over")
    func once() throws {
        let fixture = try Fixture()
        let first = try fixture.store.record([probeResult()], rounds: [], boot: "boot")
        let again = try fixture.store.record(
            [probeResult(variation: "2"), probeResult(index: 1)], rounds: [], boot: "boot")
        #expect(first == [1] && again == [2])
        #expect(try fixture.store.all().map(\.observations[0].variation) == ["1", "1"])
    }

    @Test("shows lines as the view `observation_line` does, column by column")
    func lines() throws {
        let fixture = try Fixture()
        var traced = probeResult(index: 2)
        traced.traceID = "0af7651916cd43dd8448eb211c80319c"
        traced.isMaintenance = true
        try fixture.store.record(
            [probeResult(), probeResult(index: 1, failure: broken, context: Context()), traced],
            rounds: [], boot: "boot")
        let lines = try fixture.store.observationLines(
            after: 0, since: nil, until: nil, limit: 10)
        let queue = try DatabaseQueue(path: fixture.store.path)
        let rows = try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM observation_line") }
        #expect(lines.count == 3 && rows.count == 3)
        for (line, row) in zip(lines, rows) {
            let object = try JSONSerialization.jsonObject(with: Data(line.json.utf8))
            let members = try #require(object as? [String: Any])
            #expect(Set(row.columnNames) == Set(members.keys))
            #expect(columnOrder(of: line.json) == Array(row.columnNames))
            for (name, value) in row {
                try expect(value, equals: members[name], named: name)
            }
        }
        #expect(
            try fixture.store.observationLines(after: 1, since: nil, until: nil, limit: 9).count
                == 2)
        #expect(
            try fixture.store.observationLines(after: 0, since: nil, until: noon, limit: 9).isEmpty)
    }

    private func expect(_ value: DatabaseValue, equals member: Any?, named name: String) throws {
        switch name {
        case "attributes":
            let object = try JSONSerialization.jsonObject(
                with: Data((String.fromDatabaseValue(value) ?? "").utf8))
            #expect((object as? NSDictionary) == (member as? NSDictionary))
        case "maintenance":
            #expect(Int.fromDatabaseValue(value) == (member as? Bool == true ? 1 : 0))
        default:
            if value.isNull {
                #expect(member is NSNull, "\(name)")
            } else if let text = String.fromDatabaseValue(value), member is String {
                #expect(text == member as? String, "\(name)")
            } else {
                #expect(
                    Int64.fromDatabaseValue(value) == (member as? NSNumber)?.int64Value, "\(name)")
            }
        }
    }

    /// Names of the members of a flat object, in order.
    private func columnOrder(of json: String) -> [String] {
        let flat = json.replacing(/\{"plan":[^}]*\}/, with: "0").replacing("{}", with: "0")
        return flat.matches(of: /[{,]"([a-z_0-9]+)":/).map { String($0.1) }
    }

    @Test("keeps the map of the panel: the present answer, since when, and the one before")
    func targeting() throws {
        let fixture = try Fixture()
        let later = noon.advanced(by: 60_000_000)
        let last = noon.advanced(by: 120_000_000)
        try fixture.store.record([probeResult(index: 0)], rounds: [], boot: "boot")
        try fixture.store.record(
            [probeResult(index: 1, at: later, failure: broken)], rounds: [], boot: "boot")
        try fixture.store.record(
            [probeResult(index: 2, at: later, variation: "2")], rounds: [], boot: "boot")
        try fixture.store.record(
            [probeResult(index: 3, at: last, variation: "2")], rounds: [], boot: "boot")
        try fixture.store.record(
            [probeResult(index: 4, at: last, population: .cohort)], rounds: [], boot: "boot")
        let queue = try DatabaseQueue(path: fixture.store.path)
        let cells = try queue.read {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT v.value AS variation, b.value AS before, since_us, seen_us
                    FROM targeting JOIN text AS v ON v.id = variation_id
                    LEFT JOIN text AS b ON b.id = before_variation_id
                    """)
        }
        #expect(cells.count == 1)
        let cell = try #require(cells.first)
        #expect(cell["variation"] == "2" && cell["before"] == "1")
        #expect(cell["since_us"] == later.microseconds && cell["seen_us"] == last.microseconds)
        let changes = try queue.read { try Int.fetchAll($0, sql: "SELECT changes FROM assignment") }
        #expect(changes == [1])
    }

    @Test("names a broken rule when rows are gone")
    func check() throws {
        let fixture = try Fixture()
        try fixture.store.record([probeResult()], rounds: [], boot: "boot")
        let queue = try DatabaseQueue(path: fixture.store.path)
        try queue.write { try $0.execute(sql: "DELETE FROM observation") }
        #expect(try fixture.store.check().contains { $0.contains("an observation for each") })
    }
}

@Suite("Cohort carry-over")
struct CarryOverTests {
    @Test("asks a failed cohort probe again, five times, then counts it as missing")
    func lifeCycle() throws {
        let fixture = try Fixture()
        let store = fixture.store
        func record(_ round: Int, _ index: Int, _ subject: String, _ attempt: Int, fails: Bool)
            throws
        {
            let result = probeResult(
                index: index, round: round, subject: subject, population: .cohort,
                failure: fails ? broken : nil, attempt: attempt)
            try store.record([result], rounds: [], boot: "boot")
        }
        #expect(try store.startRound(roundStatus(1)).isEmpty)
        try record(1, 0, "a", 0, fails: true)
        try record(1, 1, "b", 0, fails: true)
        try record(1, 2, "c", 0, fails: false)
        let owed = try store.startRound(roundStatus(2))
        #expect(owed.map(\.label) == ["a", "b"] && owed.map(\.attempt) == [1, 1])
        try record(2, 10, "a", 1, fails: false)
        try record(2, 11, "b", 1, fails: true)
        #expect(try store.startRound(roundStatus(2)) == owed, "a restart gets the same list")
        for attempt in 2...5 {
            let owed = try store.startRound(roundStatus(attempt + 1))
            #expect(owed.map(\.label) == ["b"] && owed.map(\.attempt) == [attempt])
            try record(attempt + 1, 10, "b", attempt, fails: true)
        }
        #expect(try store.startRound(roundStatus(7)).isEmpty)
        #expect(try store.cohortSubjectsUsed(plan: "shop", target: "production") == 3)
        #expect(
            try store.cohortSubjectsUsed(
                plan: "shop", target: "production", onDay: noon.dayNumber + 1) == 0)
    }

    @Test("keeps how a round stands, and which positions it has stored")
    func rounds() throws {
        let fixture = try Fixture()
        #expect(try fixture.store.lastRound(plan: "shop", target: "production") == nil)
        _ = try fixture.store.startRound(roundStatus(1))
        var status = roundStatus(1, position: 4)
        status.dropped = ["in_flight": 2]
        try fixture.store.record(
            [probeResult(index: 3), probeResult(index: 6)], rounds: [status], boot: "boot")
        #expect(try fixture.store.lastRound(plan: "shop", target: "production") == status)
        let settled = try fixture.store.settledPositions(
            plan: "shop", target: "production", round: 1, from: 4)
        #expect(settled == [6])
    }
}
