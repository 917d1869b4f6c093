import GRDB
package import Model

/// An answer as it came.
package struct StoredAnswerBody: Hashable, Sendable {
    /// Of the result's first observation: its place in the store's order.
    package let resultID: Int64
    package let dueAt: Instant
    package let subject: String
    package let experiences: [String]
    /// Nil: it is not kept, or not any more.
    package let bytes: [UInt8]?
}

extension Store {
    /// The answer that an observation was read from, by its place in the store's order; nil: there
    /// is no such observation.
    package func answerBody(of seq: Int64) throws(StorageError) -> StoredAnswerBody? {
        try read("read an answer of") { db in
            try storedResult(of: seq, in: db).flatMap { try body(of: $0, in: db) }
        }
    }

    /// The last answer before it that the same subject got in the same context; nil: there is none
    /// whose rows are still there.
    package func answerBody(before seq: Int64) throws(StorageError) -> StoredAnswerBody? {
        try read("read an answer of") { db in
            guard let result = try storedResult(of: seq, in: db) else { return nil }
            let select = try db.cachedStatement(sql: selectFormer)
            let stretches = try Row.fetchAll(
                db, sql: selectStretches, arguments: [result.stretch, result.id])
            for stretch in stretches {
                let former = try Int64.fetchOne(
                    select,
                    arguments: [
                        stretch["first_id"] as Int64,
                        min(stretch["last_id"] as Int64, result.id - 1), stretch["id"] as Int64,
                        result.id,
                    ])
                if let former, let stored = try storedResult(of: former, in: db) {
                    return try body(of: stored, in: db)
                }
            }
            return nil
        }
    }

    private func storedResult(of seq: Int64, in db: Database) throws -> StoredResult? {
        let first = try Int64.fetchOne(
            db, sql: "SELECT max(id) FROM result WHERE id <= ?", arguments: [seq])
        guard let first else { return nil }
        var found: StoredResult?
        _ = try scan(first...max(first, seq), in: db) { stored in
            if seq < stored.id + stored.places { found = stored }
            return false
        }
        return found
    }

    private func body(of stored: StoredResult, in db: Database) throws -> StoredAnswerBody {
        var lookup = self.lookup.take()
        defer { self.lookup.put(lookup) }
        let result = try result(stored, in: db, &lookup)
        let rows = try RawStatement("SELECT bytes, content FROM body WHERE id = ?", in: db)
        rows.bind(stored.body, at: 1)
        defer { rows.reset() }
        var bytes: [UInt8]?
        if try rows.step(), !rows.isNull(1) {
            bytes = rows.withBytes(1) { decompressed($0, count: Int(rows.integer(0))) }
            guard bytes != nil else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a body is broken")
            }
        }
        return StoredAnswerBody(
            resultID: stored.id, dueAt: result.dueAt, subject: result.probe.subject.label,
            experiences: result.probe.experiences, bytes: bytes)
    }
}

/// The rounds of the same plan and target up to a result, the last first.
private let selectStretches = """
    SELECT s.id, s.first_id, s.last_id FROM stretch AS s JOIN stretch AS own ON own.id = ?1
    WHERE s.plan_id = own.plan_id AND s.target_id = own.target_id AND s.first_id < ?2
    ORDER BY s.first_id DESC LIMIT 100
    """

private let selectFormer = """
    SELECT max(r.id) FROM result AS r JOIN result AS own ON own.id = ?4
    WHERE r.id BETWEEN ?1 AND ?2 AND r.stretch_id = ?3 AND r.context_id = own.context_id
    AND r.subject = own.subject
    """
