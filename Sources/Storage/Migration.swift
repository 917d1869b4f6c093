import GRDB
import Schema

/// Brings a store to this version's schema, step by step, each in a transaction of its own.
func migrate(_ writer: any DatabaseWriter) throws {
    var migrator = DatabaseMigrator()
    for script in Schema.migrations {
        migrator.registerMigration(script.name) { try $0.execute(sql: script.sql) }
    }
    try migrator.migrate(writer)
}

/// Throws where a file is neither a store of this version, or an earlier one, nor empty. Only reads.
func requireStore(_ reader: any DatabaseReader, path: String) throws {
    if try reader.read(isEmpty) { return }
    _ = try isUpToDate(reader, path: path)
}

/// True for a store with this version's schema, false for one of an older version. Throws where the
/// file is neither.
func isUpToDate(_ reader: any DatabaseReader, path: String) throws -> Bool {
    let known = Set(Schema.migrations.map(\.name))
    return try reader.read { db in
        guard try db.tableExists("grdb_migrations"), try db.tableExists("result") else {
            throw notOurs(path)
        }
        let applied = try String.fetchSet(db, sql: "SELECT identifier FROM grdb_migrations")
        guard applied.isSubset(of: known) else { throw newer(path) }
        return applied == known
    }
}

/// True for a file that holds nothing, or no more than the migrator's own table: a start that
/// failed between that and the first step left it so.
private func isEmpty(_ db: Database) throws -> Bool {
    try Int.fetchOne(
        db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") == 0
}

private func notOurs(_ path: String) -> StorageError {
    StorageError(
        .notAStore, "open", path, hint: "it is a database of something else; name another path")
}

private func newer(_ path: String) -> StorageError {
    StorageError(
        .notAStore, "open", path,
        hint: "a newer variometer wrote it; use that version, or another store")
}
