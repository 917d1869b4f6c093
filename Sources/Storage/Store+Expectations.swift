import GRDB
package import Model

/// How expectations stand, cell by cell.
extension Store {
    /// Every cell of a plan at a target that was asked, of expectations that are stated now or were
    /// once.
    package func expectationCells(
        plan: String, target: String
    ) throws(StorageError) -> [ExpectationCell] {
        try read("read the expectations of") { db in
            var lookup = self.lookup.take()
            defer { self.lookup.put(lookup) }
            let rows = try Row.fetchCursor(db, sql: selectCells, arguments: [plan, target])
            var cells: [ExpectationCell] = []
            while let row = try rows.next() {
                cells.append(
                    ExpectationCell(
                        expectation: try lookup.text(row[0] as Int64, in: db),
                        context: try lookup.context(row[1], in: db), answers: row[2],
                        brokenAnswers: row[3], seenAt: Instant(microseconds: row[4]),
                        breach: breach(row)))
            }
            return cells
        }
    }

    /// Counts answers into their cells. What was due before a cell's last answer counts, and changes
    /// nothing else.
    func save(
        _ notes: [ExpectationNote], in db: Database, _ dictionary: inout Dictionary
    ) throws {
        guard !notes.isEmpty else { return }
        let upsert = try RawStatement(upsertCell, in: db)
        for note in notes {
            upsert.bind(try dictionary.id(of: note.key.plan, in: db) as Int64, at: 1)
            upsert.bind(try dictionary.id(of: note.key.target, in: db) as Int64, at: 2)
            upsert.bind(try dictionary.id(of: note.key.expectation, in: db) as Int64, at: 3)
            upsert.bind(try dictionary.id(of: note.key.context, in: db), at: 4)
            upsert.bind(note.at.microseconds, at: 5)
            upsert.bind(note.got, at: 6)
            try upsert.run()
        }
    }
}

private func breach(_ row: Row) -> ExpectationCell.Breach? {
    guard let since = row[5] as Int64?, let last = row[6] as Int64?, let got = row[8] as String?
    else { return nil }
    return ExpectationCell.Breach(
        since: Instant(microseconds: since), lastAt: Instant(microseconds: last),
        heldAt: (row[7] as Int64?).map { Instant(microseconds: $0) }, got: got)
}

private let selectCells = """
    SELECT expectation_id, context_id, answers, broken, seen_us, since_us, broken_us, held_us, got
    FROM expectation_cell
    WHERE plan_id = (SELECT id FROM text WHERE value = ?1)
    AND target_id = (SELECT id FROM text WHERE value = ?2)
    """

/// A breach begins with the first broken answer after one that held, or at all.
private let upsertCell = """
    INSERT INTO expectation_cell (
        plan_id, target_id, expectation_id, context_id, answers, broken, seen_us, since_us,
        broken_us, held_us, got)
    VALUES (
        ?1, ?2, ?3, ?4, 1, ?6 IS NOT NULL, ?5, iif(?6 IS NULL, NULL, ?5),
        iif(?6 IS NULL, NULL, ?5), NULL, ?6)
    ON CONFLICT DO UPDATE SET
        answers = answers + 1, broken = broken + excluded.broken,
        seen_us = max(seen_us, ?5),
        since_us = CASE
            WHEN ?6 IS NULL OR ?5 < seen_us OR since_us IS NOT NULL AND held_us IS NULL
            THEN since_us ELSE ?5 END,
        broken_us = iif(?6 IS NULL OR ?5 < seen_us, broken_us, ?5),
        held_us = CASE
            WHEN ?5 < seen_us THEN held_us
            WHEN ?6 IS NOT NULL THEN NULL
            ELSE iif(since_us IS NULL, NULL, coalesce(held_us, ?5)) END,
        got = iif(?6 IS NULL OR ?5 < seen_us, got, ?6)
    """
