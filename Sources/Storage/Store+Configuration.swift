import Foundation
import GRDB
package import Model

extension Store {
    /// The seed that the store keeps; `drawn` becomes it where there is none.
    package func keepSeed(_ drawn: UInt64) throws(StorageError) -> UInt64 {
        try write("keep the seed in") { db, _ in
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES ('seed', ?) ON CONFLICT DO NOTHING",
                arguments: [String(drawn)])
            let kept = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'seed'")
            return kept.flatMap { UInt64($0) } ?? drawn
        }
    }

    /// The seed that the store keeps; nil: none was drawn yet.
    package func seed() throws(StorageError) -> UInt64? {
        try read("read the seed of") { db in
            try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'seed'").flatMap {
                UInt64($0)
            }
        }
    }

    /// Begins a life of the daemon and commits its effective configuration, if it is not the one
    /// that was committed last.
    package func begin(
        boot: String, agent: String, configuration: EffectiveConfiguration, at instant: Instant
    ) throws(StorageError) {
        try write("begin a run in") { db, dictionary in
            try dictionary.restoreLastSeen(in: db)
            try db.execute(
                sql: "INSERT INTO boot (name, agent, started_us) VALUES (?, ?, ?)",
                arguments: [boot, agent, instant.microseconds])
            try keep(configuration, at: instant, in: db)
        }
    }

    /// Commits the effective configuration that holds from an instant on, if it is not the one
    /// that was committed last.
    package func keep(
        _ configuration: EffectiveConfiguration, at instant: Instant
    ) throws(StorageError) {
        try write("keep a configuration in") { db, _ in
            try keep(configuration, at: instant, in: db)
        }
    }

    private func keep(
        _ configuration: EffectiveConfiguration, at instant: Instant, in db: Database
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        let last = try String.fetchOne(
            db, sql: "SELECT body FROM configuration ORDER BY id DESC LIMIT 1")
        guard body != last else { return }
        try db.execute(
            sql: "INSERT INTO configuration (hash, valid_from_us, body) VALUES (?, ?, ?)",
            arguments: [contentHash(body), instant.microseconds, body])
    }

    /// Every configuration that ran, oldest first.
    package func configurations() throws(StorageError) -> [StoredConfiguration] {
        try read("read the configuration of") { db in
            try Row.fetchAll(
                db, sql: "SELECT hash, valid_from_us, body FROM configuration ORDER BY id"
            ).map { row in
                StoredConfiguration(
                    hash: row["hash"], validFrom: Instant(microseconds: row["valid_from_us"]),
                    configuration: try JSONDecoder().decode(
                        EffectiveConfiguration.self, from: Data((row["body"] as String).utf8)))
            }
        }
    }

    /// How far a sink has been served: the last `seq` that it has; 0 at the start.
    package func exportCursor(_ sink: String) throws(StorageError) -> Int64 {
        try read("read an export cursor of") { db in
            try Int64.fetchOne(
                db, sql: "SELECT seq FROM export_cursor WHERE sink = ?", arguments: [sink]) ?? 0
        }
    }

    package func moveExportCursor(_ sink: String, to seq: Int64) throws(StorageError) {
        try write("move an export cursor of") { db, _ in
            try db.execute(
                sql: """
                    INSERT INTO export_cursor (sink, seq) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET seq = excluded.seq
                    """, arguments: [sink, seq])
        }
    }
}

/// Tells configurations apart: FNV-1a of 64 bits, as hexadecimal digits.
private func contentHash(_ text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
        ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
