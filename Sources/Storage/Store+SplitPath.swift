import Foundation
import GRDB
package import Model

/// The path of each split's sequential test, as closed windows left it.
extension Store {
    /// The points of a span, in time, of one plan at a target; of one experience or all.
    package func splitPath(
        in span: Span, plan: String, target: String, experience: String? = nil
    ) throws(StorageError) -> [SplitPoint] {
        try read("read the evidence of") { db in
            try Row.fetchAll(
                db, sql: selectPath,
                arguments: [
                    span.since.microseconds, span.until.microseconds, plan, target, experience,
                ]
            ).map { row in
                SplitPoint(
                    start: Instant(microseconds: row[0]), target: target, plan: plan,
                    experience: row[1], audience: row[2], since: Instant(microseconds: row[3]),
                    epoch: row[4],
                    arms: try JSONDecoder().decode(
                        [String: Int].self, from: Data((row[5] as String).utf8)),
                    lnE: row[6] as Double? ?? .infinity, lnEMax: row[7] as Double? ?? .infinity)
            }
        }
    }

    /// Writes what windows of a span left, instead of what they left before.
    func save(
        _ points: [SplitPoint], over span: StatementArguments, in db: Database,
        _ dictionary: inout Dictionary
    ) throws {
        try db.cachedStatement(sql: deletePath).execute(arguments: span)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for point in points {
            let arms = String(decoding: try encoder.encode(point.arms), as: UTF8.self)
            try db.cachedStatement(sql: insertPoint).execute(arguments: [
                point.start.microseconds, try dictionary.id(of: point.plan, in: db) as Int64,
                try dictionary.id(of: point.target, in: db) as Int64,
                try dictionary.id(of: point.experience, in: db) as Int64,
                try dictionary.id(of: point.audience, in: db) as Int64,
                point.since.microseconds, point.epoch, arms,
                point.lnE.isFinite ? point.lnE : nil, point.lnEMax.isFinite ? point.lnEMax : nil,
            ])
        }
    }
}

private let deletePath = "DELETE FROM split_evidence WHERE start_us >= ? AND start_us < ?"

private let insertPoint = """
    INSERT OR REPLACE INTO split_evidence (
        start_us, plan_id, target_id, experience_id, audience_id, since_us, epoch, arms, ln_e,
        ln_e_max)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

private let selectPath = """
    SELECT s.start_us, e.value, a.value, s.since_us, s.epoch, s.arms, s.ln_e, s.ln_e_max
    FROM split_evidence AS s JOIN text AS e ON e.id = s.experience_id
    JOIN text AS a ON a.id = s.audience_id
    WHERE s.start_us >= ?1 AND s.start_us < ?2
    AND s.plan_id = (SELECT id FROM text WHERE value = ?3)
    AND s.target_id = (SELECT id FROM text WHERE value = ?4)
    AND (?5 IS NULL OR e.value = ?5)
    ORDER BY s.start_us, e.value, a.value
    """
