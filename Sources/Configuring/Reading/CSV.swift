/// Rows of RFC 4180 text with the line that each begins in: fields may be quoted, a quote within
/// is doubled, quoted fields may hold commas and line ends. LF is as good as CRLF.
struct CSV {
    struct Row: Hashable {
        let line: Int
        let fields: [String]
    }

    /// A text that is not of this form.
    struct Malformed: Error, Hashable {
        let line: Int
        let message: String
    }

    private var bytes: ArraySlice<UInt8>
    private var line = 1

    /// Empty lines are no rows.
    static func rows(of bytes: [UInt8]) throws(Malformed) -> [Row] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var csv = CSV(bytes: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...])
        var rows: [Row] = []
        while !csv.bytes.isEmpty {
            let row = try csv.row()
            if row.fields != [""] { rows.append(row) }
        }
        return rows
    }

    private init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    private mutating func row() throws(Malformed) -> Row {
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field())
            switch bytes.popFirst() {
            case UInt8(ascii: ","): continue
            case nil: return Row(line: start, fields: fields)
            case UInt8(ascii: "\r"):
                if bytes.first == UInt8(ascii: "\n") { bytes.removeFirst() }
                line += 1
                return Row(line: start, fields: fields)
            default:
                line += 1
                return Row(line: start, fields: fields)
            }
        }
    }

    /// Up to the comma or line end that follows, which is left.
    private mutating func field() throws(Malformed) -> String {
        if bytes.first == UInt8(ascii: "\"") { return try quotedField() }
        let end = bytes.firstIndex(where: Self.endsField) ?? bytes.endIndex
        let field = bytes[..<end]
        guard !field.contains(UInt8(ascii: "\"")) else {
            throw Malformed(
                line: line, message: "a quote stands within a field that is not quoted")
        }
        bytes = bytes[end...]
        return try text(field)
    }

    private mutating func quotedField() throws(Malformed) -> String {
        let start = line
        var field: [UInt8] = []
        bytes.removeFirst()
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "\"") else {
                if byte == UInt8(ascii: "\n") { line += 1 }
                field.append(byte)
                continue
            }
            if bytes.first == byte {
                bytes.removeFirst()
                field.append(byte)
            } else if bytes.first.map(Self.endsField) ?? true {
                return try text(field[...])
            } else {
                throw Malformed(line: line, message: "a quoted field goes on after its quote")
            }
        }
        throw Malformed(line: start, message: "a quoted field does not end")
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Malformed(line: line, message: "a field is not UTF-8")
        }
        return text
    }

    private static func endsField(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}
