/// One thing that is wrong with a configuration: where it stands, what is wrong, what would do.
///
/// A fault quotes what was written and never what the environment or a key file put in its place:
/// so no secret can reach it.
package struct Fault: Hashable, Sendable {
    /// The configuration file, or the subject file that it names.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
    /// Where in the tree: `plans.storefront.rate`. Empty: the file as a whole.
    package let path: String
    package let message: String
    package let hint: String?

    package init(
        file: String, line: Int, column: Int, path: String, message: String, hint: String? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
        self.hint = hint
    }
}

extension Fault: CustomStringConvertible {
    /// `F:line:col: path: what (hint)`.
    package var description: String {
        let place = "\(file):\(line):\(column): " + (path.isEmpty ? "" : path + ": ")
        return place + message + (hint.map { " (\($0))" } ?? "")
    }
}

/// The faults of one configuration, collected while it is read.
struct FaultList {
    /// More would only repeat: a file that is wrong this often is the wrong file.
    static let limit = 500

    let file: String
    private var faults: [Fault] = []
    /// Of all that were told, kept or not.
    private(set) var count = 0

    init(file: String) {
        self.file = file
    }

    mutating func add(_ message: String, at place: Place, path: String, hint: String? = nil) {
        add(
            Fault(
                file: file, line: place.line, column: place.column, path: path, message: message,
                hint: hint))
    }

    mutating func add(_ fault: Fault) {
        count += 1
        if count <= Self.limit { faults.append(fault) }
    }

    /// In order of place: the configuration file first, then subject files.
    var inOrder: [Fault] {
        func order(_ fault: Fault) -> (Int, String, Int, Int) {
            (fault.file == file ? 0 : 1, fault.file, fault.line, fault.column)
        }
        return faults.enumerated().sorted { a, b in
            let (left, right) = (order(a.element), order(b.element))
            return left == right ? a.offset < b.offset : left < right
        }.map(\.element)
    }
}
