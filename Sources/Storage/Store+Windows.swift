import Foundation
import GRDB
package import Model

extension Store: WindowStore {
    /// The instant before which every window is rolled up; nil: none was closed yet.
    package func watermark() throws(StorageError) -> Instant? {
        try read("read the watermark of") { db in
            try Int64.fetchOne(db, sql: selectWatermark).map(Instant.init(microseconds:))
        }
    }

    /// Commits closed windows and the watermark in one transaction.
    package func commit(_ closed: ClosedWindows) throws(StorageError) -> Bool {
        try write("commit windows to") { db, dictionary in
            let present = try Int64.fetchOne(db, sql: selectWatermark)
            guard present == closed.former?.microseconds else { return false }
            try write(closed, in: db, &dictionary)
            try db.cachedStatement(sql: upsertWatermark).execute(arguments: [
                closed.watermark.microseconds
            ])
            // The former present is kept only where it is a snapshot.
            try db.cachedStatement(sql: deletePassed).execute(arguments: [
                closed.former?.microseconds, StateSnapshot.period,
            ])
            return true
        }
    }

    /// Commits windows that were closed once more: the watermark stays.
    package func replace(_ closed: ClosedWindows) throws(StorageError) {
        try write("commit windows to") { db, dictionary in
            try write(closed, in: db, &dictionary)
        }
    }

    private func write(
        _ closed: ClosedWindows, in db: Database, _ dictionary: inout Dictionary
    ) throws {
        let span: StatementArguments = [
            closed.span.since.microseconds, closed.span.until.microseconds,
        ]
        try save(closed.rollups, in: db, &dictionary)
        try db.cachedStatement(sql: deleteFindings).execute(arguments: span)
        try db.cachedStatement(sql: deleteStates).execute(arguments: span)
        for window in closed.findings {
            for (number, body) in window.findings.enumerated() {
                try db.cachedStatement(sql: insertFinding).execute(arguments: [
                    window.start.microseconds, number, body,
                ])
            }
        }
        for snapshot in closed.snapshots {
            var json = JSONText()
            snapshot.state.write(to: &json)
            try db.cachedStatement(sql: replaceState).execute(arguments: [
                snapshot.at.microseconds, json.text,
            ])
        }
        try save(closed.points, over: span, in: db, &dictionary)
        // Whatever was late for these windows is in them now.
        try db.cachedStatement(sql: deleteLate).execute(arguments: span)
    }

    /// Takes the watermark back to a snapshot; nil: no window is closed any more. Rows stay.
    package func rewind(
        to snapshot: StateSnapshot?, after former: Instant
    ) throws(StorageError) {
        try write("rewind") { db, _ in
            guard try Int64.fetchOne(db, sql: selectWatermark) == former.microseconds else {
                return
            }
            let at = snapshot?.at.microseconds
            try db.execute(
                sql: "DELETE FROM analysis_state WHERE ?1 IS NULL OR at_us > ?1", arguments: [at])
            try db.execute(
                sql: "DELETE FROM window_finding WHERE ?1 IS NULL OR start_us >= ?1",
                arguments: [at])
            try db.execute(
                sql: "DELETE FROM split_evidence WHERE ?1 IS NULL OR start_us >= ?1",
                arguments: [at])
            // Their windows are open again.
            try db.execute(
                sql: "DELETE FROM late_result WHERE ?1 IS NULL OR start_us >= ?1", arguments: [at])
            if let at {
                try db.execute(sql: upsertWatermark, arguments: [at])
            } else {
                try db.execute(sql: "DELETE FROM watermark")
            }
        }
    }

    /// The last state that is of an instant, or before it; nil: there is none.
    package func snapshot(at instant: Instant) throws(StorageError) -> StateSnapshot? {
        try read("read the analysis of") { db in
            try Row.fetchOne(db, sql: selectState, arguments: [instant.microseconds]).map { row in
                StateSnapshot(
                    at: Instant(microseconds: row[0]),
                    state: try decode(row[1]))
            }
        }
    }

    /// What was found in the windows that start within a span, those without a finding left out.
    package func windowFindings(in span: Span) throws(StorageError) -> [WindowFindings] {
        try read("read the findings of") { db in
            let rows = try Row.fetchCursor(
                db, sql: selectFindings,
                arguments: [span.since.microseconds, span.until.microseconds])
            var windows: [WindowFindings] = []
            while let row = try rows.next() {
                let start = Instant(microseconds: row[0])
                if windows.last?.start != start {
                    windows.append(WindowFindings(start: start, findings: []))
                }
                windows[windows.count - 1].findings.append(row[1])
            }
            return windows
        }
    }

    /// Results that came too late for their window, of windows that start within a span.
    package func lateResults(in span: Span) throws(StorageError) -> Int {
        try read("read the windows of") { db in
            try Int.fetchOne(
                db, sql: "SELECT sum(count) FROM late_result WHERE start_us >= ? AND start_us < ?",
                arguments: [span.since.microseconds, span.until.microseconds]) ?? 0
        }
    }
}

private func decode(_ body: String) throws -> AnalysisState {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(AnalysisState.self, from: Data(body.utf8))
}

private let selectWatermark = "SELECT at_us FROM watermark"

private let upsertWatermark = """
    INSERT INTO watermark (id, at_us) VALUES (1, ?)
    ON CONFLICT DO UPDATE SET at_us = excluded.at_us
    """

private let deletePassed = "DELETE FROM analysis_state WHERE at_us = ? AND at_us % ? <> 0"

private let replaceState = "INSERT OR REPLACE INTO analysis_state (at_us, body) VALUES (?, ?)"

private let selectState = """
    SELECT at_us, body FROM analysis_state WHERE at_us <= ? ORDER BY at_us DESC LIMIT 1
    """

private let deleteFindings = "DELETE FROM window_finding WHERE start_us >= ? AND start_us < ?"

private let deleteStates = "DELETE FROM analysis_state WHERE at_us > ? AND at_us < ?"

private let insertFinding =
    "INSERT OR REPLACE INTO window_finding (start_us, number, body) VALUES (?, ?, ?)"

private let selectFindings = """
    SELECT start_us, body FROM window_finding WHERE start_us >= ? AND start_us < ?
    ORDER BY start_us, number
    """

private let deleteLate = "DELETE FROM late_result WHERE start_us >= ? AND start_us < ?"
