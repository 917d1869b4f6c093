import Foundation
package import Model

/// A file that was sealed by `sealBatch`.
package struct SealedBatch: Hashable, Sendable {
    package let name: String
    package let rows: Int
    /// The cursor to commit.
    package let lastSeq: Int64
}

/// Exports every observation of a span into a new or empty folder, in files of at most
/// `rowsPerFile` lines, the manifest last.
package func exportObservations(
    from source: any ObservationReading, to directory: String, since: Instant?, until: Instant?,
    rowsPerFile: Int = 250_000
) throws -> Manifest {
    try prepare(directory)
    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
    guard names.allSatisfy({ $0.hasSuffix(".part") }) else {
        throw ExportError(
            .notEmpty, "export to", directory,
            underlying: "it holds \(names.sorted().prefix(3).joined(separator: ", "))",
            hint: "name a folder that is new or empty")
    }
    var files: [Manifest.File] = []
    var cursor: Int64 = 0
    while let file = try sealFile(
        from: source, in: directory, after: cursor, since: since, until: until,
        limit: rowsPerFile)
    {
        files.append(file)
        cursor = file.lastSeq
    }
    let manifest = Manifest(files: files)
    try manifest.write(to: directory)
    return manifest
}

/// Seals the observations after a cursor into one more file of a folder, at most `limit` of them,
/// and adds it to the manifest. Nil: there are none. Sealing the same rows again, after a crash
/// before the cursor was committed, gives the same file.
package func sealBatch(
    from source: any ObservationReading, in directory: String, after seq: Int64,
    limit: Int = 250_000
) throws -> SealedBatch? {
    try prepare(directory)
    let hasManifest = FileManager.default.fileExists(atPath: directory + "/" + Manifest.name)
    let known = hasManifest ? try Manifest(readingFrom: directory).files : []
    guard
        let file = try sealFile(
            from: source, in: directory, after: seq, since: nil, until: nil, limit: limit)
    else { return nil }
    try Manifest(files: known.filter { $0.name != file.name } + [file]).write(to: directory)
    return SealedBatch(name: file.name, rows: file.rows, lastSeq: file.lastSeq)
}

/// Lines read at a time.
private let pageRows = 2_000

/// Writes one file; nil: there is nothing to write.
private func sealFile(
    from source: any ObservationReading, in directory: String, after seq: Int64, since: Instant?,
    until: Instant?, limit: Int
) throws -> Manifest.File? {
    func page(after cursor: Int64, rows: Int) throws -> [ObservationLine] {
        try source.observationLines(
            after: cursor, since: since, until: until, limit: min(pageRows, limit - rows))
    }
    var lines = try page(after: seq, rows: 0)
    guard let first = lines.first else { return nil }
    let name = fileName(of: first, in: directory)
    let file = try SealedFile(path: directory + "/" + name)
    var entry = Manifest.File(
        name: name, rows: 0, bytes: 0, sha256: "", firstSeq: first.seq, lastSeq: first.seq,
        since: "", until: "")
    var earliest = first.dueAt
    var latest = first.dueAt
    var json = JSONText()
    while let last = lines.last {
        json.removeAll()
        for line in lines {
            line.write(to: &json)
            json.endLine()
            earliest = min(earliest, line.dueAt)
            latest = max(latest, line.dueAt)
        }
        try file.write(json.bytes)
        entry.rows += lines.count
        entry.lastSeq = last.seq
        lines = entry.rows < limit ? try page(after: last.seq, rows: entry.rows) : []
    }
    entry.sha256 = try file.seal()
    entry.bytes = file.bytes
    entry.since = earliest.rfc3339
    entry.until = latest.rfc3339
    return entry
}

/// Names are made here and never taken from what is exported. A store that was begun anew counts from 1
/// again: what another one exported stays.
private func fileName(of first: ObservationLine, in directory: String) -> String {
    let digits = String(first.seq)
    let stem = "observations-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    var json = JSONText()
    first.write(to: &json)
    var name = stem + ".ndjson.gz"
    var number = 1
    while let present = firstLine(of: directory + "/" + name), present != json.bytes {
        number += 1
        name = "\(stem)-\(number).ndjson.gz"
    }
    return name
}

/// Nil: there is no such file. Empty: it cannot be read.
private func firstLine(of path: String) -> [UInt8]? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    let inflater = Inflater()
    var line: [UInt8] = []
    let newline = UInt8(ascii: "\n")
    while !line.contains(newline), let chunk = try? handle.read(upToCount: 1 << 12),
        !chunk.isEmpty, inflater.inflate(chunk, into: { line += $0 })
    {}
    return Array(line.prefix { $0 != newline })
}

private func prepare(_ directory: String) throws {
    do {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    } catch {
        throw ExportError(
            .inputOutput, "create", directory, underlying: "\(error)",
            hint: "check that its parent exists and is writable")
    }
}
