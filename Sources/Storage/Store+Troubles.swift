import GRDB
package import Model

extension Store {
    /// Keeps what befell the store, once it can be written to again.
    package func note(_ trouble: StoreTrouble) throws(StorageError) {
        try write("note a trouble in") { db, _ in
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO store_trouble (kind, since_us, until_us, detail)
                    VALUES (?, ?, ?, ?)
                    """,
                arguments: [
                    trouble.kind.rawValue, trouble.since.microseconds,
                    trouble.until.microseconds, trouble.detail,
                ])
        }
    }

    /// What befell the store and was not over before an instant, the last last.
    package func troubles(since instant: Instant) throws(StorageError) -> [StoreTrouble] {
        try read("read the troubles of") { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM store_trouble WHERE until_us >= ? ORDER BY since_us",
                arguments: [instant.microseconds]
            ).compactMap { row in
                StoreTrouble.Kind(rawValue: row["kind"]).map { kind in
                    StoreTrouble(
                        kind: kind, since: Instant(microseconds: row["since_us"]),
                        until: Instant(microseconds: row["until_us"]), detail: row["detail"])
                }
            }
        }
    }
}
