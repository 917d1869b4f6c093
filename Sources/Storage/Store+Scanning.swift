import GRDB
import Model

extension Store {
    /// Reads the rows that stand within some places, in their order, until it is told to stop;
    /// false: it was. One pass over each table, side by side.
    func scan(
        _ places: ClosedRange<Int64>, in db: Database, _ body: (StoredResult) throws -> Bool
    ) throws -> Bool {
        try RowReader(db: db).scanWhile(places, body)
    }
}

/// Reads rows of results with what stands beside them.
struct RowReader {
    let db: Database

    /// Reads on to the end.
    func scan(_ places: ClosedRange<Int64>, _ body: (StoredResult) throws -> Void) throws {
        _ = try scanWhile(places) { stored in
            try body(stored)
            return true
        }
    }

    func scanWhile(
        _ places: ClosedRange<Int64>, _ body: (StoredResult) throws -> Bool
    ) throws -> Bool {
        let results = try RawStatement(selectResults, in: db)
        var setups = try SideRows(selectSetups, places, in: db)
        var further = try SideRows(selectFurther, places, in: db)
        results.bind(places.lowerBound, at: 1)
        results.bind(places.upperBound, at: 2)
        defer {
            results.reset()
            setups.end()
            further.end()
        }
        while try results.step() {
            var result = try StoredResult(results)
            try setups.skip(to: result.id)
            if setups.id == result.id {
                result.setup = StoredSetup(setups.row)
                try setups.next()
            }
            guard result.hasPossibleTimes else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a time is broken")
            }
            try further.skip(to: result.id)
            while let seq = further.id, seq == result.id + result.places,
                further.row.integer(3) == result.places
            {
                result.further.append(
                    StoredAnswer(
                        id: further.row.integer(1), fingerprint: further.row.optionalInteger(2)))
                try further.next()
            }
            guard try body(result) else { return false }
        }
        return true
    }
}

/// Rows of a table that stands beside the results, by a place in the store's order.
private struct SideRows {
    let row: RawStatement
    /// Of the present row, in its first column; nil: there are no more.
    private(set) var id: Int64?

    init(_ sql: String, _ places: ClosedRange<Int64>, in db: Database) throws {
        row = try RawStatement(sql, in: db)
        row.bind(places.lowerBound, at: 1)
        row.bind(places.upperBound, at: 2)
        try next()
    }

    mutating func next() throws { id = try row.step() ? row.integer(0) : nil }

    /// Leaves behind what belongs to no result.
    mutating func skip(to wanted: Int64) throws {
        while let present = id, present < wanted { try next() }
    }

    func end() { row.reset() }
}

extension StoredResult {
    fileprivate init(_ row: RawStatement) throws {
        let subject: StoredSubject? =
            row.isBlob(5)
            ? row.withBytes(5) { PackedDigits($0) }.map(StoredSubject.digits)
            : row.text(5).map(StoredSubject.text)
        guard let subject else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a subject is broken")
        }
        self.init(
            id: row.integer(0), stretch: row.integer(1), index: row.integer(2),
            context: row.integer(3), exchange: row.integer(4), subject: subject,
            afterUs: row.integer(6), lagUs: row.integer(7), requestUs: row.optionalInteger(8),
            firstByteUs: row.optionalInteger(9), transferUs: row.optionalInteger(10),
            bytes: row.optionalInteger(11),
            answer: row.optionalInteger(12).map {
                StoredAnswer(id: $0, fingerprint: row.optionalInteger(13))
            },
            body: row.optionalInteger(14))
    }

    /// False: a time is longer than `longestUs`, and reckoning with it might overflow.
    fileprivate var hasPossibleTimes: Bool {
        var bits = afterUs.magnitude | lagUs.magnitude
        for time in [requestUs, firstByteUs, transferUs] { bits |= (time ?? 0).magnitude }
        if !setup.isEmpty {
            for time in [setup.heldUs, setup.dnsUs, setup.connectUs, setup.tlsUs] {
                bits |= (time ?? 0).magnitude
            }
        }
        return bits <= UInt64(Self.longestUs)
    }

    /// 71 years: no time that was measured is as long.
    static let longestUs: Int64 = 1 << 51

    var phases: Phases {
        Phases(
            lagUs: lagUs, heldUs: setup.heldUs, dnsUs: setup.dnsUs, connectUs: setup.connectUs,
            tlsUs: setup.tlsUs, requestUs: requestUs, firstByteUs: firstByteUs,
            transferUs: transferUs)
    }
}

extension StoredSetup {
    fileprivate init(_ row: RawStatement) {
        self.init(
            heldUs: row.optionalInteger(1), dnsUs: row.optionalInteger(2),
            connectUs: row.optionalInteger(3), tlsUs: row.optionalInteger(4),
            trace: row.isNull(5) ? nil : row.withBytes(5) { Array($0) })
    }
}

private let selectResults = """
    SELECT id, stretch_id, "index", context_id, exchange_id, subject, after_us, lag_us, request_us,
        first_byte_us, transfer_us, bytes, answer_id, fingerprint, body_id
    FROM result WHERE id BETWEEN ? AND ? ORDER BY id
    """

private let selectSetups = """
    SELECT result_id, held_us, dns_us, connect_us, tls_us, trace_id FROM setup
    WHERE result_id BETWEEN ? AND ? ORDER BY result_id
    """

private let selectFurther = """
    SELECT seq, answer_id, fingerprint, place FROM further_observation
    WHERE seq BETWEEN ? AND ? ORDER BY seq
    """
