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
                results: try count("SELECT sum(results) FROM batch"),
                observations: try count("SELECT sum(observations) FROM batch"),
                rollups: try count("SELECT count(*) FROM rollup"),
                targetingCells: try count("SELECT count(*) FROM targeting"),
                since: try instant("SELECT min(first_due_us) FROM batch"),
                until: try instant("SELECT max(last_due_us) FROM batch"), watermark: watermark)
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
            // Rows are read by what SQLite says is whole.
            return damages.isEmpty ? try damagedBatches(in: db) : damages
        }
    }

    /// Batches whose rows are not those that were committed.
    private func damagedBatches(in db: Database) throws -> [String] {
        let batches = try Row.fetchCursor(db, sql: "SELECT * FROM batch ORDER BY first_id")
        var damages: [String] = []
        while let batch = try batches.next() {
            var results = 0
            var checksum = BatchChecksum()
            let places: ClosedRange<Int64> =
                (batch["first_id"] as Int64)...(batch["last_id"] as Int64)
            _ = try scan(places, in: db) { stored in
                results += 1
                checksum.add(stored)
                return true
            }
            let known: Int64? = batch["checksum"]
            let isWhole =
                results == batch["results"] as Int && known ?? checksum.value == checksum.value
            if !isWhole, damages.count < damageLimit {
                damages.append(
                    "batch \(places.lowerBound): its \(batch["results"] as Int) results are not"
                        + " those that were committed")
            }
        }
        return damages
    }
}

/// No more than so many damages of one kind are told.
private let damageLimit = 100

/// Rules that the schema cannot state, and queries that count what breaks them.
private let invariants: [(claim: String, sql: String)] = [
    (
        "every observation of a failed result has that result's outcome",
        """
        SELECT count(*) FROM observation AS o JOIN result AS r ON r.id = o.result_id
        JOIN exchange AS x ON x.id = r.exchange_id JOIN answer AS a ON a.id = o.answer_id
        WHERE x.failure_id IS NOT NULL AND a.outcome_id <> x.failure_id
        """
    ),
    (
        "a further observation belongs to a result, at the place after the one before it",
        """
        SELECT count(*) FROM further_observation AS f
        WHERE place < 1 OR NOT EXISTS (SELECT 1 FROM result WHERE id = f.seq - f.place)
        OR place > 1 AND NOT EXISTS (
            SELECT 1 FROM further_observation AS g WHERE g.seq = f.seq - 1 AND g.place = f.place - 1)
        """
    ),
    (
        "a probe is stored once",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM result AS r JOIN stretch AS s ON s.id = r.stretch_id
            GROUP BY s.plan_id, s.target_id, s.round, s.agent_id, r."index" HAVING count(*) > 1)
        """
    ),
    (
        "a result stands in a batch, and batches do not overlap",
        """
        SELECT (SELECT count(*) FROM result) <> (
            SELECT count(*) FROM batch AS b CROSS JOIN result AS r
            ON r.id BETWEEN b.first_id AND b.last_id)
        """
    ),
    (
        "an exchange has a population, and an error outcome and a reason or neither",
        """
        SELECT count(*) FROM exchange
        WHERE population_id NOT IN (SELECT id FROM text WHERE value IN ('panel', 'cohort'))
        OR failure_id NOT IN (
            SELECT id FROM text
            WHERE value IN (
                'rejected', 'limited', 'failed', 'timeout', 'unreachable', 'malformed'))
        OR (failure_id IS NULL) <> (reason_id IS NULL)
        """
    ),
    (
        "an answer has an outcome",
        """
        SELECT count(*) FROM answer
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
        SELECT count(*) FROM exchange
        WHERE connection_id NOT IN (SELECT id FROM text WHERE value IN ('new', 'reused'))
        """
    ),
    (
        "an attempt is 0 … 5, a trace id has 16 bytes",
        """
        SELECT (SELECT count(*) FROM exchange
            WHERE attempt NOT BETWEEN 0 AND 5 OR maintenance NOT IN (0, 1))
            + (SELECT count(*) FROM setup WHERE length(trace_id) <> 16)
        """
    ),
    (
        "a phase is never negative",
        """
        SELECT (SELECT count(*) FROM result WHERE min(
                lag_us, ifnull(request_us, 0), ifnull(first_byte_us, 0), ifnull(transfer_us, 0)) < 0)
            + (SELECT count(*) FROM setup WHERE min(
                ifnull(held_us, 0), ifnull(dns_us, 0), ifnull(connect_us, 0), ifnull(tls_us, 0)) < 0)
        """
    ),
]

private func fileSize(_ path: String) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
}
