import GRDB
package import Model

extension Store {
    /// Begins a round and assigns to it the failed cohort probes that wait, oldest first. Called
    /// again for a round that was interrupted, it returns the very same list.
    package func startRound(_ round: RoundStatus) throws(StorageError) -> [CarriedProbe] {
        try write("start a round in") { db, dictionary in
            let plan: Int64 = try dictionary.id(of: round.plan, in: db)
            let target: Int64 = try dictionary.id(of: round.target, in: db)
            let isNew =
                try Int.fetchOne(
                    db,
                    sql: "SELECT 1 FROM round WHERE plan_id = ? AND target_id = ? AND number = ?",
                    arguments: [plan, target, round.number]) == nil
            if isNew {
                try save(round, in: db, &dictionary)
                try db.execute(
                    sql: """
                        DELETE FROM cohort_pending
                        WHERE plan_id = ? AND target_id = ? AND state = 'answered'
                        """, arguments: [plan, target])
                // A round that was closed as incomplete may leave probes that it never asked.
                try db.execute(
                    sql: """
                        UPDATE cohort_pending SET state = 'assigned', round = ?
                        WHERE plan_id = ? AND target_id = ? AND state IN ('waiting', 'assigned')
                        """, arguments: [round.number, plan, target])
            }
            return try carried(plan: plan, target: target, round: round.number, in: db)
        }
    }

    /// The last round of a plan that began; nil: none did.
    package func lastRound(plan: String, target: String) throws(StorageError) -> RoundStatus? {
        try rounds(plan: plan, target: target, where: { _ in true }, limit: 1).first
    }

    /// The rounds of a plan that have begun and not ended, the first first.
    package func openRounds(plan: String, target: String) throws(StorageError) -> [RoundStatus] {
        try rounds(plan: plan, target: target, where: { $0 == .running }, limit: .max).reversed()
    }

    /// The last round of a plan that asked all it had to; nil: none has.
    package func lastWholeRound(plan: String, target: String) throws(StorageError) -> RoundStatus? {
        try rounds(plan: plan, target: target, where: { $0 == .complete }, limit: 1).first
    }

    /// Rounds in some states, the last first. Reads on until it has as many as wanted: few rounds
    /// are running, and the last whole one is near the end.
    private func rounds(
        plan: String, target: String, where isWanted: (RoundStatus.State) -> Bool, limit: Int
    ) throws(StorageError) -> [RoundStatus] {
        try read("read the rounds of") { db in
            let rows = try Row.fetchCursor(db, sql: selectRounds, arguments: [plan, target])
            var rounds: [RoundStatus] = []
            var scanned = 0
            while rounds.count < limit, scanned < roundScanLimit, let row = try rows.next() {
                scanned += 1
                let state = RoundStatus.State(rawValue: row["state"]) ?? .incomplete
                guard isWanted(state) else { continue }
                rounds.append(try status(row, plan: plan, target: target, state: state, in: db))
            }
            return rounds
        }
    }

    private func status(
        _ row: Row, plan: String, target: String, state: RoundStatus.State, in db: Database
    ) throws -> RoundStatus {
        var status = RoundStatus(
            plan: plan, target: target, number: row["number"],
            startedAt: Instant(microseconds: row["started_us"]), probes: row["probes"],
            position: row["position"], state: state, cohortSubjects: row["cohort_subjects"],
            cohortUsed: row["cohort_used"], fingerprint: row["fingerprint"])
        let drops = try Row.fetchAll(
            db,
            sql: """
                SELECT cause, count FROM round_drop
                WHERE plan_id = ? AND target_id = ? AND number = ?
                """,
            arguments: [row["plan_id"] as Int64, row["target_id"] as Int64, status.number])
        for drop in drops { status.dropped[drop["cause"]] = drop["count"] }
        return status
    }

    /// Saves how a round stands.
    package func finishRound(_ round: RoundStatus) throws(StorageError) {
        try write("finish a round in") { db, dictionary in
            try save(round, in: db, &dictionary)
        }
    }

    /// The indices of a round whose results are stored.
    package func storedIndices(
        plan: String, target: String, round: Int
    ) throws(StorageError) -> Set<Int> {
        try read("read the rounds of") { db in
            let stretches = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, first_id FROM stretch
                    WHERE plan_id = (SELECT id FROM text WHERE value = ?)
                    AND target_id = (SELECT id FROM text WHERE value = ?) AND round = ?
                    """, arguments: [plan, target, round])
            guard let first = stretches.map({ $0[1] as Int64 }).min() else { return [] }
            let ids = stretches.map { String($0[0] as Int64) }.joined(separator: ", ")
            return try Int.fetchSet(
                db, sql: "SELECT \"index\" FROM result WHERE id >= ? AND stretch_id IN (\(ids))",
                arguments: [first])
        }
    }

    /// How many cohort subjects of a plan were asked, each counted at its first try; on one UTC
    /// day, or ever.
    package func cohortSubjectsUsed(
        plan: String, target: String, onDay dayNumber: Int64? = nil
    ) throws(StorageError) -> Int {
        let start = (dayNumber ?? 0) * Instant.microsecondsPerDay
        let end = dayNumber == nil ? Int64.max : start + Instant.microsecondsPerDay
        return try read("count the cohort of") { db in
            try Int.fetchOne(
                db, sql: countCohort, arguments: [plan, target, start, end, start, end]) ?? 0
        }
    }

    func save(_ round: RoundStatus, in db: Database, _ dictionary: inout Dictionary) throws {
        let plan: Int64 = try dictionary.id(of: round.plan, in: db)
        let target: Int64 = try dictionary.id(of: round.target, in: db)
        try db.cachedStatement(sql: upsertRound).execute(arguments: [
            plan, target, round.number, round.startedAt.microseconds, round.probes,
            round.position, round.state.rawValue, round.cohortSubjects, round.cohortUsed,
            round.fingerprint,
        ])
        for (cause, count) in round.dropped {
            try db.cachedStatement(sql: upsertDrop).execute(arguments: [
                plan, target, round.number, cause, count,
            ])
        }
    }

    private func carried(
        plan: Int64, target: Int64, round: Int, in db: Database
    ) throws -> [CarriedProbe] {
        var lookup = Lookup()
        // A probe that failed again in this round is 'waiting' and one attempt further; its
        // place in the list stays, so that positions mean the same after a restart.
        return try Row.fetchAll(
            db,
            sql: """
                SELECT subject, context_id, experiences, attempt, state FROM cohort_pending
                WHERE plan_id = ? AND target_id = ? AND round = ? ORDER BY id
                """, arguments: [plan, target, round]
        ).map { row in
            let attempt: Int = row["attempt"]
            let wasAsked = row["state"] as String != "assigned"
            return CarriedProbe(
                label: row["subject"], context: try lookup.context(row["context_id"], in: db),
                experiences: (row["experiences"] as String).split(separator: "\n").map(String.init),
                attempt: wasAsked ? attempt - 1 : attempt)
        }
    }
}

/// A round that runs is among the last ones: no more are looked at.
private let roundScanLimit = 1_000

private let selectRounds = """
    SELECT r.* FROM round AS r
    JOIN text AS p ON p.id = r.plan_id JOIN text AS t ON t.id = r.target_id
    WHERE p.value = ? AND t.value = ? ORDER BY number DESC
    """

private let upsertRound = """
    INSERT INTO round (
        plan_id, target_id, number, started_us, probes, position, state, cohort_subjects,
        cohort_used, fingerprint)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        probes = excluded.probes, position = excluded.position, state = excluded.state
    """

private let upsertDrop = """
    INSERT INTO round_drop (plan_id, target_id, number, cause, count) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = excluded.count
    """

/// The batches first: they say which rows there are to be read.
private let countCohort = """
    SELECT count(*) FROM (
        SELECT DISTINCT r.subject, x.subject_prefix_id
        FROM batch AS b CROSS JOIN result AS r ON r.id BETWEEN b.first_id AND b.last_id
        JOIN stretch AS s ON s.id = r.stretch_id JOIN exchange AS x ON x.id = r.exchange_id
        WHERE s.plan_id = (SELECT id FROM text WHERE value = ?)
        AND s.target_id = (SELECT id FROM text WHERE value = ?)
        AND b.last_due_us >= ? AND b.first_due_us < ?
        AND s.origin_us + r.after_us >= ? AND s.origin_us + r.after_us < ?
        AND x.attempt = 0
        AND x.population_id = (SELECT id FROM text WHERE value = 'cohort'))
    """
