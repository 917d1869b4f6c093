import Crypto
import Foundation

/// One thing that is wrong with an export.
package struct Damage: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let what: String

    package var description: String { "\(file): \(what)" }
}

/// Checks a folder against its manifest: each file's presence, bytes, hash, compression, rows, and
/// every line's shape and order. Empty: sound. Constant memory.
package func verify(directory: String) throws -> [Damage] {
    let manifest = try Manifest(readingFrom: directory)
    var damages = manifest.files.flatMap { check($0, in: directory) }
    let listed = Set(manifest.files.map(\.name))
    let present = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    for name in present where name.hasSuffix(".gz") && !listed.contains(name) {
        damages.append(Damage(file: name, what: "is not in the manifest"))
    }
    if manifest.rows != manifest.files.reduce(0, { $0 + $1.rows }) {
        damages.append(Damage(file: Manifest.name, what: "its rows are not the sum of its files'"))
    }
    return damages
}

private func check(_ file: Manifest.File, in directory: String) -> [Damage] {
    func damage(_ what: String) -> Damage { Damage(file: file.name, what: what) }
    guard !file.name.contains("/"),
        let handle = FileHandle(forReadingAtPath: directory + "/" + file.name)
    else { return [damage("is missing")] }
    var hash = SHA256()
    var bytes = 0
    var lines = LineCheck(file: file)
    let inflater = Inflater()
    var broken: String?
    while let chunk = try? handle.read(upToCount: 1 << 16), !chunk.isEmpty {
        hash.update(data: chunk)
        bytes += chunk.count
        guard broken == nil else { continue }
        if !inflater.inflate(chunk, into: { lines.take($0) }) {
            broken = "is no sound gzip from byte \(bytes - chunk.count) on"
        }
    }
    if broken == nil, !inflater.isAtEnd { broken = "ends in the middle of its gzip stream" }
    var damages: [Damage] = []
    if bytes != file.bytes { damages.append(damage("has \(bytes) bytes, not \(file.bytes)")) }
    let digest = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    if digest != file.sha256 { damages.append(damage("has another SHA-256 than the manifest")) }
    if let broken { damages.append(damage(broken)) }
    return damages + lines.end().map(damage)
}
