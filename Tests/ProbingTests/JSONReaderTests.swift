import Testing

@testable import Probing

@Suite("The JSON reader")
struct JSONReaderTests {
    static func read(_ text: String) throws -> JSONValue {
        try JSONReader.read(Array(text.utf8))
    }

    @Test(
        "reads values",
        arguments: [
            ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
            ("0", .number("0")), ("-12.50e+3", .number("-12.50e+3")), ("1e999", .number("1e999")),
            ("42", .number("42")), (#""""#, .string("")), (#""a/b""#, .string("a/b")),
            (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
            (#""\u00e9\u20AC""#, .string("é€")), (#""\ud83d\ude00""#, .string("😀")),
            (#""x\ud83dy""#, .string("x\u{FFFD}y")), (#""\ude00""#, .string("\u{FFFD}")),
            (#""\ud83d\u0041""#, .string("\u{FFFD}A")), ("[]", .array([])),
            ("[1, [ ], null]", .array([.number("1"), .array([]), .null])), ("{}", .object(.init())),
            ("\u{FEFF}1", .number("1")),
            (
                #"{ "a" : 1 , "b":{"c":[]} }"#,
                .object(
                    .init(members: [
                        .init(name: "a", value: .number("1")),
                        .init(
                            name: "b",
                            value: .object(.init(members: [.init(name: "c", value: .array([]))]))),
                    ]))
            ),
        ])
    func values(text: String, expected: JSONValue) throws {
        #expect(try Self.read(text) == expected)
    }

    @Test(
        "refuses what is no JSON",
        arguments: [
            "", " ", "nul", "nulll", "NaN", "01", "-", "1.", "1e", "+1", ".5", "'a'", "\"a",
            "\"a\nb\"", #""\x""#, #""\u12""#, #""\u12g4""#, "[1,]", "[1", "[1 2]", "{", "{a:1}",
            #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1"#, "1 2", "<!doctype html>", "]",
        ])
    func refusals(text: String) {
        #expect(throws: JSONReader.Fault.self) { try Self.read(text) }
    }

    @Test("reads bytes that are no UTF-8 with replacements")
    func invalidText() throws {
        #expect(try JSONReader.read([0x22, 0xFF, 0x61, 0x22]) == .string("\u{FFFD}a"))
    }

    @Test("bounds depth, so that a hundred thousand brackets are a fault and no crash")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try Self.read(nested(JSONReader.depthLimit))
        #expect(throws: JSONReader.Fault.self) { try Self.read(nested(JSONReader.depthLimit + 1)) }
        #expect(throws: JSONReader.Fault.self) { try Self.read(nested(100_000)) }
    }

    @Test("keeps the last of several members with one name")
    func duplicates() throws {
        #expect(try Self.read(#"{"a":1,"a":2}"#).object?["a"] == .number("2"))
    }

    @Test(
        "never fails otherwise than by a fault, on any prefix of an answer",
        arguments: 0..<served().utf8.count)
    func prefixes(length: Int) {
        let bytes = Array(served().utf8.prefix(length))
        #expect(throws: JSONReader.Fault.self) { try JSONReader.read(bytes) }
    }
}

@Suite("A fingerprint")
struct FingerprintTests {
    static func of(_ text: String) throws -> String {
        fingerprint(of: try JSONReader.read(Array(text.utf8)))
    }

    @Test("is the head of the SHA-256 of the canonical form")
    func value() throws {
        // printf '{"a":[1,"x"],"b":null}' | sha256sum, coreutils 9.1.
        #expect(try Self.of(#"{ "b": null, "a": [1, "x"] }"#) == "854ef06dc57f5dfe")
    }

    @Test(
        "is the same whatever the order, the space and the escapes",
        arguments: [
            (#"{"a":1,"b":{"c":2,"d":3}}"#, #"{ "b":{"d":3,"c":2}, "a":1 }"#),
            (#"["é\/"]"#, #"["\u00e9/"]"#), (#"{"a":0,"a":1}"#, #"{"a":1}"#),
        ])
    func same(one: String, other: String) throws {
        #expect(try Self.of(one) == Self.of(other))
    }

    @Test(
        "tells values apart",
        arguments: [
            (#"{"a":1}"#, #"{"a":"1"}"#), ("[1,2]", "[2,1]"), ("null", "false"), ("[]", "{}"),
            (#"{"a":1}"#, #"{"b":1}"#),
        ])
    func different(one: String, other: String) throws {
        #expect(try Self.of(one) != Self.of(other))
    }
}
