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
    package var since: Instant?
    package var until: Instant?
    package var watermark: Instant?

    package var description: String {
        let perObservation = observations == 0 ? 0 : bytes / Int64(observations)
        return """
            file          \(bytes) bytes, log \(logBytes) bytes
            results       \(results)
            observations  \(observations), \(perObservation) bytes of file each
            rollups       \(rollups)
            targeting map \(targetingCells) cells
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
                results: try count("SELECT count(*) FROM result"),
                observations: try count("SELECT count(*) FROM observation"),
                rollups: try count("SELECT count(*) FROM rollup"),
                targetingCells: try count("SELECT count(*) FROM targeting"),
                since: try instant("SELECT min(due_us) FROM result"),
                until: try instant("SELECT max(due_us) FROM result"), watermark: watermark)
        }
    }

    /// What is damaged, one line each; empty: the store is sound.
    package func check() throws(StorageError) -> [String] {
        try read("check") { db in
            var damages = try String.fetchAll(db, sql: "PRAGMA integrity_check")
                .filter { $0 != "ok" }
            damages += try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(100).map {
                row in
                "table \(row[0] as String): row \(row[1] as Int64? ?? 0) points to nothing"
            }
            for (claim, sql) in invariants {
                let broken = try Int.fetchOne(db, sql: sql) ?? 0
                if broken > 0 { damages.append("\(broken) rows break the rule: \(claim)") }
            }
            return damages
        }
    }
}

/// Rules that the schema cannot state, and queries that count what breaks them.
private let invariants: [(claim: String, sql: String)] = [
    (
        "a result has an observation for each experience it asked, at least one",
        """
        SELECT count(*) FROM result AS r
        WHERE NOT EXISTS (SELECT 1 FROM observation AS o WHERE o.result_id = r.id)
        """
    ),
    (
        "every observation of a failed result has that result's outcome",
        """
        SELECT count(*) FROM observation AS o JOIN result AS r ON r.id = o.result_id
        WHERE r.failure_id IS NOT NULL AND o.outcome_id <> r.failure_id
        """
    ),
    (
        "a result has a population, and an error outcome and a reason or neither",
        """
        SELECT count(*) FROM result
        WHERE population_id NOT IN (SELECT id FROM text WHERE value IN ('panel', 'cohort'))
        OR failure_id NOT IN (
            SELECT id FROM text
            WHERE value IN (
                'rejected', 'limited', 'failed', 'timeout', 'unreachable', 'malformed'))
        OR (failure_id IS NULL) <> (reason_id IS NULL)
        """
    ),
    (
        "an observation has an outcome",
        """
        SELECT count(*) FROM observation
        WHERE outcome_id NOT IN (
            SELECT id FROM text
            WHERE value IN (
                'served', 'unmatched', 'rejected', 'limited', 'failed', 'timeout', 'unreachable',
                'malformed'))
        """
    ),
    (
        "a connection is new or reused",
        """
        SELECT count(*) FROM result
        WHERE connection_id NOT IN (SELECT id FROM text WHERE value IN ('new', 'reused'))
        """
    ),
    (
        "an attempt is 0 … 5, a trace id has 16 bytes",
        """
        SELECT count(*) FROM result
        WHERE attempt NOT BETWEEN 0 AND 5 OR length(trace_id) <> 16
        OR maintenance NOT IN (0, 1)
        """
    ),
    (
        "a phase is never negative",
        """
        SELECT count(*) FROM result WHERE min(
            lag_us, ifnull(dns_us, 0), ifnull(connect_us, 0), ifnull(tls_us, 0),
            ifnull(request_us, 0), ifnull(first_byte_us, 0), ifnull(transfer_us, 0)) < 0
        """
    ),
]

private func fileSize(_ path: String) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
}
