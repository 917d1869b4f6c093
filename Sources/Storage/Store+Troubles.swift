import Foundation
import GRDB
package import Model

extension Store {
    /// Keeps that the store could not be written to for a while: the last such time is kept.
    package func keep(_ outage: StoreOutage) throws(StorageError) {
        try keep(outage, as: "outage")
    }

    /// Keeps that this store took the place of a damaged one.
    package func keep(_ replacement: StoreReplacement) throws(StorageError) {
        try keep(replacement, as: "replacement")
    }

    private func keep(_ value: some Encodable, as key: String) throws(StorageError) {
        try write("keep a trouble in") { db, _ in
            let body = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
            try db.execute(
                sql: """
                    INSERT INTO meta (key, value) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET value = excluded.value
                    """, arguments: [key, body])
        }
    }

    /// The last time at which the store could not be written to; nil: it always could.
    package func lastOutage() throws(StorageError) -> StoreOutage? {
        try kept("outage")
    }

    /// The damaged store that this one took the place of; nil: none.
    package func replacement() throws(StorageError) -> StoreReplacement? {
        try kept("replacement")
    }

    private func kept<Value: Decodable>(_ key: String) throws(StorageError) -> Value? {
        try read("read the troubles of") { db in
            try String.fetchOne(
                db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key]
            ).flatMap { try JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
        }
    }

    /// True if this life of the daemon has begun in the file that is open.
    package func knows(boot: String) throws(StorageError) -> Bool {
        try read("read the runs of") { db in
            try Int.fetchOne(db, sql: "SELECT 1 FROM boot WHERE name = ?", arguments: [boot]) != nil
        }
    }
}
