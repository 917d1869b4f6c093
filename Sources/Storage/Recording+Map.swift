import GRDB
import Model

/// A cell of the targeting map, in the order of its table.
struct CellKey: Hashable, Comparable, Sendable {
    let plan: Int64
    let target: Int64
    let experience: Int64
    let context: Int64

    static func < (a: Self, b: Self) -> Bool {
        (a.plan, a.target, a.experience, a.context) < (b.plan, b.target, b.experience, b.context)
    }
}

/// What a cell answers, and to whom.
struct MappedAnswer: Equatable, Sendable {
    let subject: Int64
    let outcome: Outcome
    let audience: Int64?
    let variation: Int64?
}

/// Whose variation is kept, in the order of its table.
struct AssignmentKey: Hashable, Comparable, Sendable {
    let plan: Int64
    let target: Int64
    let subject: String
    let experience: Int64
    let audience: Int64

    static func < (a: Self, b: Self) -> Bool {
        (a.plan, a.target, a.subject, a.experience, a.audience)
            < (b.plan, b.target, b.subject, b.experience, b.audience)
    }
}

/// What follows from the panel's answers: the targeting map and assignments. A change is written with
/// its result; a time that nothing but moves may wait for a later transaction, and is worked out from
/// rows if that never comes.
extension Recording {
    func mapCell(
        _ observation: Observation, of subject: Subject, at due: Int64, _ stretch: KnownStretch,
        _ stored: StoredResult, _ answer: KnownAnswer, _ dictionary: inout Dictionary
    ) throws {
        let key = CellKey(
            plan: stretch.plan, target: stretch.target, experience: answer.experience,
            context: stored.context)
        let own = MappedAnswer(
            subject: try dictionary.id(of: subject.label, in: db), outcome: observation.outcome,
            audience: answer.audience, variation: answer.variation)
        guard !dictionary.cells.see(key, own, at: due, in: stored.id) else { return }
        let seen = dictionary.cells.lastSeen(key)
        if try !map.touch(key, own, at: due) { try map.replace(key, own, at: due, seen: seen) }
        dictionary.cells.learn(key, own, at: due)
    }

    func assign(
        _ subject: Subject, at due: Int64, _ stretch: KnownStretch, _ stored: StoredResult,
        _ answer: KnownAnswer, _ dictionary: inout Dictionary
    ) throws {
        guard let audience = answer.audience, let variation = answer.variation else { return }
        let key = AssignmentKey(
            plan: stretch.plan, target: stretch.target, subject: subject.label,
            experience: answer.experience, audience: audience)
        guard !dictionary.assignments.see(key, variation, at: due, in: stored.id) else { return }
        try map.assign(key, variation, at: due)
        dictionary.assignments.learn(key, variation, at: due)
    }
}

/// The statements that write the map and assignments.
struct MapWriter {
    private let db: Database
    private let touchTargeting: RawStatement
    private let touchAssignment: RawStatement
    private let upsertAssignment: RawStatement

    init(in db: Database) throws {
        self.db = db
        touchTargeting = try RawStatement(touchTargetingSQL, in: db)
        touchAssignment = try RawStatement(touchAssignmentSQL, in: db)
        upsertAssignment = try RawStatement(upsertAssignmentSQL, in: db)
    }

    /// False: the cell is not there, or answers something else.
    func touch(_ key: CellKey, _ answer: MappedAnswer, at us: Int64) throws -> Bool {
        bind(touchTargeting, key, answer, at: us)
        return try touchTargeting.run() > 0
    }

    /// `seen`: when the former answer was last given, where that is not written yet.
    func replace(
        _ key: CellKey, _ answer: MappedAnswer, at us: Int64, seen: Int64?
    ) throws {
        for sql in [keepTargetingSQL, replaceTargetingSQL] {
            let statement = try RawStatement(sql, in: db)
            bind(statement, key, answer, at: us)
            statement.bind(seen, at: 10)
            try statement.run()
        }
    }

    /// False: there is none of this variation.
    func touch(_ key: AssignmentKey, _ variation: Int64, at us: Int64) throws -> Bool {
        bind(touchAssignment, key, variation, at: us)
        return try touchAssignment.run() > 0
    }

    func assign(_ key: AssignmentKey, _ variation: Int64, at us: Int64) throws {
        bind(upsertAssignment, key, variation, at: us)
        try upsertAssignment.run()
    }

    /// A statement takes what it names; the rest is not bound.
    private func bind(
        _ statement: RawStatement, _ key: CellKey, _ answer: MappedAnswer, at us: Int64
    ) {
        statement.bind(key.plan, at: 1)
        statement.bind(key.target, at: 2)
        statement.bind(key.experience, at: 3)
        statement.bind(key.context, at: 4)
        statement.bind(answer.outcome.rawValue, at: 5)
        statement.bind(answer.audience, at: 6)
        statement.bind(answer.variation, at: 7)
        statement.bind(us, at: 8)
        statement.bind(answer.subject, at: 9)
    }

    private func bind(
        _ statement: RawStatement, _ key: AssignmentKey, _ variation: Int64, at us: Int64
    ) {
        statement.bind(key.plan, at: 1)
        statement.bind(key.target, at: 2)
        statement.bind(key.subject, at: 3)
        statement.bind(key.experience, at: 4)
        statement.bind(key.audience, at: 5)
        statement.bind(variation, at: 6)
        statement.bind(us, at: 7)
    }
}

extension Dictionary {
    /// Once a transaction: writes the times that are its part, and from which result on some wait.
    mutating func saveLastSeen(_ map: MapWriter, in db: Database) throws {
        try cells.take(map.touch)
        try assignments.take(map.touch)
        try saveWaiting(in: db)
    }

    /// Writes all times that wait.
    mutating func saveAllLastSeen(in db: Database) throws {
        let map = try MapWriter(in: db)
        try cells.takeAll(map.touch)
        try assignments.takeAll(map.touch)
        try saveWaiting(in: db)
    }

    private mutating func saveWaiting(in db: Database) throws {
        let since = [cells.since, assignments.since].compactMap { $0 }.min()
        guard since != unwrittenSince else { return }
        if let since {
            try db.cachedStatement(sql: upsertUnwritten).execute(arguments: [String(since)])
        } else {
            try db.execute(sql: "DELETE FROM meta WHERE key = 'map_unwritten_since'")
        }
        unwrittenSince = since
    }

    /// Works out from rows the times that a writer before this one left waiting.
    mutating func restoreLastSeen(in db: Database) throws {
        guard !isMapWhole else { return }
        let since = try String.fetchOne(
            db, sql: "SELECT value FROM meta WHERE key = 'map_unwritten_since'")
        if let since = since.flatMap({ Int64($0) }) {
            try db.execute(sql: restoreTargetingSQL, arguments: [since])
            try db.execute(sql: restoreAssignmentSQL, arguments: [since])
            try db.execute(sql: "DELETE FROM meta WHERE key = 'map_unwritten_since'")
        }
        isMapWhole = true
    }
}

private let upsertUnwritten = """
    INSERT INTO meta (key, value) VALUES ('map_unwritten_since', ?)
    ON CONFLICT DO UPDATE SET value = excluded.value
    """

/// The cell's answer is the one that it had: only when it was last seen changes.
private let touchTargetingSQL = """
    UPDATE targeting SET seen_us = ?8, subject_id = ?9
    WHERE plan_id = ?1 AND target_id = ?2 AND experience_id = ?3 AND context_id = ?4
    AND outcome = ?5 AND audience_id IS ?6 AND variation_id IS ?7
    AND (subject_id IS NULL OR subject_id = ?9)
    """

/// What the cell answered until now, if it was asked before, becomes history.
private let keepTargetingSQL = """
    INSERT OR REPLACE INTO targeting_former (
        plan_id, target_id, experience_id, context_id, since_us, until_us, outcome, audience_id,
        variation_id, subject_id, seen_us)
    SELECT plan_id, target_id, experience_id, context_id, since_us, max(since_us, ?8), outcome,
        audience_id, variation_id, subject_id, coalesce(?10, seen_us)
    FROM targeting
    WHERE plan_id = ?1 AND target_id = ?2 AND experience_id = ?3 AND context_id = ?4
    """

/// A new cell, or another answer: the one that it had becomes the one before.
private let replaceTargetingSQL = """
    INSERT INTO targeting (
        plan_id, target_id, experience_id, context_id, outcome, audience_id, variation_id,
        since_us, seen_us, subject_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)
    ON CONFLICT DO UPDATE SET
        before_outcome = outcome,
        before_audience_id = audience_id,
        before_variation_id = variation_id,
        outcome = excluded.outcome,
        audience_id = excluded.audience_id,
        variation_id = excluded.variation_id,
        since_us = excluded.since_us,
        seen_us = excluded.seen_us,
        subject_id = excluded.subject_id
    """

private let touchAssignmentSQL = """
    UPDATE assignment SET last_us = ?7
    WHERE plan_id = ?1 AND target_id = ?2 AND subject = ?3 AND experience_id = ?4
    AND audience_id = ?5 AND variation_id = ?6
    """

private let upsertAssignmentSQL = """
    INSERT INTO assignment (
        plan_id, target_id, subject, experience_id, audience_id, variation_id, first_us, last_us,
        changes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 0)
    ON CONFLICT DO UPDATE SET
        changes = changes + (variation_id <> excluded.variation_id),
        variation_id = excluded.variation_id,
        last_us = excluded.last_us
    """

/// When each cell last gave the answer that it has, in the rows from one on. Of a group with max(),
/// SQLite takes the other columns from the row that has it.
private let restoreTargetingSQL = """
    UPDATE targeting SET seen_us = l.due_us FROM (
        SELECT s.plan_id, s.target_id, a.experience_id, r.context_id, x.value AS outcome,
            a.audience_id, a.variation_id, s.origin_us + r.after_us AS due_us, max(o.seq)
        FROM observation AS o JOIN result AS r ON r.id = o.result_id
        JOIN stretch AS s ON s.id = r.stretch_id JOIN exchange AS g ON g.id = r.exchange_id
        JOIN answer AS a ON a.id = o.answer_id JOIN text AS w ON w.id = g.population_id
        JOIN text AS x ON x.id = a.outcome_id
        WHERE o.seq >= ? AND w.value = 'panel' AND x.value IN ('served', 'unmatched')
        AND g.maintenance = 0
        GROUP BY 1, 2, 3, 4, 5, 6, 7
    ) AS l
    WHERE targeting.plan_id = l.plan_id AND targeting.target_id = l.target_id
    AND targeting.experience_id = l.experience_id AND targeting.context_id = l.context_id
    AND targeting.outcome = l.outcome AND targeting.audience_id IS l.audience_id
    AND targeting.variation_id IS l.variation_id
    """

private let restoreAssignmentSQL = """
    UPDATE assignment SET last_us = l.due_us FROM (
        SELECT s.plan_id, s.target_id,
            CASE typeof(r.subject) WHEN 'blob' THEN z.value || lower(hex(r.subject))
                ELSE r.subject END AS subject,
            a.experience_id, a.audience_id, a.variation_id,
            s.origin_us + r.after_us AS due_us, max(o.seq)
        FROM observation AS o JOIN result AS r ON r.id = o.result_id
        JOIN stretch AS s ON s.id = r.stretch_id JOIN exchange AS g ON g.id = r.exchange_id
        JOIN answer AS a ON a.id = o.answer_id JOIN text AS w ON w.id = g.population_id
        JOIN text AS x ON x.id = a.outcome_id
        LEFT JOIN text AS z ON z.id = g.subject_prefix_id
        WHERE o.seq >= ? AND w.value = 'panel' AND x.value IN ('served', 'unmatched')
        AND g.maintenance = 0
        GROUP BY 1, 2, 3, 4, 5, 6
    ) AS l
    WHERE assignment.plan_id = l.plan_id AND assignment.target_id = l.target_id
    AND assignment.subject = l.subject AND assignment.experience_id = l.experience_id
    AND assignment.audience_id = l.audience_id AND assignment.variation_id = l.variation_id
    """
