import GRDB
package import Model

extension Store {
    /// How every target was, as last recorded, by name.
    package func targetStatuses() throws(StorageError) -> [String: TargetStatus] {
        try read("read the targets of") { db in
            let rows = try Row.fetchAll(db, sql: selectTargets)
            return Swift.Dictionary(
                rows.compactMap { row -> (String, TargetStatus)? in
                    guard let state = TargetCondition.State(rawValue: row["state"]) else {
                        return nil
                    }
                    let condition = TargetCondition(
                        state: state, since: Instant(microseconds: row["since_us"]),
                        until: (row["until_us"] as Int64?).map(Instant.init(microseconds:)),
                        reason: (row["reason"] as String?).map(Reason.init(rawValue:)))
                    let expiry = (row["certificate_expiry_us"] as Int64?).map(
                        Instant.init(microseconds:))
                    let name: String = row["target"]
                    return (
                        name,
                        TargetStatus(target: name, condition: condition, certificateExpiry: expiry)
                    )
                }, uniquingKeysWith: { $1 })
        }
    }

    /// Saves how a target is now.
    package func save(_ status: TargetStatus) throws(StorageError) {
        try write("save a target's condition in") { db, dictionary in
            try db.cachedStatement(sql: replaceTarget).execute(arguments: [
                try dictionary.id(of: status.target, in: db) as Int64,
                status.condition.state.rawValue, status.condition.since.microseconds,
                status.condition.until?.microseconds,
                try dictionary.id(of: status.condition.reason?.rawValue, in: db),
                status.certificateExpiry?.microseconds,
            ])
        }
    }

    /// Saves what a target's metadata lists at an instant; what it lists no more loses its status.
    package func save(
        listed: [ExperienceStatus], of target: String, at instant: Instant
    ) throws(StorageError) {
        try write("save metadata in") { db, dictionary in
            let targetID: Int64 = try dictionary.id(of: target, in: db)
            for entry in listed {
                try db.cachedStatement(sql: upsertStatus).execute(arguments: [
                    targetID, try dictionary.id(of: entry.key, in: db) as Int64,
                    try dictionary.id(of: entry.name, in: db), entry.status,
                    instant.microseconds,
                ])
            }
            try db.execute(
                sql: """
                    UPDATE experience_status SET status = NULL, since_us = ?2, seen_us = ?2
                    WHERE target_id = ?1 AND seen_us < ?2 AND status IS NOT NULL
                    """, arguments: [targetID, instant.microseconds])
        }
    }

    /// What metadata last listed of a target, by key.
    package func experienceStatuses(
        of target: String
    ) throws(StorageError) -> [ExperienceStatus] {
        try read("read the metadata of") { db in
            try Row.fetchAll(db, sql: selectStatuses, arguments: [target]).map { row in
                ExperienceStatus(
                    target: target, key: row["key"], name: row["name"], status: row["status"],
                    since: Instant(microseconds: row["since_us"]),
                    seenAt: Instant(microseconds: row["seen_us"]))
            }
        }
    }

    /// When the experiences of a plan at a target were last answered for and served.
    package func sightings(
        plan: String, target: String
    ) throws(StorageError) -> [ExperienceSighting] {
        try read("read the experiences of") { db in
            try Row.fetchAll(db, sql: selectSightings, arguments: [plan, target]).map { row in
                ExperienceSighting(
                    plan: plan, target: target, experience: row["experience"],
                    answeredAt: Instant(microseconds: row["answered_us"]),
                    servedAt: (row["served_us"] as Int64?).map(Instant.init(microseconds:)))
            }
        }
    }
}

private let selectTargets = """
    SELECT t.value AS target, state, since_us, until_us, r.value AS reason, certificate_expiry_us
    FROM target_status AS s JOIN text AS t ON t.id = s.target_id
    LEFT JOIN text AS r ON r.id = s.reason_id
    """

private let replaceTarget = """
    INSERT INTO target_status (
        target_id, state, since_us, until_us, reason_id, certificate_expiry_us)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        state = excluded.state, since_us = excluded.since_us, until_us = excluded.until_us,
        reason_id = excluded.reason_id,
        certificate_expiry_us = coalesce(excluded.certificate_expiry_us, certificate_expiry_us)
    """

private let upsertStatus = """
    INSERT INTO experience_status (target_id, experience_id, name_id, status, since_us, seen_us)
    VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT DO UPDATE SET
        name_id = excluded.name_id,
        since_us = CASE WHEN status IS excluded.status THEN since_us ELSE excluded.since_us END,
        status = excluded.status, seen_us = excluded.seen_us
    """

private let selectStatuses = """
    SELECT e.value AS key, n.value AS name, status, since_us, seen_us
    FROM experience_status AS s JOIN text AS t ON t.id = s.target_id
    JOIN text AS e ON e.id = s.experience_id LEFT JOIN text AS n ON n.id = s.name_id
    WHERE t.value = ? ORDER BY e.value
    """

private let selectSightings = """
    SELECT e.value AS experience, answered_us, served_us
    FROM experience_sighting AS s JOIN text AS p ON p.id = s.plan_id
    JOIN text AS t ON t.id = s.target_id JOIN text AS e ON e.id = s.experience_id
    WHERE p.value = ? AND t.value = ? ORDER BY e.value
    """
