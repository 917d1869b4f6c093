import GRDB
package import Model

/// What one round brought: its results, what was noticed in their answers, where it stands.
package struct RecordedBatch: Sendable {
    package var results: [ProbeResult]
    package var rounds: [RoundStatus]
    package var noticed: AnswerNotes

    package init(
        results: [ProbeResult], rounds: [RoundStatus], noticed: AnswerNotes = AnswerNotes()
    ) {
        self.results = results
        self.rounds = rounds
        self.noticed = noticed
    }
}

extension Store {
    /// Commits results with all that follows from them, what was noticed in their answers, and
    /// the places their rounds have reached, in one transaction. Returns, for each batch, the places
    /// in the store's order of the observations that are now on disk.
    package func record(
        _ batches: [RecordedBatch], boot: String
    ) throws(StorageError) -> [[Int64]] {
        try write("record") { db, dictionary in
            guard
                let bootID = try Int64.fetchOne(
                    db, sql: "SELECT id FROM boot WHERE name = ?", arguments: [boot])
            else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "begin(boot:) first") }
            var recording = try Recording(bootID: bootID, in: db, &dictionary)
            var seqs: [[Int64]] = []
            for batch in batches {
                for result in batch.results { try recording.add(result, &dictionary) }
                seqs.append(recording.takeSeqs())
                try save(batch.noticed, in: db, &dictionary)
                for round in batch.rounds { try save(round, in: db, &dictionary) }
            }
            try recording.finish(&dictionary)
            return seqs
        }
    }

    /// The same for one batch.
    @discardableResult
    package func record(
        _ results: [ProbeResult], rounds: [RoundStatus], boot: String,
        noticed: AnswerNotes = AnswerNotes()
    ) throws(StorageError) -> [Int64] {
        let batch = RecordedBatch(results: results, rounds: rounds, noticed: noticed)
        return try record([batch], boot: boot).first ?? []
    }
}
