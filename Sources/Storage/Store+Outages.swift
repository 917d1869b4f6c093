import Foundation
import GRDB
package import Model

extension Store {
    /// Keeps that the store could not be written to for a while: the last such time is kept.
    package func keep(_ outage: StoreOutage) throws(StorageError) {
        try write("keep an outage in") { db, _ in
            let body = String(decoding: try JSONEncoder().encode(outage), as: UTF8.self)
            try db.execute(
                sql: """
                    INSERT INTO meta (key, value) VALUES ('outage', ?)
                    ON CONFLICT DO UPDATE SET value = excluded.value
                    """, arguments: [body])
        }
    }

    /// The last time at which the store could not be written to; nil: it always could.
    package func lastOutage() throws(StorageError) -> StoreOutage? {
        try read("read the outages of") { db in
            try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'outage'").flatMap {
                try JSONDecoder().decode(StoreOutage.self, from: Data($0.utf8))
            }
        }
    }

    /// True if this life of the daemon has begun in the file that is open.
    package func knows(boot: String) throws(StorageError) -> Bool {
        try read("read the runs of") { db in
            try Int.fetchOne(db, sql: "SELECT 1 FROM boot WHERE name = ?", arguments: [boot]) != nil
        }
    }
}
