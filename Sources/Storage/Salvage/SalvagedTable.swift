import GRDB

/// A table of the schema on its way from a damaged file into a new one. Knows nothing of its meaning:
/// what there is of columns and keys is asked of the new file.
struct SalvagedTable {
    private let name: String
    private let columns: [String]
    private let hasRowID: Bool
    /// Columns of the primary key, in its order.
    private let key: [String]

    /// The tables of a store, those that others refer to first.
    static func all(in db: Database) throws -> [SalvagedTable] {
        let names = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'grdb_migrations'
                ORDER BY rowid
                """)
        return try names.map { name in
            let columns = try Row.fetchAll(
                db, sql: "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", arguments: [name]
            )
            let sql = try String.fetchOne(
                db, sql: "SELECT sql FROM sqlite_master WHERE name = ?", arguments: [name])
            return SalvagedTable(
                name: name, columns: columns.map { $0[0] },
                hasRowID: !(sql ?? "").contains("WITHOUT ROWID"),
                key: columns.filter { ($0[1] as Int) > 0 }
                    .sorted { ($0[1] as Int) < ($1[1] as Int) }.map { $0[0] })
        }
    }

    func empty(in db: Database) throws { try db.execute(sql: "DELETE FROM \(quoted(name))") }

    /// Copies every row that can be read.
    func copy(from damaged: DatabaseQueue, to db: Database) throws -> SalvageReport.Table {
        var told = SalvageReport.Table(name: name)
        let list = columns.map(quoted).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let insert = try db.makeStatement(
            sql: "INSERT OR IGNORE INTO \(quoted(name)) (\(list)) VALUES (\(marks))")
        func take(_ values: [DatabaseValue]) {
            // What is damaged may break the table's rules.
            let isTaken: Void? = try? insert.execute(arguments: StatementArguments(values))
            if isTaken != nil, db.changesCount > 0 { told.copied += 1 } else { told.leftOut += 1 }
        }
        // No transaction: after a damage its end may fail. Nobody else knows this copy.
        try damaged.unsafeRead { source in
            told.isDamaged =
                hasRowID
                ? try !walkRows(in: source, list, take) : try !walkKeys(in: source, list, take)
        }
        return told
    }

    /// Reads rows from one on until the end or damage; returns the last one's rowid, and whether the
    /// end was reached. A rowid out of its order is damage that SQLite does not see.
    private func read(
        _ source: Database, _ list: String, where condition: String,
        _ arguments: StatementArguments,
        order: String, _ take: ([DatabaseValue]) -> Void
    ) -> (last: Int64?, isAtEnd: Bool) {
        var last: Int64?
        do {
            let rows = try Row.fetchCursor(
                source,
                sql:
                    "SELECT rowid, \(list) FROM \(quoted(name)) WHERE \(condition) ORDER BY \(order)",
                arguments: arguments)
            let isDescending = order.hasSuffix("DESC")
            while let row = try rows.next() {
                let id: Int64 = row[0]
                if let last, isDescending ? id >= last : id <= last { return (last, false) }
                take(Array(row.databaseValues.dropFirst()))
                last = id
            }
            return (last, true)
        } catch {
            return (last, false)
        }
    }

    /// False: something could not be read. Past damage it goes on at the next rowid that can be
    /// reached, and back from there.
    private func walkRows(
        in source: Database, _ list: String, _ take: ([DatabaseValue]) -> Void
    ) throws -> Bool {
        var from = Int64.min
        var isWhole = true
        while true {
            let (last, isAtEnd) = read(
                source, list, where: "rowid >= ?", [from], order: "rowid", take)
            if isAtEnd { return isWhole }
            isWhole = false
            // A rowid that is damaged may lie before those that were asked for.
            let stuck = max(last ?? 0, from)
            guard let next = firstReadable(after: stuck, in: source) else { return false }
            // Rows on this side of the damage, the nearest first.
            _ = read(
                source, list, where: "rowid > ? AND rowid < ?", [stuck, next], order: "rowid DESC",
                take)
            from = next
        }
    }

    /// Steps that double until a row can be read.
    private func firstReadable(after rowID: Int64, in source: Database) -> Int64? {
        var step: Int64 = 1
        while step < 1 << 48, rowID <= .max - step {
            let found = try? Int64.fetchOne(
                source,
                sql: "SELECT rowid FROM \(quoted(name)) WHERE rowid > ? ORDER BY rowid LIMIT 1",
                arguments: [rowID + step])
            if let found, found > rowID { return found }
            step *= 2
        }
        return nil
    }

    /// From the first row on, and from the last one back.
    private func walkKeys(
        in source: Database, _ list: String, _ take: ([DatabaseValue]) -> Void
    ) throws -> Bool {
        func walk(_ direction: String) -> Bool {
            let order = key.map { quoted($0) + direction }.joined(separator: ", ")
            do {
                let rows = try Row.fetchCursor(
                    source, sql: "SELECT \(list) FROM \(quoted(name)) ORDER BY \(order)")
                while let row = try rows.next() { take(Array(row.databaseValues)) }
                return true
            } catch {
                return false
            }
        }
        if walk("") { return true }
        _ = walk(" DESC")
        return false
    }
}

func quoted(_ name: String) -> String { "\"\(name)\"" }
