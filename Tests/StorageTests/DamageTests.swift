import Analysis
import Foundation
import GRDB
import Model
import Storage
import TestKit
import Testing

/// A copy of a store of a few thousand results, closed, and its file.
private func filledStore() throws -> (FilledStore, path: String) {
    let folder = try TemporaryFolder()
    for (name, content) in try filledFiles.get() {
        let path = folder.path(name)
        try content.write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
    return (FilledStore(folder: folder), folder.path("v.db"))
}

private struct FilledStore {
    let folder: TemporaryFolder
}

/// Made once: closing its windows takes seconds.
private let filledFiles = Result<[String: Data], any Error> {
    let fixture = try Fixture.ofWorld()
    var rest = World.results(seed: 6, count: 1_500, hours: 36)[...]
    while !rest.isEmpty {
        var chunk = Array(rest.prefix(250))
        rest = rest.dropFirst(250)
        for index in chunk.indices { chunk[index].body = AnswerBody(Array("{\(index % 9)}".utf8)) }
        try fixture.store.record(chunk, rounds: [], boot: "w")
    }
    var evaluator = Evaluator(store: fixture.store)
    try evaluator.closeWindows(before: noon.advanced(by: 37 * Instant.microsecondsPerHour))
    try fixture.store.close()
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path)
    return try Dictionary(
        uniqueKeysWithValues: names.map {
            ($0, try Data(contentsOf: URL(filePath: fixture.folder.path($0))))
        })
}

private let later = noon.advanced(by: Instant.microsecondsPerDay)

@Suite("A damaged store")
struct DamageTests {
    @Test("tells of a flipped bit within a row, which SQLite does not see")
    func flippedBit() throws {
        let (fixture, path) = try filledStore()
        #expect(try Store(reading: path).check() == [])
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: "UPDATE result SET first_byte_us = first_byte_us + 1 WHERE id = 1501")
        }
        let damages = try Store(reading: path).check()
        #expect(damages.count == 1)
        #expect(damages.first?.contains("are not those that were committed") ?? false)
        #expect(damages.first?.contains("2026-11-2") ?? false, "tells when")
        withExtendedLifetime(fixture) {}
    }

    @Test(
        "tells of rows that break a rule",
        arguments: [
            ("UPDATE further_observation SET place = 2 WHERE place = 1", "stands at its place"),
            ("UPDATE result SET lag_us = -1, request_us = -5 WHERE id = 1", "never negative"),
            ("UPDATE batch SET last_id = last_id + 1000 WHERE first_id = 1", "do not overlap"),
            ("DELETE FROM batch WHERE first_id = 1", "stands in one batch"),
            ("UPDATE result SET answer_id = 9999 WHERE id = 1", "points to nothing"),
        ])
    func rules(sql: String, told: String) throws {
        let (fixture, path) = try filledStore()
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: path, configuration: configuration).write {
            try $0.execute(sql: sql)
        }
        let damages = try Store(reading: path).check()
        #expect(damages.contains { $0.contains(told) }, "\(damages)")
        withExtendedLifetime(fixture) {}
    }

    @Test("is moved aside when a daemon starts, told of, and a new one begun")
    func replaced() throws {
        let (fixture, path) = try filledStore()
        try overwrite(path, at: 4_096 * 9, with: Data(repeating: 0xA5, count: 4_096 * 12))
        let store = try Store(writing: path, replacingDamagedAt: later)
        let told = try #require(store.replaced)
        let aside = path + ".corrupt-20261125T120000Z"
        #expect(told.contains(aside), "\(told)")
        #expect(FileManager.default.fileExists(atPath: aside))
        #expect(try store.statistics().results == 0 && store.check() == [])
        #expect(try store.replacement() == StoreReplacement(at: later, detail: told))
        try store.close()
        let again = try Store(writing: path, replacingDamagedAt: later)
        #expect(again.replaced == nil, "once")
        withExtendedLifetime(fixture) {}
    }

    @Test(
        "of any kind has a defined end",
        arguments: ["head", "random", "empty", "truncated", "log", "marked"])
    func kinds(kind: String) throws {
        let (fixture, path) = try filledStore()
        let size = try #require(
            FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        switch kind {
        case "head": try overwrite(path, at: 0, with: Data(repeating: 0, count: 100))
        case "random": try Data((0..<16).map { UInt8($0) }).write(to: URL(filePath: path))
        case "empty": try Data().write(to: URL(filePath: path))
        case "truncated":
            try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: UInt64(size / 2))
        case "log":
            // A log that is none is not read, as SQLite has it.
            try Data(repeating: 7, count: 9_000).write(to: URL(filePath: path + "-wal"))
        default:
            try DatabaseQueue(path: path).write {
                try $0.execute(sql: "UPDATE result SET lag_us = lag_us + 1 WHERE id = 1")
            }
            try Data().write(to: URL(filePath: path + ".corrupt"))
        }
        let store = try Store(writing: path, replacingDamagedAt: later)
        let isReplaced = ["head", "random", "truncated", "marked"].contains(kind)
        #expect((store.replaced != nil) == isReplaced, "\(store.replaced ?? "")")
        #expect(!FileManager.default.fileExists(atPath: path + ".corrupt"))
        #expect(try store.check() == [])
        #expect(try (store.statistics().results == 0) == (isReplaced || kind == "empty"))
        withExtendedLifetime(fixture) {}
    }

    @Test("that was never ours is left alone")
    func others() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("letter.txt")
        let letter = Data("Dear diary, this is no database at all.".utf8)
        try letter.write(to: URL(filePath: path))
        #expect(throws: StorageError.self) {
            try Store(writing: path, replacingDamagedAt: later)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == letter)
    }

    @Test("is salvaged as far as it can be read, into a sound one", arguments: 0..<12)
    func salvage(seed: Int) throws {
        let (fixture, path) = try filledStore()
        let before = try Store(reading: path).statistics()
        var generator = SplitMix64(seed: UInt64(seed))
        let pages = before.bytes / 4_096
        for _ in 0..<(seed % 4 + 1) {
            let page = Int64.random(in: 1..<pages, using: &generator)
            try overwrite(
                path, at: UInt64(page * 4_096 + Int64.random(in: 0..<2_000, using: &generator)),
                with: Data((0..<1_500).map { _ in UInt8.random(in: 0...255, using: &generator) }))
        }
        let damaged = try Data(contentsOf: URL(filePath: path))
        let copy = fixture.folder.path("new.db")
        let report: SalvageReport
        do {
            defer { #expect((try? Data(contentsOf: URL(filePath: path))) == damaged) }
            report = try Salvage.run(from: path, to: copy)
        } catch {
            #expect(!hasSchema(path), "\(error)")
            return #expect(!FileManager.default.fileExists(atPath: copy))
        }
        let store = try Store(writing: copy)
        #expect(try store.check() == [])
        let saved = try store.statistics().results
        let lost = report.lost.reduce(0) { $0 + $1.results }
        #expect(saved + lost >= before.results || report.tables.contains { $0.isDamaged })
        #expect(saved <= before.results)
        // It goes on: no place is given away twice.
        try store.begin(boot: "n", agent: "eu-1", configuration: World.settings, at: later)
        let seqs = try store.record([probeResult(round: 99, at: later)], rounds: [], boot: "n")
        #expect(seqs.allSatisfy { $0 > 1_500 || saved == 0 })
    }

    /// False: not even what tables there are can be read.
    private func hasSchema(_ path: String) -> Bool {
        let tables = try? DatabaseQueue(path: path).unsafeRead {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master")
        }
        return tables != nil
    }

    @Test("that is whole is salvaged whole")
    func wholeSalvage() throws {
        let (fixture, path) = try filledStore()
        let copy = fixture.folder.path("new.db")
        let report = try Salvage.run(from: path, to: copy)
        #expect(report.isComplete && !report.isRolledAnew, "\(report)")
        let (old, new) = (try Store(reading: path), try Store(reading: copy))
        #expect(try new.all() == old.all())
        #expect(try new.watermark() == old.watermark())
        #expect(
            try Set(new.rollups(size: .hour, in: always))
                == Set(old.rollups(size: .hour, in: always)))
        #expect(throws: StorageError.self) { try Salvage.run(from: path, to: copy) }
    }

    @Test(
        "whose head is gone, or the whole page of it, is salvaged by a new one",
        arguments: [100, 4_096, 8_192])
    func headless(bytes: Int) throws {
        let (fixture, path) = try filledStore()
        try overwrite(path, at: 0, with: Data(repeating: 0, count: bytes))
        let copy = fixture.folder.path("new.db")
        _ = try Salvage.run(from: path, to: copy)
        let store = try Store(reading: copy)
        #expect(try store.statistics().results == 1_500)
        #expect(try store.check() == [])
    }
}

@Suite("Copies of a store")
struct CopyTests {
    @Test("hold what was acknowledged before, while another one writes")
    func backup() throws {
        let fixture = try Fixture.ofWorld()
        let results = World.results(seed: 7, count: 4_000)
        try fixture.store.record(Array(results.prefix(1_000)), rounds: [], boot: "w")
        let copy = fixture.folder.path("copy.db")
        let reader = try Store(reading: fixture.store.path)
        let done = DispatchSemaphore(value: 0)
        let writing = Thread {
            for start in stride(from: 1_000, to: 4_000, by: 100) {
                _ = try? fixture.store.record(
                    Array(results[start..<(start + 100)]), rounds: [], boot: "w")
            }
            done.signal()
        }
        writing.start()
        try reader.backup(to: copy)
        #expect(throws: StorageError.self) { try reader.backup(to: copy) }
        let copied = try Store(reading: copy)
        #expect(try copied.statistics().results >= 1_000 && copied.check() == [])
        let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o600)
        #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
        done.wait()
        #expect(try fixture.store.statistics().results == 4_000, "nobody was held up")
    }

    @Test("that cannot be written leave nothing behind")
    func refused() throws {
        let fixture = try Fixture()
        let nowhere = fixture.folder.path("no/such/folder.db")
        #expect(throws: StorageError.self) {
            try Store(reading: fixture.store.path).backup(to: nowhere)
        }
    }

    @Test("are smaller once free pages are given back")
    func compact() throws {
        let (fixture, path) = try filledStore()
        let store = try Store(writing: path)
        var retention = Retention()
        retention.observationsUs = Instant.microsecondsPerDay
        let now = noon.advanced(by: 37 * Instant.microsecondsPerHour)
        while try !store.retain(retention, sinks: [], now: now, limit: 500).isDone {}
        #expect(try store.statistics().freeBytes > 0)
        let (before, after) = try store.compact()
        #expect(after < before && after == store.fileBytes().main)
        #expect(try store.check() == [])
        withExtendedLifetime(fixture) {}
    }
}

@Suite("Limits of a reading")
struct ReadLimitTests {
    @Test("end it with a message that says what to do")
    func limits() throws {
        let (fixture, path) = try filledStore()
        let store = try Store(reading: path)
        for limit in [ReadLimit(seconds: 60, rows: 100), ReadLimit(seconds: 0, rows: .max)] {
            let error = #expect(throws: StorageError.self) {
                try ReadLimit.$current.withValue(limit) {
                    try store.digests(in: always) { _ in }
                }
            }
            #expect(error?.code == .limit)
            #expect("\(error.map { "\($0)" } ?? "")".contains("--since"))
        }
        var count = 0
        try ReadLimit.$current.withValue(.page) {
            try store.digests(in: always) { _ in count += 1 }
        }
        #expect(count == 1_500)
        withExtendedLifetime(fixture) {}
    }
}

private func overwrite(_ path: String, at offset: UInt64, with data: Data) throws {
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    defer { try? handle.close() }
    try handle.seek(toOffset: offset)
    try handle.write(contentsOf: data)
}
