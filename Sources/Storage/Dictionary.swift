import GRDB
import Model

/// Ids of the texts and contexts that repeat, as the writer has met them.
struct Dictionary: Sendable {
    private var texts: [String: Int64] = [:]
    private var contexts: [Context: Int64] = [:]
    private var audienceNames: [Int64: Int64] = [:]

    /// True if a name is not the one that an audience is known to have.
    mutating func learns(name: Int64, of audience: Int64) -> Bool {
        guard audienceNames[audience] != name else { return false }
        if audienceNames.count >= Self.limit { audienceNames.removeAll() }
        audienceNames[audience] = name
        return true
    }

    /// More than this and it is emptied: a stream of ever new texts must not fill the memory.
    private static let limit = 100_000

    mutating func id(of text: String, in db: Database) throws -> Int64 {
        if let id = texts[text] { return id }
        if texts.count >= Self.limit { texts.removeAll() }
        let insert = try db.cachedStatement(
            sql: "INSERT INTO text (value) VALUES (?) ON CONFLICT DO NOTHING")
        try insert.execute(arguments: [text])
        let select = try db.cachedStatement(sql: "SELECT id FROM text WHERE value = ?")
        guard let id = try Int64.fetchOne(select, arguments: [text]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a text has no id")
        }
        texts[text] = id
        return id
    }

    mutating func id(of text: String?, in db: Database) throws -> Int64? {
        guard let text else { return nil }
        return try id(of: text, in: db) as Int64
    }

    mutating func id(of context: Context, in db: Database) throws -> Int64 {
        if let id = contexts[context] { return id }
        if contexts.count >= Self.limit { contexts.removeAll() }
        var attributes = JSONText()
        attributes.object { json in
            for attribute in context.attributes { json.member(attribute.name, attribute.value) }
        }
        let segment = context.segment.description
        let insert = try RawStatement(
            """
            INSERT INTO context (segment, day, hour, device, geo, attributes)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """, in: db)
        insert.bind(segment, at: 1)
        insert.bind(context.day?.rawValue, at: 2)
        insert.bind(context.hour, at: 3)
        insert.bind(context.device, at: 4)
        insert.bind(context.geo, at: 5)
        insert.bind(attributes.text, at: 6)
        let isNew = try insert.run() == 1
        let id = isNew ? insert.lastInsertedRow : try knownID(ofContext: segment, in: db)
        contexts[context] = id
        return id
    }

    private func knownID(ofContext segment: String, in db: Database) throws -> Int64 {
        let select = try db.cachedStatement(sql: "SELECT id FROM context WHERE segment = ?")
        guard let id = try Int64.fetchOne(select, arguments: [segment]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a context has no id")
        }
        return id
    }
}

/// Texts and contexts by id, fetched once each while something is read.
struct Lookup {
    private var texts: [Int64: String] = [:]
    private var contexts: [Int64: Context] = [:]

    mutating func text(_ id: Int64, in db: Database) throws -> String {
        if let text = texts[id] { return text }
        let select = try db.cachedStatement(sql: "SELECT value FROM text WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [id]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "text \(id) is missing")
        }
        texts[id] = text
        return text
    }

    mutating func text(_ id: Int64?, in db: Database) throws -> String? {
        guard let id else { return nil }
        return try text(id, in: db) as String
    }

    mutating func context(_ id: Int64, in db: Database) throws -> Context {
        if let context = contexts[id] { return context }
        let select = try db.cachedStatement(sql: "SELECT segment FROM context WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [id]),
            let segment = Segment(text), let context = Context(segment)
        else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "context \(id) is missing")
        }
        contexts[id] = context
        return context
    }
}
