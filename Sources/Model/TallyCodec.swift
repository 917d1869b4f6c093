package import Statistics

/// The stored form of a tally, for whoever stores one: what it counts by stands as ids, which the
/// store gives. All integers are of variable length (LEB128); keys are sorted by id, so that equal
/// tallies of one store have equal bytes, in whatever order they were merged.
///
/// Version · answered · maintenance · last due + 1 (µs, 0: none) · number of counts, then for each
/// the distance of its id to the one before, and the count · failures: number, then outcome's id,
/// reason's id, count · missing: number, then experience's id, count · response times of failures:
/// length, sketch · phases: number, then phase, length, sketch.
package enum TallyCodec {
    private static let version: UInt8 = 1

    /// Gives ids to what a tally counts by.
    package protocol Naming {
        mutating func id(of key: CountKey) throws -> Int64
        mutating func id(of text: String) throws -> Int64
    }

    /// Finds what ids stand for.
    package protocol Reading {
        mutating func countKey(_ id: Int64) throws -> CountKey
        mutating func text(_ id: Int64) throws -> String
    }

    /// The bytes are damaged.
    package struct Damaged: Error {}

    /// A stored tally before it is read.
    package typealias Encoded = ByteReader

    /// Appends the tally of one segment: the segment's id, the tally's length, the tally.
    package static func append(
        _ tally: Tally, of segment: Int64, to bytes: inout [UInt8], naming: inout some Naming
    ) throws {
        var encoded: [UInt8] = []
        try encode(tally, to: &encoded, naming: &naming)
        bytes.appendVariableLength(UInt64(segment))
        bytes.appendVariableLength(UInt64(encoded.count))
        bytes += encoded
    }

    /// Hands over the tallies that were appended, each with its segment's id. Throws `Damaged`, or
    /// what `body` throws.
    package static func forEach(
        in bytes: UnsafeRawBufferPointer,
        _ body: (_ segment: Int64, _ tally: inout Encoded) throws -> Void
    ) throws {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            guard let segment = reader.variableLength() else { throw Damaged() }
            var tally = try part(&reader)
            try body(Int64(bitPattern: segment), &tally)
        }
    }

    package static func encode(
        _ tally: Tally, to bytes: inout [UInt8], naming: inout some Naming
    ) throws {
        bytes.append(version)
        bytes.appendVariableLength(UInt64(tally.answered))
        bytes.appendVariableLength(UInt64(tally.maintenance))
        bytes.appendVariableLength(UInt64(bitPattern: (tally.lastAt?.microseconds ?? -1) &+ 1))
        var counts: [(id: Int64, count: Int)] = []
        counts.reserveCapacity(tally.counts.count)
        for (key, count) in tally.counts { counts.append((try naming.id(of: key), count)) }
        counts.sort { $0.id < $1.id }
        bytes.appendVariableLength(UInt64(counts.count))
        var former: Int64 = 0
        for (id, count) in counts {
            bytes.appendVariableLength(UInt64(id - former))
            bytes.appendVariableLength(UInt64(count))
            former = id
        }
        try encodeFailures(of: tally, to: &bytes, naming: &naming)
        append(tally.failureResponse, to: &bytes)
        bytes.appendVariableLength(UInt64(tally.phases.count))
        for (number, phase) in Phase.allCases.enumerated() {
            guard let sketch = tally.phases[phase] else { continue }
            bytes.appendVariableLength(UInt64(number))
            append(sketch, to: &bytes)
        }
    }

    private static func encodeFailures(
        of tally: Tally, to bytes: inout [UInt8], naming: inout some Naming
    ) throws {
        var failures: [[UInt64]] = []
        for (failure, count) in tally.failures {
            failures.append([
                UInt64(try naming.id(of: failure.outcome.rawValue)),
                UInt64(try naming.id(of: failure.reason.rawValue)), UInt64(count),
            ])
        }
        var missing: [[UInt64]] = []
        for (experience, count) in tally.missing {
            missing.append([UInt64(try naming.id(of: experience)), UInt64(count)])
        }
        for list in [failures, missing] {
            bytes.appendVariableLength(UInt64(list.count))
            for entry in list.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                for number in entry { bytes.appendVariableLength(number) }
            }
        }
    }

    private static func append(_ sketch: QuantileSketch, to bytes: inout [UInt8]) {
        let encoded = sketch.encoded()
        bytes.appendVariableLength(UInt64(encoded.count))
        bytes += encoded
    }

    /// Merges a stored tally that takes up the rest of the bytes. Throws `Damaged`, or what the
    /// reading throws; the sum is of no use then.
    package static func merge(
        _ reader: inout Encoded, into sum: inout TallySum, reading: inout some Reading
    ) throws {
        guard reader.byte() == version, let answered = reader.count(),
            let maintenance = reader.count(), let last = reader.variableLength()
        else { throw Damaged() }
        sum.tally.answered += answered
        sum.tally.maintenance += maintenance
        if last > 0 {
            let instant = Instant(microseconds: Int64(bitPattern: last) - 1)
            sum.tally.lastAt = max(sum.tally.lastAt ?? instant, instant)
        }
        var id: UInt64 = 0
        for _ in 0..<(try length(&reader)) {
            guard let gap = reader.variableLength(), let count = reader.count() else {
                throw Damaged()
            }
            id &+= gap
            sum.add(count, of: id)
        }
        try mergeFailures(&reader, into: &sum.tally, reading: &reading)
        var response = try part(&reader)
        guard sum.tally.failureResponse.merge(encoded: &response) else { throw Damaged() }
        for _ in 0..<(try length(&reader)) {
            guard let number = reader.count(), number < sum.phases.count else { throw Damaged() }
            var sketch = try part(&reader)
            guard sum.phases[number].merge(encoded: &sketch) else { throw Damaged() }
        }
        guard reader.isAtEnd else { throw Damaged() }
    }

    private static func mergeFailures(
        _ reader: inout ByteReader, into tally: inout Tally, reading: inout some Reading
    ) throws {
        for _ in 0..<(try length(&reader)) {
            guard let outcomeID = reader.variableLength(), let reasonID = reader.variableLength(),
                let count = reader.count(),
                let outcome = Outcome(
                    rawValue: try reading.text(Int64(bitPattern: outcomeID))), !outcome.isResolved
            else { throw Damaged() }
            let reason = Reason(rawValue: try reading.text(Int64(bitPattern: reasonID)))
            tally.failures[Failure(outcome, reason), default: 0] += count
        }
        for _ in 0..<(try length(&reader)) {
            guard let id = reader.variableLength(), let count = reader.count() else {
                throw Damaged()
            }
            tally.missing[try reading.text(Int64(bitPattern: id)), default: 0] += count
        }
    }

    /// How many entries follow: each takes a byte at least.
    private static func length(_ reader: inout ByteReader) throws -> Int {
        guard let count = reader.count() else { throw Damaged() }
        return count
    }

    private static func part(_ reader: inout ByteReader) throws -> ByteReader {
        guard let count = reader.count(), let part = reader.bytes(count) else { throw Damaged() }
        return part
    }
}
