import Foundation
import GRDB
package import Model

/// What a store holds, for `store stats` and metrics.
package struct StoreStatistics: Sendable, CustomStringConvertible {
    package var bytes: Int64
    package var logBytes: Int64
    package var results: Int
    package var observations: Int
    package var rollups: Int
    package var targetingCells: Int
    /// Bodies of answers that are kept, and the bytes that they take.
    package var bodies: Int
    package var bodyBytes: Int64
    /// Bytes of pages that are free for what is written next.
    package var freeBytes: Int64
    /// Results that came too late for their window; `replay` picks them up.
    package var late: Int
    package var since: Instant?
    package var until: Instant?
    package var watermark: Instant?

    package var description: String {
        let perObservation = observations == 0 ? 0 : bytes / Int64(observations)
        return """
            file          \(bytes) bytes, \(freeBytes) of them free; log \(logBytes) bytes
            results       \(results)
            observations  \(observations), \(perObservation) bytes of file each
            rollups       \(rollups)
            targeting map \(targetingCells) cells
            answers       \(bodies) contents, \(bodyBytes) bytes
            late          \(late) results\(late > 0 ? ": `replay` picks them up" : "")
            due           \(since?.rfc3339 ?? "–") … \(until?.rfc3339 ?? "–")
            rolled up to  \(watermark?.rfc3339 ?? "–")
            """
    }
}

extension Store {
    /// Bytes of the file and of its log; cheap, for metrics.
    package func fileBytes() -> (main: Int64, log: Int64) {
        (fileSize(path), fileSize(path + "-wal"))
    }

    /// Counts every table: for a person who asks, not for each scrape.
    package func statistics() throws(StorageError) -> StoreStatistics {
        let (bytes, logBytes) = fileBytes()
        let watermark = try watermark()
        return try read("read the statistics of") { db in
            func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
            func instant(_ sql: String) throws -> Instant? {
                try Int64.fetchOne(db, sql: sql).map(Instant.init(microseconds:))
            }
            return StoreStatistics(
                bytes: bytes, logBytes: logBytes,
                results: try count("SELECT sum(results) FROM batch"),
                observations: try count("SELECT sum(observations) FROM batch"),
                rollups: try count("SELECT count(*) FROM rollup"),
                targetingCells: try count("SELECT count(*) FROM targeting"),
                bodies: try count("SELECT count(content) FROM body"),
                bodyBytes: Int64(try count("SELECT sum(length(content)) FROM body")),
                freeBytes: Int64(
                    try count("PRAGMA freelist_count") * count("PRAGMA page_size")),
                late: try count("SELECT sum(count) FROM late_result"),
                since: try instant("SELECT min(first_due_us) FROM batch WHERE results > 0"),
                until: try instant("SELECT max(last_due_us) FROM batch WHERE results > 0"),
                watermark: watermark)
        }
    }
}

private func fileSize(_ path: String) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
}
