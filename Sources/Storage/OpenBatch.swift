import GRDB

/// Results that stand one after the other, until they are enough.
struct OpenBatch: Sendable {
    let firstID: Int64
    private(set) var lastID: Int64
    private(set) var results = 0
    private(set) var observations = 0
    private(set) var firstDueUs: Int64
    private(set) var lastDueUs: Int64
    private(set) var checksum = BatchChecksum()

    /// After so many results, the next one begins another batch.
    static let limit = 1_000

    init(firstID: Int64, firstDueUs: Int64) {
        self.firstID = firstID
        lastID = firstID
        self.firstDueUs = firstDueUs
        lastDueUs = firstDueUs
    }

    mutating func add(_ result: StoredResult, dueUs: Int64, observations count: Int) {
        lastID = result.id + result.places - 1
        results += 1
        observations += count
        firstDueUs = min(firstDueUs, dueUs)
        lastDueUs = max(lastDueUs, dueUs)
        checksum.add(result)
    }

    func save(in db: Database) throws {
        try db.cachedStatement(sql: upsertBatch).execute(arguments: [
            firstID, lastID, results, observations, firstDueUs, lastDueUs, checksum.value,
        ])
    }
}

private let upsertBatch = """
    INSERT INTO batch (
        first_id, last_id, results, observations, first_due_us, last_due_us, checksum)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        last_id = excluded.last_id, results = excluded.results,
        observations = excluded.observations, first_due_us = excluded.first_due_us,
        last_due_us = excluded.last_due_us, checksum = excluded.checksum
    """

/// A running hash of a batch's integers in their order. It finds a flipped bit, which SQLite does
/// not see; it does not defend against who can compute it.
struct BatchChecksum {
    private(set) var value: Int64 = 0

    mutating func add(_ result: StoredResult) {
        add(result.id)
        add(result.stretch)
        add(result.index)
        add(result.context)
        add(result.exchange)
        add(result.subject)
        add(result.afterUs)
        add(result.lagUs)
        add(result.requestUs)
        add(result.firstByteUs)
        add(result.transferUs)
        add(result.bytes)
        add(result.answer)
        let setup = result.setup
        if !setup.isEmpty {
            add(setup.heldUs)
            add(setup.dnsUs)
            add(setup.connectUs)
            add(setup.tlsUs)
            for byte in setup.trace ?? [] { add(Int64(byte)) }
        }
        for answer in result.further { add(answer) }
        // Nothing where there is none: batches of an earlier version have it not.
        if let body = result.body { add(body) }
    }

    private mutating func add(_ answer: StoredAnswer?) {
        add(answer?.id)
        add(answer?.fingerprint)
    }

    private mutating func add(_ subject: StoredSubject) {
        switch subject {
        case .text(let text): for byte in text.utf8 { add(Int64(byte)) }
        case .digits(let digits):
            add(Int64(bitPattern: digits.bytes.0))
            add(Int64(bitPattern: digits.bytes.1))
        }
    }

    /// Multiplied and folded, so that no bit and no order of words is lost; nothing is a word of
    /// its own.
    private mutating func add(_ number: Int64?) {
        let word = number.map { UInt64(bitPattern: $0) } ?? 0x6A09_E667_F3BC_C909
        let mixed = (UInt64(bitPattern: value) ^ word) &* 0x9E37_79B9_7F4A_7C15
        value = Int64(bitPattern: mixed ^ (mixed >> 29))
    }
}
