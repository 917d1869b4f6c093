import Foundation
import Model

/// What a folder holds: `manifest.json`, written last.
package struct Manifest: Codable, Hashable, Sendable {
    package struct File: Codable, Hashable, Sendable {
        package var name: String
        package var rows: Int
        /// Of the compressed file.
        package var bytes: Int
        /// Of the compressed file, hexadecimal.
        package var sha256: String
        package var firstSeq: Int64
        package var lastSeq: Int64
        /// The earliest and the latest due instant, RFC 3339.
        package var since: String
        package var until: String

        private enum CodingKeys: String, CodingKey {
            case name, rows, bytes, sha256, since, until
            case firstSeq = "first_seq"
            case lastSeq = "last_seq"
        }
    }

    /// Version of the lines' shape.
    package var schema: Int
    package var format: String
    package var rows: Int
    package var bytes: Int
    package var since: String?
    package var until: String?
    /// In the order of their rows.
    package var files: [File]

    static let name = "manifest.json"

    init(files: [File]) {
        schema = ObservationLine.schema
        format = "ndjson.gz"
        self.files = files.sorted { $0.firstSeq < $1.firstSeq }
        rows = files.reduce(0) { $0 + $1.rows }
        bytes = files.reduce(0) { $0 + $1.bytes }
        since = files.map(\.since).min()
        until = files.map(\.until).max()
    }

    /// Reads a folder's manifest.
    package init(readingFrom directory: String) throws {
        let path = directory + "/" + Self.name
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ExportError(
                .missing, "read", path,
                hint: "name a folder that `variometer export` or the daemon wrote")
        }
        do {
            self = try JSONDecoder().decode(Manifest.self, from: data)
        } catch {
            throw ExportError(
                .damaged, "read", path, underlying: "\(error)", hint: "export the rows again")
        }
    }

    /// Replaces the folder's manifest at once.
    func write(to directory: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let path = directory + "/" + Self.name
        let part = path + ".part"
        _ = unlink(part)
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ExportError.system("create", part) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: try encoder.encode(self) + Data("\n".utf8))
        guard fsync(descriptor) == 0 else { throw ExportError.system("write", part) }
        guard rename(part, path) == 0 else { throw ExportError.system("rename", part) }
        try syncFolder(of: path)
    }
}
