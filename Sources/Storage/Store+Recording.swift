import GRDB
package import Model

extension Store {
    /// Commits results with all that follows from them, what was noticed in their answers, and
    /// the places their rounds have reached, in one transaction. Returns the places in the store's
    /// order of the observations that are now on disk.
    @discardableResult
    package func record(
        _ results: [ProbeResult], rounds: [RoundStatus], boot: String,
        noticed: AnswerNotes = AnswerNotes()
    ) throws(StorageError) -> [Int64] {
        try write("record") { db, dictionary in
            guard
                let bootID = try Int64.fetchOne(
                    db, sql: "SELECT id FROM boot WHERE name = ?", arguments: [boot])
            else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "begin(boot:) first") }
            var recording = try Recording(bootID: bootID, in: db, &dictionary)
            for result in results { try recording.add(result, &dictionary) }
            try recording.finish(&dictionary)
            try save(noticed, in: db, &dictionary)
            for round in rounds { try save(round, in: db, &dictionary) }
            return recording.seqs
        }
    }
}
