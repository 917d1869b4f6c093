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

    @Test("says so where a probe was stored twice")
    func twice() throws {
        let fixture = try Fixture()
        let results = [probeResult(), probeResult(index: 1)]
        #expect(try fixture.store.record(results, rounds: [], boot: "boot") == [1, 2])
        #expect(try fixture.store.check().isEmpty)
        try fixture.store.record([probeResult(index: 1)], rounds: [], boot: "boot")
        #expect(try fixture.store.check().contains { $0.contains("a probe is stored once") })
    }

    @Test("gives back answers whose content is another one for each subject")
    func crowdedContents() throws {
        let fixture = try Fixture()
        let results = (0..<200).map { index in
            var result = probeResult(index: index)
            result.observations = [
                result.observations[0].fingerprinted(String(format: "%016x", index * 7_919)),
                Observation(experience: "promo", outcome: .unmatched),
            ]
            result.probe = result.probe.asking(["hero", "promo"])
            return result
        }
        for part in [results[..<90], results[90...]] {
            try fixture.store.record(Array(part), rounds: [], boot: "boot")
        }
        #expect(try fixture.store.all() == results)
        #expect(try fixture.store.check().isEmpty)
        let queue = try DatabaseQueue(path: fixture.store.path)
        let answers = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM answer") }
        #expect(answers == 65, "64 contents of the one, and the other")
        let digits = try queue.read {
            try String.fetchAll(
                $0, sql: "SELECT fingerprint FROM observation_line WHERE experience = 'hero'")
        }
        #expect(digits == results.map { $0.observations[0].fingerprint ?? "" })
    }

    @Test(
        "gives back subjects as they are called",
        arguments: [
            "", "panel-0001", "cohort-0123456789abcdef", "cohort-0123456789abcdef0",
            "c-0123456789abcdef01234567", "0123456789abcdef", "0123456789abcde",
            "c-0123456789ABCDEF01234567", "fedcba9876543210fedcba9876543210",
            "abcdfedcba9876543210fedcba9876543210", "é0123456789abcdef", "0123456789abcdef-",
        ])
    func labels(label: String) throws {
        let fixture = try Fixture()
        let result = probeResult(subject: label, population: .cohort)
        try fixture.store.record([result], rounds: [], boot: "boot")
        #expect(try fixture.store.all() == [result])
        let queue = try DatabaseQueue(path: fixture.store.path)
        let line = try queue.read {
            try String.fetchOne($0, sql: "SELECT subject FROM observation_line")
        }
        #expect(line == label)
    }

    @Test("goes on with the places of a store whose rows are gone")
    func placesOfGoneRows() throws {
        let fixture = try Fixture()
        let path = fixture.store.path
        try fixture.store.record(
            [probeResult(experiences: ["a", "b", "c"])], rounds: [], boot: "boot")
        try fixture.store.close()
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "DELETE FROM further_observation; DELETE FROM result")
        }
        let store = try Store(writing: path)
        try store.begin(boot: "next", agent: "eu-1", configuration: settings, at: noon)
        #expect(try store.record([probeResult(index: 1)], rounds: [], boot: "next") == [4])
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

    @Test(
        "says which batch is damaged",
        arguments: [
            "DELETE FROM result WHERE id = 4", "DELETE FROM further_observation WHERE seq = 3",
            "UPDATE result SET lag_us = lag_us + 1 WHERE id = 1",
            "UPDATE result SET answer_id = answer_id + 1 WHERE id = 1",
            "UPDATE result SET subject = 'panel-0003' WHERE id = 4",
            "UPDATE further_observation SET fingerprint = 1 WHERE seq = 2",
            "UPDATE setup SET dns_us = NULL", "UPDATE batch SET checksum = checksum + 1",
        ])
    func check(damage: String) throws {
        let fixture = try Fixture()
        try fixture.store.record(
            [
                probeResult(failure: broken, experiences: ["hero", "promo", "strip"]),
                probeResult(index: 1),
            ], rounds: [], boot: "boot")
        #expect(try fixture.store.check().isEmpty)
        let queue = try DatabaseQueue(path: fixture.store.path)
        try queue.write { try $0.execute(sql: damage) }
        #expect(try !fixture.store.check().isEmpty)
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

    @Test("keeps how a round stands, and which indices it has stored")
    func rounds() throws {
        let fixture = try Fixture()
        #expect(try fixture.store.lastRound(plan: "shop", target: "production") == nil)
        _ = try fixture.store.startRound(roundStatus(1))
        var status = roundStatus(1, position: 4)
        status.dropped = ["in_flight": 2]
        try fixture.store.record(
            [probeResult(index: 3), probeResult(index: 6)], rounds: [status], boot: "boot")
        #expect(try fixture.store.lastRound(plan: "shop", target: "production") == status)
        let stored = try fixture.store.storedIndices(
            plan: "shop", target: "production", round: 1)
        #expect(stored == [3, 6])
    }
}
