import GRDB
import Model

/// Bodies that the writer has met.
struct KnownBodies: Sendable {
    private struct Known {
        let id: Int64
        /// When its row was last told that it was seen.
        var renewedUs: Int64
    }

    private var ids: [AnswerBody: Known] = [:]
    private var heldBytes = 0
    /// Bytes of all contents in the store; nil: they must be added up.
    private var keptBytes: Int64?
    /// New contents that the present transaction may still keep.
    private var left = 0

    /// A server that answers something else each time must not fill the memory, the disk, or the
    /// time of a commit.
    private static let heldLimit = 16 << 20
    private static let keptLimit: Int64 = 256 << 20
    private static let newLimit = 200
    /// A row is told once in this time that its body is still seen.
    private static let renewalUs = Instant.microsecondsPerHour

    mutating func begin() { left = Self.newLimit }

    /// Rows were deleted or emptied: what is known of them may be wrong.
    mutating func forget() { self = KnownBodies() }

    /// The row of a body, inserted if there is none; nil: it is not kept.
    mutating func id(of body: AnswerBody?, dueUs: Int64, in db: Database) throws -> Int64? {
        guard let body else { return nil }
        if let known = ids[body] {
            guard dueUs - known.renewedUs > Self.renewalUs else { return known.id }
        }
        guard let id = try stored(body, dueUs: dueUs, in: db) else { return nil }
        if heldBytes > Self.heldLimit { (ids, heldBytes) = ([:], 0) }
        ids[body] = Known(id: id, renewedUs: dueUs)
        heldBytes += body.bytes.count
        return id
    }

    private mutating func stored(
        _ body: AnswerBody, dueUs: Int64, in db: Database
    ) throws -> Int64? {
        let rows = try RawStatement(selectBody, in: db)
        rows.bind(body.hash, at: 1)
        rows.bind(body.bytes.count, at: 2)
        defer { rows.reset() }
        while try rows.step() {
            let id = rows.integer(0)
            guard rows.isNull(1) else {
                let content = rows.withBytes(1) { decompressed($0, count: body.bytes.count) }
                guard content == body.bytes else { continue }
                try db.cachedStatement(sql: renewBody).execute(arguments: [dueUs, id])
                return id
            }
            // One that was not kept any more is seen again.
            guard let content = try keep(body, in: db) else { return nil }
            try write(content, dueUs: dueUs, sql: refillBody, id, in: db)
            return id
        }
        guard let content = try keep(body, in: db) else { return nil }
        try write(content, dueUs: dueUs, sql: insertBody, body.hash, in: db, body.bytes.count)
        return db.lastInsertedRowID
    }

    /// The content as it is stored; nil: there is no room.
    private mutating func keep(_ body: AnswerBody, in db: Database) throws -> [UInt8]? {
        let kept =
            try keptBytes ?? Int64.fetchOne(db, sql: "SELECT sum(length(content)) FROM body") ?? 0
        keptBytes = kept
        guard left > 0, kept < Self.keptLimit, let content = compressed(body.bytes) else {
            return nil
        }
        left -= 1
        keptBytes = kept + Int64(content.count)
        return content
    }

    private func write(
        _ content: [UInt8], dueUs: Int64, sql: String, _ key: Int64, in db: Database,
        _ count: Int? = nil
    ) throws {
        let statement = try RawStatement(sql, in: db)
        content.withUnsafeBytes { statement.bind($0, at: 1) }
        statement.bind(dueUs, at: 2)
        statement.bind(key, at: 3)
        if let count { statement.bind(count, at: 4) }
        try statement.run()
    }
}

private let selectBody = "SELECT id, content FROM body WHERE hash = ? AND bytes = ?"

private let renewBody = "UPDATE body SET last_us = max(last_us, ?) WHERE id = ?"

private let refillBody = """
    UPDATE body SET content = ?1, last_us = max(last_us, ?2) WHERE id = ?3
    """

private let insertBody = """
    INSERT INTO body (content, last_us, hash, bytes) VALUES (?1, ?2, ?3, ?4)
    """
