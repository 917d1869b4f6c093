import Testing

@testable import Configuring

private func rows(_ text: String) throws -> [CSV.Row] {
    try CSV.rows(of: Array(text.utf8))
}

@Suite struct CSVTests {
    @Test(arguments: [
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("\u{FEFF}a\n\n\nb\n", [["a"], ["b"]]),
        (#""a,b","c ""d""""#, [["a,b", #"c "d""#]]),
        (",\n", [["", ""]]),
        ("\"x\ny\",é", [["x\ny", "é"]]),
        ("", []),
    ])
    func `rows are read by RFC 4180`(_ text: String, _ fields: [[String]]) throws {
        #expect(try rows(text).map(\.fields) == fields)
    }

    @Test func `rows know their lines, quoted line ends counted`() throws {
        #expect(try rows("a\n\"b\nb\"\nc\r\n\r\nd").map(\.line) == [1, 2, 4, 6])
    }

    @Test(arguments: [
        ("a\n\"b\n", 2, "a quoted field does not end"),
        ("a\nb\"c\n", 2, "a quote stands within a field that is not quoted"),
        ("\"a\"b\n", 1, "a quoted field goes on after its quote"),
    ])
    func `what is no CSV tells its line`(_ text: String, _ line: Int, _ message: String) {
        let error = #expect(throws: CSV.Malformed.self) { try rows(text) }
        #expect(error == CSV.Malformed(line: line, message: message))
    }

    @Test func `bytes that are no UTF-8 tell their line`() {
        let error = #expect(throws: CSV.Malformed.self) {
            try CSV.rows(of: [0x61, 0x0A, 0xFF, 0x0A])
        }
        #expect(error == CSV.Malformed(line: 2, message: "a field is not UTF-8"))
    }
}
