import Glibc
import NIOCore

private typealias Fault = ResponseParser.Fault

/// The head of a response: its status line and its fields.
struct ResponseHead {
    enum Framing: Hashable {
        case none
        case length(Int)
        case chunked, untilClose
    }

    let status: Int
    /// `1.0` or `1.1`.
    let version: String
    let framing: Framing
    /// True: the server lets the connection carry another exchange.
    let keepsAlive: Bool
    /// The Content-Encoding, in lower case; nil: none stated.
    let encoding: String?
    private let lines: ByteBuffer

    /// Reads a head with the empty line that ends it.
    init(_ lines: ByteBuffer) throws(ResponseParser.Fault) {
        self.lines = lines
        let reading = try lines.withUnsafeReadableBytes { bytes throws(Fault) in
            try Reading(bytes)
        }
        status = reading.status
        version = reading.isOld ? "1.0" : "1.1"
        framing = try reading.framing
        keepsAlive =
            framing != .untilClose && !reading.closes && (!reading.isOld || reading.persists)
        encoding = reading.encoding
    }

    /// Told before the answer to the same request.
    var isInterim: Bool { status < 200 && status != 101 }

    /// All fields in their order, names in lower case.
    var fields: [HeaderField] {
        lines.withUnsafeReadableBytes { bytes in
            var rest = Lines(bytes)
            _ = rest.next()
            var fields: [HeaderField] = []
            while let line = rest.next(), let field = try? FieldLine(line) {
                fields.append(HeaderField(text(field.name).lowercased(), text(field.value)))
            }
            return fields
        }
    }
}

/// What the lines of a head say.
private struct Reading {
    private(set) var status = 0
    private(set) var isOld = false
    private(set) var closes = false
    private(set) var persists = false
    private(set) var encoding: String?
    private var length: Int?
    private var isChunked = false

    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        var lines = Lines(bytes)
        guard let first = lines.next() else { throw .syntax }
        try readStatusLine(first)
        while let line = lines.next(), line.count > 0 { try read(FieldLine(line)) }
        guard lines.isAtEnd else { throw .syntax }
    }

    /// How long the body is (RFC 9112 §6.3).
    var framing: ResponseHead.Framing {
        get throws(Fault) {
            // Two lengths are how answers are smuggled past whoever reads the other one.
            guard !isChunked || length == nil else { throw .syntax }
            if status < 200 || status == 204 || status == 304 { return .none }
            if isChunked { return .chunked }
            return length.map(ResponseHead.Framing.length) ?? .untilClose
        }
    }

    /// `HTTP/1.1 200 OK`; the reason may be missing.
    private mutating func readStatusLine(_ line: UnsafeRawBufferPointer) throws(Fault) {
        guard line.count >= 12, line[..<7].elementsEqual("HTTP/1.".utf8),
            line[7] & 0xFE == UInt8(ascii: "0"),
            line[8] == .space, line.count == 12 || line[12] == .space,
            line[9..<12].allSatisfy(\.isDigit), line[9] != UInt8(ascii: "0"),
            line[12...].allSatisfy(\.isFieldContent)
        else { throw .syntax }
        isOld = line[7] == UInt8(ascii: "0")
        status = line[9..<12].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private mutating func read(_ field: FieldLine) throws(Fault) {
        switch field.name.count {
        case 10 where isEqual(field.name, to: "connection"):
            if isEqual(field.value, to: "keep-alive") { return persists = true }
            let options = text(field.value).lowercased().split { ", \t".contains($0) }
            closes = closes || options.contains("close")
            persists = persists || options.contains("keep-alive")
        case 14 where isEqual(field.name, to: "content-length"):
            guard length == nil, (1...18).contains(field.value.count),
                field.value.allSatisfy(\.isDigit)
            else { throw .syntax }
            length = field.value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        case 16 where isEqual(field.name, to: "content-encoding"):
            encoding = encoding ?? text(field.value).lowercased()
        case 17 where isEqual(field.name, to: "transfer-encoding"):
            guard !isChunked, isEqual(field.value, to: "chunked") else { throw .syntax }
            isChunked = true
        default: break
        }
    }
}

/// The lines of a head, each without its CRLF.
private struct Lines {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { place == bytes.count }

    /// Nil: there is none, or it does not end in CRLF.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard let rest = bytes.baseAddress?.advanced(by: place),
            let found = memchr(rest, Int32(UInt8.lineFeed), bytes.count - place)
        else { return nil }
        let end = place + rest.distance(to: found)
        guard end > place, bytes[end - 1] == .carriageReturn else { return nil }
        defer { place = end + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<end - 1])
    }
}

/// One field of a head or of trailers, as it stands in its line.
struct FieldLine {
    let name: UnsafeRawBufferPointer
    /// Without the white space around it.
    let value: UnsafeRawBufferPointer

    init(_ line: UnsafeRawBufferPointer) throws(ResponseParser.Fault) {
        var colon = 0
        while colon < line.count, line[colon].isToken { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            throw .syntax
        }
        var start = colon + 1
        var end = line.count
        while start < end, line[start].isWhitespace { start += 1 }
        while start < end, line[end - 1].isWhitespace { end -= 1 }
        for place in start..<end where !line[place].isFieldContent { throw .syntax }
        name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        value = UnsafeRawBufferPointer(rebasing: line[start..<end])
    }
}

private func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes, as: UTF8.self)
}

/// Compares, without regard to case, with a word of small letters and `-`. What is compared holds
/// no control characters.
private func isEqual(_ bytes: UnsafeRawBufferPointer, to word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for place in bytes.indices where bytes[place] | 0x20 != word.utf8Start[place] { return false }
    return true
}

extension UInt8 {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    fileprivate static let space = UInt8(ascii: " ")

    fileprivate var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    fileprivate var isWhitespace: Bool { self == 0x20 || self == 0x09 }

    /// A tab, or anything but a control character (RFC 9110 §5.5).
    fileprivate var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }

    /// A letter, a digit or one of ``!#$%&'*+-.^_`|~`` (RFC 9110 §5.6.2): a bit each of two words.
    var isToken: Bool {
        let set: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return self < 128 && set >> UInt64(self & 63) & 1 == 1
    }

    var hexadecimalDigit: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
