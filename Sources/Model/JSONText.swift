/// JSON written member by member, in the order of the calls. Unknown is `null`, never left out.
///
/// Foundation's encoder leaves nil members out, sorts or shuffles the rest and costs seven times
/// as much (`scripts/benchmark`); rows and reports want every member, in the documented order.
package struct JSONText: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init() {}

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Empties the text, keeping its memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    package mutating func object(_ members: (inout JSONText) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array<Items: Sequence>(
        _ items: Items, _ item: (inout JSONText, Items.Element) throws -> Void
    ) rethrows {
        open(UInt8(ascii: "["))
        for element in items { try item(&self, element) }
        close(UInt8(ascii: "]"))
    }

    /// A member's name; its value is written next.
    package mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's name in which nothing is escaped.
    package mutating func name(plain name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func value(_ text: String?) {
        guard let text else { return literal("null") }
        separate()
        quote(text)
        needsComma = true
    }

    package mutating func value<Number: FixedWidthInteger>(_ number: Number?) {
        literal(number.map { String($0) } ?? "null")
    }

    /// A number that is not finite has no JSON form: null.
    package mutating func value(_ number: Double?) {
        guard let number, number.isFinite else { return literal("null") }
        // Whole numbers without a fraction: 1, not 1.0.
        if number == number.rounded(), abs(number) < 1e15 { return literal(String(Int64(number))) }
        literal(String(number))
    }

    package mutating func value(_ flag: Bool?) {
        literal(flag.map { $0 ? "true" : "false" } ?? "null")
    }

    package mutating func value(_ instant: Instant?) {
        value(instant?.rfc3339)
    }

    package mutating func member(_ name: String, _ value: String?) {
        self.name(name)
        self.value(value)
    }

    package mutating func member<Number: FixedWidthInteger>(_ name: String, _ value: Number?) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: Double?) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: Bool?) {
        self.name(name)
        self.value(value)
    }

    package mutating func member(_ name: String, _ value: Instant?) {
        self.name(name)
        self.value(value)
    }

    /// Appends a newline after a complete value: NDJSON.
    package mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    /// RFC 8259 §7: quotation mark, backslash and control characters are escaped.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            // Runs without an escape, nearly always all of it, are copied at once.
            var rest = utf8
            while let place = firstEscape(in: rest) {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<place]))
                escape(rest[place])
                rest = UnsafeBufferPointer(rebasing: rest[(place + 1)...])
            }
            bytes.append(contentsOf: rest)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        guard byte < 0x20 else { return bytes.append(byte) }
        bytes.append(contentsOf: "u00".utf8)
        bytes.append(hexDigit(byte >> 4))
        bytes.append(hexDigit(byte & 15))
    }
}

/// The first byte that is escaped; nil: none is. Eight at a time while none of them is (Warren,
/// "Hacker's Delight", 2nd ed., §6-1: the borrow of x - 1 finds a byte that is zero).
private func firstEscape(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = UnsafeRawBufferPointer(bytes)
    var place = 0
    while place + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let found =
            (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
            | (word &- ones &* 0x20) & ~word
        guard found & (ones &* 0x80) == 0 else { break }
        place += 8
    }
    while place < bytes.count {
        if needsEscape(bytes[place]) { return place }
        place += 1
    }
    return nil
}

private func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

/// A digit of lower-case hexadecimal, in ASCII.
package func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}

/// A value with one public JSON shape.
package protocol JSONWritable {
    func write(to json: inout JSONText)
}

extension JSONWritable {
    /// The value alone, as compact JSON.
    package var json: String {
        var json = JSONText()
        write(to: &json)
        return json.text
    }
}
