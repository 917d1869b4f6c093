import Foundation

/// An export could not be written or read.
package struct ExportError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The folder holds something else.
        case notEmpty = "not_empty"
        case missing
        case damaged
        case inputOutput = "input_output"
    }

    package let code: Code
    package let operation: String
    package let path: String
    package let underlying: String?
    package let hint: String

    init(
        _ code: Code, _ operation: String, _ path: String, underlying: String? = nil, hint: String
    ) {
        self.code = code
        self.operation = operation
        self.path = path
        self.underlying = underlying
        self.hint = hint
    }

    /// A system call that failed, with what `errno` says.
    static func system(_ operation: String, _ path: String) -> ExportError {
        ExportError(
            .inputOutput, operation, path, underlying: String(cString: strerror(errno)),
            hint: "check that its folder exists, is writable and has room")
    }

    package var description: String {
        "cannot \(operation) \(path)" + (underlying.map { ": \($0)" } ?? "") + "; \(hint)"
    }
}
