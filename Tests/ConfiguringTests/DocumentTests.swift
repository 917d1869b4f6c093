import Testing

@testable import Configuring

/// The document alone: what is read of a text, and what is told.
private func read(
    _ text: String, environment: [String: String] = [:]
) -> (root: Value?, told: [String]) {
    var faults = FaultList(file: "v.yaml")
    let root = Document.read(text, environment: environment, faults: &faults)
    return (root, faults.inOrder.map(\.description))
}

/// The scalar under a key of the root.
private func scalar(_ key: String, of text: String) throws -> Scalar {
    let (root, told) = read(text)
    #expect(told == [])
    guard case .mapping(let members)? = root?.content,
        case .scalar(let scalar)? = members.first(where: { $0.name == key })?.value.content
    else { throw CancellationError() }
    return scalar
}

@Suite struct DocumentTests {
    @Test(arguments: [
        "NO", "no", "yes", "true", "1A", "0x1", "1e5", "1_000", "010", "12:30:45", "2026-11-01",
        ".inf", ".nan", "0b1", "=", "<<",
    ])
    func `scalars are plain text, quoted or not`(_ text: String) throws {
        for written in [text, "\"\(text)\"", "'\(text)'"] {
            let scalar = try scalar("key", of: "key: " + written)
            #expect(scalar.text == text)
            #expect(!scalar.isNull)
        }
    }

    @Test(arguments: [
        ("key: null", true), ("key: ~", true), ("key:", true), ("key: 'null'", false),
        ("key: \"~\"", false), ("key: ''", false), ("key: none", false),
    ])
    func `null is null only where it is not quoted`(_ text: String, _ isNull: Bool) throws {
        #expect(try scalar("key", of: text).isNull == isNull)
    }

    @Test func `asterisks within texts stay`() throws {
        #expect(try scalar("key", of: "key: a * b # and *c").text == "a * b")
        #expect(try scalar("key", of: "key: '*.example.com'").text == "*.example.com")
        #expect(try scalar("key", of: "key: |\n  *a*\n").text == "*a*\n")
    }

    @Test(arguments: [
        ("", "v.yaml:1:1: the file is empty (`variometer init` writes one to start from)"),
        ("# x", "v.yaml:1:1: the file is empty (`variometer init` writes one to start from)"),
        (
            "a: [1",
            "v.yaml:1:6: is not YAML: while parsing a flow sequence, did not find expected ',' or "
                + "']' (begun in line 1, column 4)"
        ),
        (
            "a: 'xxxxxxxxxxxxxxxx\n",
            "v.yaml:2:1: is not YAML: while scanning a quoted scalar, found unexpected end of "
                + "stream (begun in line 1, column 4)"
        ),
        ("a: b: c", "v.yaml:1:5: is not YAML: mapping values are not allowed in this context"),
        ("a:\n\t- b", "v.yaml:2:1: is not YAML"),
        ("a: x\u{0}y", "v.yaml:1:5: is not YAML: control characters are not allowed"),
        ("a: 1\n---\nb: 2", "v.yaml:2:1: is not YAML: expected a single document"),
        ("? [a, b]\n: c", "v.yaml:1:3: a key must be plain text"),
    ])
    func `a text that is no YAML is one fault with its place`(
        _ text: String, _ told: String
    ) throws {
        let all = read(text).told
        #expect(all.count == 1)
        #expect(try #require(all.first).hasPrefix(told))
    }

    @Test func `a key that stands twice is told with both places, wherever it is`() {
        let told = read("a: 1\nb: { \"x\": 1, x: 2 }\n\"a\": 2\nc: { '1': 1, 1: 2, \"1\": 3 }\n")
            .told
        #expect(
            told == [
                "v.yaml:2:14: b.x: the key 'x' stands twice, first in line 2, column 6",
                "v.yaml:3:1: a: the key 'a' stands twice, first in line 1, column 1",
                "v.yaml:4:14: c.1: the key '1' stands twice, first in line 4, column 6",
                "v.yaml:4:20: c.1: the key '1' stands twice, first in line 4, column 6",
            ])
    }

    @Test func `a byte order mark shifts nothing`() {
        #expect(
            read("\u{FEFF}a: 1\na: 2").told
                == ["v.yaml:2:1: a: the key 'a' stands twice, first in line 1, column 1"])
    }

    @Test func `aliases are refused where they stand and never expanded`() {
        #expect(
            read("a: &x [1]\nb: *x\nc: { <<: *x }").told
                == [
                    "v.yaml:2:4: b: aliases are not read "
                        + "(write the value itself, or quote a text that begins with *)",
                    "v.yaml:3:10: c.<<: aliases are not read "
                        + "(write the value itself, or quote a text that begins with *)",
                ].map { $0.replacing("c.<<", with: "c.'<<'") })
    }

    @Test func `a bomb of aliases is so many faults, as value and as key`() {
        var bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "l\(level): &l\(level) [\(aliases)]\n"
        }
        #expect(read(bomb + "? *l30\n: x\n? *l30\n: y\n").told.count >= 270)
    }

    @Test(arguments: [20, 200, 5_000])
    func `deep nesting is a fault`(_ depth: Int) {
        let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let mappings =
            String(repeating: "{ a: ", count: depth) + String(repeating: "}", count: depth)
        for text in [lists, mappings] {
            #expect(read("a: " + text).told.isEmpty == (depth < Document.depthLimit))
        }
    }

    @Test func `a text too long to be a configuration is refused unread`() {
        let told = read(String(repeating: "a", count: Document.byteLimit + 1)).told
        #expect(
            told == [
                "v.yaml:1:1: is longer than 1048576 bytes "
                    + "(long lists of subjects go into CSV files)"
            ])
    }
}
