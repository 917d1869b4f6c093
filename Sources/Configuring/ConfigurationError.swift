/// The configuration file itself could not be read. What stands in it is told by faults.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case missing, unreadable
        case notUTF8 = "not_utf8"
    }

    package let code: Code
    package let operation: String
    /// The file.
    package let subject: String
    package let underlying: String?
    package let hint: String

    package init(
        code: Code, operation: String, subject: String, underlying: String? = nil, hint: String
    ) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.underlying = underlying
        self.hint = hint
    }

    package var description: String {
        "cannot \(operation) \(subject): \(underlying ?? code.rawValue); \(hint)"
    }
}
