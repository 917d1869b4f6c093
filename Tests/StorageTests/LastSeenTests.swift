import Foundation
import GRDB
import Model
import TestKit
import Testing

@testable import Storage

@Suite("When something was last seen")
struct LastSeenTests {
    @Test("is written at once by a transaction that sees little")
    func quiet() throws {
        let letters = Letters(few: 3, part: 2, many: 4, limit: 10)
        #expect(!letters.see("a", 1, at: 10, in: 1))
        letters.learn("a", 1, at: 10)
        #expect(letters.see("a", 1, at: 20, in: 2))
        #expect(letters.since == 2)
        #expect(try letters.taken() == ["a 1 20"])
        #expect(letters.since == nil)
        #expect(try letters.taken() == [])
    }

    @Test("waits where much is seen, and is written part by part in the order of its keys")
    func busy() throws {
        let letters = Letters(few: 3, part: 2, many: 5, limit: 10)
        for letter in ["e", "d", "c", "b", "a"] { letters.learn(letter, 1, at: 0) }
        func seeAll(_ word: String, at us: Int64, in result: Int64) {
            for letter in word { #expect(letters.see(String(letter), 1, at: us, in: result)) }
        }
        seeAll("edcb", at: 1, in: 7)
        #expect(try letters.taken() == [] && letters.since == 7)
        seeAll("edca", at: 2, in: 8)
        #expect(try letters.taken() == ["a 1 2", "b 1 1"])
        // What leaves takes the newest time along; what was written waits anew.
        seeAll("caed", at: 3, in: 9)
        #expect(try letters.taken() == ["c 1 3", "d 1 3"] && letters.since == 7)
        #expect(try letters.taken() == ["e 1 3"] && letters.since == 9)
        #expect(try letters.taken() == ["a 1 3"] && letters.since == nil)
    }

    @Test("is noted only of what is known, and of no more than the limit")
    func unknown() throws {
        let letters = Letters(few: 3, part: 2, many: 4, limit: 1)
        letters.learn("a", 1, at: 0)
        letters.learn("b", 1, at: 0)
        #expect(!letters.see("a", 2, at: 5, in: 1) && !letters.see("b", 1, at: 5, in: 1))
        letters.learn("a", 2, at: 5)
        #expect(letters.see("a", 2, at: 6, in: 2))
        // Gone from the store: it is known no more.
        try letters.loseAll()
        #expect(!letters.see("a", 2, at: 7, in: 3))
    }

    @Test("is the same in the end however many results a transaction holds")
    func sizes() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let results = panelResults(2_400, seed: seed)
        let expected = try map(of: results, commit: 100)
        #expect(expected.count > 400)
        for commit in [600, 1_200, 2_400] {
            #expect(try map(of: results, commit: commit) == expected, "seed \(seed), \(commit)")
        }
    }

    @Test("is worked out from rows by the next writer where the last one came to no end")
    func crash() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let results = panelResults(2_400, seed: seed)
        let fixture = try Fixture()
        try fixture.record(results.dropLast(), commit: 800)
        #expect(try waits(in: fixture.store.path))
        // As it lies on disk while its writer lives.
        let copy = fixture.folder.path("copy.db")
        for end in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: fixture.store.path + end, toPath: copy + end)
        }
        let store = try Store(writing: copy)
        try store.begin(boot: "next", agent: "eu-1", configuration: settings, at: noon)
        #expect(try !waits(in: copy))
        try store.record(Array(results.suffix(1)), rounds: [], boot: "next")
        try store.close()
        #expect(try map(in: copy) == map(of: results, commit: 100), "seed \(seed)")
    }

    @Test("is worked out from rows after a transaction that failed")
    func failure() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let results = panelResults(2_400, seed: seed)
        let fixture = try Fixture()
        try fixture.record(results.dropLast(), commit: 800)
        #expect(throws: StorageError.self) {
            try fixture.store.record(Array(results.suffix(1)), rounds: [], boot: "none")
        }
        try fixture.record(results.suffix(1), commit: 1)
        try fixture.store.close()
        #expect(
            try map(in: fixture.store.path) == map(of: results, commit: 100), "seed \(seed)")
    }
}

/// Letters that are seen; what is written of them as texts.
private final class Letters {
    private var seen: LastSeen<String, Int>

    init(few: Int, part: Int, many: Int, limit: Int) {
        seen = LastSeen(few: few, part: part, many: many, limit: limit)
    }

    var since: Int64? { seen.since }

    func see(_ letter: String, _ answer: Int, at us: Int64, in result: Int64) -> Bool {
        seen.see(letter, answer, at: us, in: result)
    }

    func learn(_ letter: String, _ answer: Int, at us: Int64) {
        seen.learn(letter, answer, at: us)
    }

    func taken() throws -> [String] {
        var taken: [String] = []
        try seen.take { letter, answer, us in
            taken.append("\(letter) \(answer) \(us)")
            return true
        }
        return taken
    }

    /// None of them is there any more.
    func loseAll() throws { try seen.takeAll { _, _, _ in false } }
}

extension Fixture {
    fileprivate func record<Results: Collection<ProbeResult>>(
        _ results: Results, commit: Int
    ) throws {
        var rest = Array(results)[...]
        while !rest.isEmpty {
            try store.record(Array(rest.prefix(commit)), rounds: [], boot: "boot")
            rest = rest.dropFirst(commit)
        }
    }
}

/// Two experiences in 168 contexts, asked again and again: some answers change, some fail, some come
/// during maintenance, one in eight is of the cohort.
private func panelResults(_ count: Int, seed: UInt64) -> [ProbeResult] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { index in
        let cell = Int.random(in: 0..<168, using: &generator)
        let drawn = Int.random(in: 0..<40, using: &generator)
        let context = Context(day: Weekday.allCases[cell / 24], hour: cell % 24)
        var result = probeResult(
            index: index, at: noon.advanced(by: Int64(index) * 1_000),
            // Of some subjects the digits stand as bytes.
            subject: cell % 2 == 0 ? "panel-\(cell)" : "panel-00000000000000\(cell % 7)0",
            population: drawn % 8 == 7 ? .cohort : .panel,
            variation: drawn == 0 ? nil : drawn < 3 ? "2" : "1",
            failure: drawn == 4 ? broken : nil, experiences: ["hero", "promo"], context: context)
        result.isMaintenance = drawn == 5
        return result
    }
}

/// The targeting map, its history and the assignments that results lead to.
private func map(of results: [ProbeResult], commit: Int) throws -> [String] {
    let fixture = try Fixture()
    try fixture.record(results, commit: commit)
    try fixture.store.close()
    return try map(in: fixture.store.path)
}

private func map(in path: String) throws -> [String] {
    let tables = [
        """
        SELECT c.segment, m.* FROM targeting AS m JOIN context AS c ON c.id = m.context_id
        ORDER BY 1, experience_id
        """,
        "SELECT * FROM targeting_former ORDER BY context_id, experience_id, since_us",
        "SELECT * FROM assignment ORDER BY subject, experience_id, audience_id",
    ]
    let queue = try DatabaseQueue(path: path)
    return try queue.read { db in
        try tables.flatMap { sql in
            try Row.fetchAll(db, sql: sql).map { row in
                row.map { "\($0)=\($1)" }.joined(separator: " ")
            }
        }
    }
}

/// True: the store says that some times are not written.
private func waits(in path: String) throws -> Bool {
    let queue = try DatabaseQueue(path: path)
    return try queue.read {
        try Int.fetchOne($0, sql: "SELECT 1 FROM meta WHERE key = 'map_unwritten_since'") != nil
    }
}
