import GRDB
import Model

/// A row of `result` with its rows in `setup` and `further_observation`: the integers as they stand
/// in the store.
struct StoredResult {
    /// The place of its first observation in the store's order.
    var id: Int64
    var stretch: Int64
    var index: Int64
    var context: Int64
    var exchange: Int64
    var subject: StoredSubject
    var afterUs: Int64
    var lagUs: Int64
    var requestUs: Int64?
    var firstByteUs: Int64?
    var transferUs: Int64?
    var bytes: Int64?
    /// Nil: nothing was asked, and nothing came.
    var answer: StoredAnswer?
    /// Nil: the answer's body is not kept.
    var body: Int64?
    var setup = StoredSetup()
    /// Answers from the second on, each at the place after the one before it.
    var further: [StoredAnswer] = []

    /// How many places in the store's order it takes up.
    var places: Int64 { 1 + Int64(further.count) }
}

/// An answer as an observation refers to it.
struct StoredAnswer {
    let id: Int64
    /// Nil: the answer's own.
    var fingerprint: Int64?
}

/// What few results have.
struct StoredSetup {
    var heldUs: Int64?
    var dnsUs: Int64?
    var connectUs: Int64?
    var tlsUs: Int64?
    var trace: [UInt8]?

    var isEmpty: Bool {
        heldUs == nil && dnsUs == nil && connectUs == nil && tlsUs == nil && trace == nil
    }
}

/// A subject's label as a row holds it: whole, or as the bytes that its last digits stand for.
enum StoredSubject {
    case text(String)
    case digits(PackedDigits)
}

/// An even number of hexadecimal digits, 16 … 32, as the bytes they stand for.
struct PackedDigits {
    private(set) var bytes: (UInt64, UInt64) = (0, 0)
    private(set) var count = 0

    private static let range = 16...32

    /// The digits that a label ends in, and what stands before them; nil: they are too few.
    static func split(_ label: String) -> (prefix: Substring, digits: PackedDigits)? {
        var label = label
        let packed = label.withUTF8 { text -> PackedDigits? in
            let least = max(0, text.count - range.upperBound)
            var start = text.count
            while start > least, lowerDigit(text[start - 1]) != nil { start -= 1 }
            // A byte stands for two digits.
            start += (text.count - start) & 1
            guard text.count - start >= range.lowerBound else { return nil }
            var packed = PackedDigits()
            for place in stride(from: start, to: text.count, by: 2) {
                guard let high = lowerDigit(text[place]), let low = lowerDigit(text[place + 1])
                else { return nil }
                packed.append(high << 4 | low)
            }
            return packed
        }
        guard let packed else { return nil }
        return (
            label.prefix(upTo: label.utf8.index(label.endIndex, offsetBy: -2 * packed.count)),
            packed
        )
    }

    init() {}

    /// Nil: more bytes than it holds.
    init?(_ data: UnsafeRawBufferPointer) {
        guard data.count <= Self.range.upperBound / 2 else { return nil }
        for byte in data { append(byte) }
    }

    var text: String { withBytes(hexadecimal) }

    /// The bytes, the first first.
    func withBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try withUnsafeBytes(of: (bytes.0.bigEndian, bytes.1.bigEndian)) {
            try body(UnsafeRawBufferPointer(rebasing: $0[..<count]))
        }
    }

    private mutating func append(_ byte: UInt8) {
        let place = UInt64(56 - 8 * (count & 7))
        if count < 8 { bytes.0 |= UInt64(byte) << place } else { bytes.1 |= UInt64(byte) << place }
        count += 1
    }
}

/// Capital letters are none: they would not come back as they were.
private func lowerDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}

/// Into the statements that insert it, in the order of their columns.
extension StoredResult {
    func bind(to statement: RawStatement) {
        statement.bind(id, at: 1)
        statement.bind(stretch, at: 2)
        statement.bind(index, at: 3)
        statement.bind(context, at: 4)
        statement.bind(exchange, at: 5)
        switch subject {
        case .text(let text): statement.bind(text, at: 6)
        case .digits(let digits): digits.withBytes { statement.bind($0, at: 6) }
        }
        statement.bind(afterUs, at: 7)
        statement.bind(lagUs, at: 8)
        statement.bind(requestUs, at: 9)
        statement.bind(firstByteUs, at: 10)
        statement.bind(transferUs, at: 11)
        statement.bind(bytes, at: 12)
        statement.bind(answer?.id, at: 13)
        statement.bind(answer?.fingerprint, at: 14)
        statement.bind(body, at: 15)
    }

    func bindSetup(to statement: RawStatement) {
        statement.bind(id, at: 1)
        statement.bind(setup.heldUs, at: 2)
        statement.bind(setup.dnsUs, at: 3)
        statement.bind(setup.connectUs, at: 4)
        statement.bind(setup.tlsUs, at: 5)
        if let trace = setup.trace {
            trace.withUnsafeBytes { statement.bind($0, at: 6) }
        } else {
            statement.bind(Int64?.none, at: 6)
        }
    }
}

/// Two digits for each byte.
func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
    String(
        decoding: bytes.flatMap { [hexadecimalDigit($0 >> 4), hexadecimalDigit($0 & 15)] },
        as: UTF8.self)
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
