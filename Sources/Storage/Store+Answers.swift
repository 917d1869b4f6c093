import GRDB
package import Model

extension Store {
    /// What is known of answers, by key.
    package func answerProfiles() throws(StorageError) -> [AnswerKey: AnswerProfile] {
        try read("read the answers of") { db in
            let rows = try Row.fetchAll(db, sql: selectProfiles)
            return Swift.Dictionary(
                rows.map { row in
                    (
                        answerKey(row),
                        AnswerProfile(shape: row["shape"], fingerprint: row["fingerprint"])
                    )
                }, uniquingKeysWith: { $1 })
        }
    }

    /// What was noticed in the answers of a plan at a target and last seen at or after an instant,
    /// the last first.
    package func answerNotices(
        plan: String, target: String, since: Instant
    ) throws(StorageError) -> [AnswerNotice] {
        try read("read the answers of") { db in
            try Row.fetchAll(
                db, sql: selectNotices, arguments: [plan, target, since.microseconds]
            ).compactMap { row in
                AnswerNotice.Kind(rawValue: row["kind"]).map { kind in
                    AnswerNotice(
                        key: answerKey(row), kind: kind,
                        firstAt: Instant(microseconds: row["first_us"]),
                        lastAt: Instant(microseconds: row["last_us"]), count: row["count"],
                        detail: row["detail"])
                }
            }
        }
    }

    func save(
        _ noticed: AnswerNotes, in db: Database, _ dictionary: inout Dictionary
    ) throws {
        for (key, profile) in noticed.profiles {
            let words = try identity(of: key, in: db, &dictionary)
            try db.cachedStatement(sql: replaceProfile).execute(
                arguments: words + [profile.shape, profile.fingerprint])
        }
        for notice in noticed.notices {
            let words = try identity(of: notice.key, in: db, &dictionary)
            try db.cachedStatement(sql: upsertNotice).execute(
                arguments: words + [
                    notice.kind.rawValue, notice.firstAt.microseconds, notice.lastAt.microseconds,
                    notice.count, notice.detail,
                ])
        }
        try save(noticed.expectations, in: db, &dictionary)
    }

    private func identity(
        of key: AnswerKey, in db: Database, _ dictionary: inout Dictionary
    ) throws -> StatementArguments {
        [
            try dictionary.id(of: key.target, in: db) as Int64,
            try dictionary.id(of: key.plan, in: db) as Int64,
            try dictionary.id(of: key.experience, in: db) as Int64,
            try dictionary.id(of: key.audience ?? "", in: db) as Int64,
            try dictionary.id(of: key.variation ?? "", in: db) as Int64,
        ]
    }
}

private func answerKey(_ row: Row) -> AnswerKey {
    let audience: String = row["audience"]
    let variation: String = row["variation"]
    return AnswerKey(
        target: row["target"], plan: row["plan"], experience: row["experience"],
        audience: audience.isEmpty ? nil : audience,
        variation: variation.isEmpty ? nil : variation)
}

private let selectProfiles = """
    SELECT t.value AS target, p.value AS plan, e.value AS experience, a.value AS audience,
        v.value AS variation, shape, fingerprint
    FROM answer_profile AS f JOIN text AS t ON t.id = f.target_id
    JOIN text AS p ON p.id = f.plan_id JOIN text AS e ON e.id = f.experience_id
    JOIN text AS a ON a.id = f.audience_id JOIN text AS v ON v.id = f.variation_id
    """

private let selectNotices = """
    SELECT t.value AS target, p.value AS plan, e.value AS experience, a.value AS audience,
        v.value AS variation, kind, first_us, last_us, count, detail
    FROM answer_notice AS n JOIN text AS t ON t.id = n.target_id
    JOIN text AS p ON p.id = n.plan_id JOIN text AS e ON e.id = n.experience_id
    JOIN text AS a ON a.id = n.audience_id JOIN text AS v ON v.id = n.variation_id
    WHERE p.value = ? AND t.value = ? AND last_us >= ? ORDER BY last_us DESC, e.value, kind
    """

private let replaceProfile = """
    INSERT INTO answer_profile (
        target_id, plan_id, experience_id, audience_id, variation_id, shape, fingerprint)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET shape = excluded.shape, fingerprint = excluded.fingerprint
    """

private let upsertNotice = """
    INSERT INTO answer_notice (
        target_id, plan_id, experience_id, audience_id, variation_id, kind, first_us, last_us,
        count, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us),
        count = count + excluded.count, detail = excluded.detail
    """
