import Foundation
import Model
import TestKit
import Testing

@testable import Export

/// Lines in memory, read as a store is.
struct Lines: ObservationReading {
    let lines: [ObservationLine]

    init(_ count: Int, boot: String = "b") {
        lines = (1...max(1, count)).prefix(count).map { number in
            ObservationLine(
                seq: Int64(number * 2), id: "a-\(boot)-\(number)",
                resultID: "a-\(boot)-r\(number)", agent: "a", boot: boot, target: "t", plan: "p",
                round: 1, index: number,
                dueAt: Instant(microseconds: Int64(number) * 1_000_000),
                phases: Phases(lagUs: 1, requestUs: 2), subject: "s-\(number)", population: .panel,
                context: Context(hour: 3, attributes: [Attribute(name: "utm", value: nil)]),
                observation: Observation(experience: "hero", outcome: .unmatched),
                transport: Transport(httpStatus: 200))
        }
    }

    func observationLines(
        after seq: Int64, since: Instant?, until: Instant?, limit: Int
    ) throws -> [ObservationLine] {
        Array(
            lines.filter { line in
                line.seq > seq && line.dueAt >= since ?? line.dueAt
                    && line.dueAt < until ?? line.dueAt.advanced(by: 1)
            }.prefix(limit))
    }
}

@Suite("Export")
struct ExportTests {
    @Test("writes files that zcat reads, and a manifest that counts them")
    func files() throws {
        let folder = try TemporaryFolder()
        let out = folder.path("out")
        let manifest = try exportObservations(
            from: Lines(5_001), to: out, since: nil, until: nil, rowsPerFile: 2_500)
        #expect(manifest.rows == 5_001 && manifest.files.map(\.rows) == [2_500, 2_500, 1])
        #expect(manifest.since == "1970-01-01T00:00:01.000000Z")
        #expect(try verify(directory: out).isEmpty)
        #expect(try Manifest(readingFrom: out) == manifest)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "zcat '\(out)'/*.gz | wc -l"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let counted = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(counted.trimmingCharacters(in: .whitespacesAndNewlines) == "5001")
    }

    @Test("leaves what another store exported, which counted from 1 as well")
    func begunAnew() throws {
        let folder = try TemporaryFolder()
        let out = folder.path("out")
        for round in [1, 1, 2, 2] {
            // Twice each: as after a crash before the cursor was committed.
            let sealed = try sealBatch(from: Lines(10, boot: "b\(round)"), in: out, after: 0)
            #expect(sealed?.rows == 10)
        }
        let manifest = try Manifest(readingFrom: out)
        #expect(
            manifest.files.map(\.name) == [
                "observations-000000000002.ndjson.gz", "observations-000000000002-2.ndjson.gz",
            ])
        #expect(manifest.rows == 20)
        #expect(try verify(directory: out).isEmpty)
    }

    @Test("holds only what was due in the span, also nothing")
    func span() throws {
        let folder = try TemporaryFolder()
        let manifest = try exportObservations(
            from: Lines(100), to: folder.path("some"), since: Instant(microseconds: 10_000_000),
            until: Instant(microseconds: 20_000_000))
        #expect(manifest.rows == 10)
        let none = try exportObservations(
            from: Lines(0), to: folder.path("none"), since: nil, until: nil)
        #expect(none.rows == 0 && none.files.isEmpty)
        #expect(try verify(directory: folder.path("none")).isEmpty)
    }

    @Test("never writes over what is there")
    func occupied() throws {
        let folder = try TemporaryFolder()
        try Data("x".utf8).write(to: folder.url.appending(path: "mine.txt"))
        let error = #expect(throws: ExportError.self) {
            try exportObservations(from: Lines(1), to: folder.url.path, since: nil, until: nil)
        }
        #expect(error?.code == .notEmpty)
        try Data("x".utf8).write(to: folder.url.appending(path: "a.part"))
        try FileManager.default.removeItem(atPath: folder.path("mine.txt"))
        _ = try exportObservations(from: Lines(1), to: folder.url.path, since: nil, until: nil)
    }

    @Test("seals batch after batch, and the same batch the same way")
    func batches() throws {
        let folder = try TemporaryFolder()
        let out = folder.path("daemon")
        let first = try #require(try sealBatch(from: Lines(10), in: out, after: 0, limit: 6))
        #expect(first.rows == 6 && first.lastSeq == 12)
        let before = try Manifest(readingFrom: out)
        let again = try sealBatch(from: Lines(10), in: out, after: 0, limit: 6)
        #expect(try again == first && Manifest(readingFrom: out) == before)
        let second = try #require(try sealBatch(from: Lines(10), in: out, after: first.lastSeq))
        #expect(second.rows == 4)
        #expect(try sealBatch(from: Lines(10), in: out, after: second.lastSeq) == nil)
        #expect(try Manifest(readingFrom: out).rows == 10)
        #expect(try verify(directory: out).isEmpty)
    }

    static let harms:
        [(name: String, harm: @Sendable (TemporaryFolder, String) throws -> Void, what: String)] = [
            (
                "gone",
                { folder, name in try FileManager.default.removeItem(atPath: folder.path(name)) },
                "is missing"
            ),
            (
                "cut", { folder, name in try rewrite(folder, name) { $0.prefix($0.count / 2) } },
                "gzip"
            ),
            (
                "flipped",
                { folder, name in
                    try rewrite(folder, name) { data in
                        var data = data
                        data[data.count / 2] ^= 0x10
                        return data
                    }
                }, "SHA-256"
            ),
            ("longer", { folder, name in try rewrite(folder, name) { $0 + Data([0]) } }, "bytes"),
            (
                "stray",
                { folder, _ in
                    try Data("x".utf8).write(to: folder.url.appending(path: "z.ndjson.gz"))
                }, "not in the manifest"
            ),
        ]

    @Test("finds damage and names the file", arguments: 0..<5)
    func damage(_ index: Int) throws {
        let (_, harm, what) = Self.harms[index]
        let folder = try TemporaryFolder()
        _ = try exportObservations(
            from: Lines(300), to: folder.url.path, since: nil, until: nil, rowsPerFile: 100)
        let name = "observations-000000000202.ndjson.gz"
        try harm(folder, name)
        let damages = try verify(directory: folder.url.path)
        #expect(damages.contains { $0.what.contains(what) }, "\(damages)")
        #expect(damages.allSatisfy { $0.file == name || $0.file == "z.ndjson.gz" })
    }

    @Test("checks the members of a line as the schema has them")
    func shape() throws {
        let schema = try JSONSerialization.jsonObject(
            with: Data(contentsOf: checkout.appending(path: "schema/observation.schema.json")))
        let properties = (schema as? [String: Any])?["properties"] as? [String: Any]
        #expect(properties.map { Set($0.keys) } == LineShape.names)
        let line = try JSONSerialization.jsonObject(with: Data(Lines(1).lines[0].json.utf8))
        var members = try #require(line as? [String: Any])
        #expect(LineShape.fault(in: members) == nil)
        members["extra"] = 1
        #expect(LineShape.fault(in: members) == "unknown member 'extra'")
        members["extra"] = nil
        members["seq"] = "7"
        #expect(LineShape.fault(in: members) == "member 'seq' has another type")
        members["seq"] = nil
        #expect(LineShape.fault(in: members) == "member 'seq' is missing")
    }
}

private func rewrite(
    _ folder: TemporaryFolder, _ name: String, _ change: (Data) -> Data
) throws {
    let url = folder.url.appending(path: name)
    try change(try Data(contentsOf: url)).write(to: url)
}
