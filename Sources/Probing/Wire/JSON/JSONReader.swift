/// Reads one JSON text (RFC 8259) from bytes, once, from left to right.
///
/// Strict in grammar, lenient in text: a lone surrogate or a byte that is no UTF-8 becomes
/// U+FFFD. Depth is bounded, so that no answer can exhaust the stack; size is bounded by the
/// bytes. Foundation's readers cost ten times as much and turn ids that are numbers into doubles.
struct JSONReader {
    static let depthLimit = 64

    struct Fault: Error, Equatable {
        /// Of the byte at which reading ended.
        let offset: Int
    }

    private let bytes: [UInt8]
    private var offset = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func read(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var reader = JSONReader(bytes)
        if bytes.starts(with: byteOrderMark) { reader.offset = byteOrderMark.count }
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.fault }
        return value
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard depth < Self.depthLimit else { throw fault }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONObject {
        var object = JSONObject()
        offset += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return object }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fault }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault }
            object.members.append(.init(name: name, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault }
        return object
    }

    private mutating func array(depth: Int) throws(Fault) -> [JSONValue] {
        var items: [JSONValue] = []
        offset += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return items }
        repeat {
            items.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault }
        return items
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(Fault)
        -> JSONValue
    {
        for index in 0..<text.utf8CodeUnitCount {
            guard take(text.utf8Start[index]) else { throw fault }
        }
        return value
    }

    /// The number's text: `-? (0 | 1…9 digits) (. digits)? ([eE] [+-]? digits)?`.
    private mutating func number() throws(Fault) -> String {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func digits() throws(Fault) {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            offset += 1
        }
        guard offset > start else { throw fault }
    }
}

/// Strings.
extension JSONReader {
    private mutating func string() throws(Fault) -> String {
        offset += 1
        let start = offset
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                defer { offset += 1 }
                return String(decoding: bytes[start..<offset], as: UTF8.self)
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20:
                throw fault
            default:
                offset += 1
            }
        }
        throw fault
    }

    /// The rest of a string that has an escape, found at the present offset.
    private mutating func escapedString(from start: Int) throws(Fault) -> String {
        var text = Array(bytes[start..<offset])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                offset += 1
                text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                throw fault
            default:
                text.append(byte)
                offset += 1
            }
        }
        throw fault
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        guard let byte = peek else { throw fault }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault
        }
    }

    /// A scalar written as `\uXXXX`, or as a pair of them; half a pair is U+FFFD.
    private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar {
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let restart = offset
        guard unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            offset = restart
            return replacement
        }
        let low = try hexUnit()
        guard (0xDC00..<0xE000).contains(low) else {
            offset = restart
            return replacement
        }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? replacement
    }

    private mutating func hexUnit() throws(Fault) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw fault
            }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }
}

/// Single bytes.
extension JSONReader {
    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private var fault: Fault { Fault(offset: offset) }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            offset += 1
        }
    }
}

private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
private let replacement: Unicode.Scalar = "\u{FFFD}"
