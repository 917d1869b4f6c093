import Model
package import Planning

/// What a subject file holds: its records, or every fault with the line it stands in.
///
/// The header is `customer_id`, then the names of further identifiers. An identifier that is empty
/// in a row is one that this subject does not have. Faults quote no cell: they are people's ids.
package func readSubjects(csv path: String) -> (records: [SubjectRecord], faults: [Fault]) {
    switch contents(ofFile: path, limit: subjectFileByteLimit) {
    case .failure(let problem):
        let fault = Fault(
            file: path, line: 1, column: 1, path: "", message: problem.message, hint: problem.hint)
        return ([], [fault])
    case .success(let bytes):
        return subjects(in: bytes, file: path)
    }
}

/// A million users fit.
let subjectFileByteLimit = 64 << 20

/// The same for a text that was read already.
func subjects(in bytes: [UInt8], file: String) -> (records: [SubjectRecord], faults: [Fault]) {
    var reading = SubjectFile(path: file)
    reading.read(bytes)
    return (reading.faults.isEmpty ? reading.records : [], reading.faults)
}

private struct SubjectFile {
    /// Told one by one; a file with more is wrong as a whole.
    static let faultLimit = 20
    private static let headerHint = "its header is customer_id, then any identifiers"

    let path: String
    private(set) var records: [SubjectRecord] = []
    private(set) var faults: [Fault] = []

    init(path: String) {
        self.path = path
    }

    mutating func read(_ bytes: [UInt8]) {
        do {
            let rows = try CSV.rows(of: bytes)
            guard let header = rows.first else {
                return fault("the file is empty", line: 1, hint: Self.headerHint)
            }
            guard let names = identifiers(in: header) else { return }
            if rows.count == 1 { fault("lists no subjects", line: header.line) }
            readRecords(rows.dropFirst(), identifiers: names)
        } catch {
            fault(error.message, line: error.line, hint: "quoting is that of RFC 4180")
        }
    }

    mutating func fault(_ message: String, line: Int, hint: String? = nil) {
        guard faults.count < Self.faultLimit else { return }
        faults.append(
            Fault(file: path, line: line, column: 1, path: "", message: message, hint: hint))
    }

    /// The names after `customer_id`.
    private mutating func identifiers(in header: CSV.Row) -> [String]? {
        guard header.fields.first == "customer_id" else {
            fault(
                "the first column is not customer_id", line: header.line, hint: Self.headerHint)
            return nil
        }
        let names = Array(header.fields.dropFirst())
        guard !names.contains(""), Set(header.fields).count == header.fields.count else {
            fault("each column needs a name of its own", line: header.line)
            return nil
        }
        return names
    }

    private mutating func readRecords(_ rows: ArraySlice<CSV.Row>, identifiers names: [String]) {
        var lines: [String: Int] = [:]
        for row in rows {
            let id = row.fields[0]
            if row.fields.count != names.count + 1 {
                fault(
                    "has \(row.fields.count) fields where the header has \(names.count + 1)",
                    line: row.line)
            } else if id.isEmpty {
                fault("the customer_id is empty", line: row.line)
            } else if let first = lines[id] {
                fault("this customer_id stands twice, first in line \(first)", line: row.line)
            } else {
                lines[id] = row.line
                let identifiers = zip(names, row.fields.dropFirst()).compactMap { name, value in
                    value.isEmpty ? nil : Attribute(name: name, value: value)
                }
                records.append(SubjectRecord(customerID: id, identifiers: identifiers))
            }
        }
    }
}
