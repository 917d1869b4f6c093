import GRDB
import Model

/// Ids of the texts and contexts that repeat, as the writer has met them.
struct Dictionary: Sendable {
    private var texts: [String: Int64] = [:]
    private var contexts: [Context: Int64] = [:]
    private var audienceNames: [Int64: Int64] = [:]
    var countKeys: [CountKey: Int64] = [:]
    var bodies = KnownBodies()
    var exchanges: [ExchangeKey: Int64] = [:]
    var answers: [Observation: KnownAnswer] = [:]
    /// Of contents that came in too many kinds, by an answer without any: the last of them.
    var crowdedAnswers: [Observation: KnownAnswer] = [:]
    /// Nearly always that of the next result as well.
    var lastStretch: (boot: Int64, identity: ProbeIdentity, stretch: KnownStretch)?
    /// Nil: it must be asked of the store.
    var nextPlace: Int64?
    var cells = LastSeen<CellKey, MappedAnswer>()
    var assignments = LastSeen<AssignmentKey, Int64>()
    /// The first result whose times wait, as the store keeps it; nil: none wait.
    var unwrittenSince: Int64?
    /// False: a writer before this one may have left times waiting.
    var isMapWhole = false
    /// The batch that the next results join.
    var openBatch: OpenBatch?

    /// True if a name is not the one that an audience is known to have.
    mutating func learns(name: Int64, of audience: Int64) -> Bool {
        guard audienceNames[audience] != name else { return false }
        if audienceNames.count >= Self.limit { audienceNames.removeAll() }
        audienceNames[audience] = name
        return true
    }

    /// More than this and it is emptied: a stream of ever new texts must not fill the memory.
    static let limit = 100_000
    /// So many contents of an answer are told apart by rows of their own.
    static let contentLimit = 64

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
        let id = isNew ? db.lastInsertedRowID : try knownID(ofContext: segment, in: db)
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
