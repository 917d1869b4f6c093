/// Our own failure: a target that cannot be probed at all, or metadata that cannot be had.
/// A probe that fails is a result, never this.
package struct ProbingError: Error, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The target's settings cannot be used.
        case target
        /// A certificate file cannot be used.
        case certificate
        /// The metadata could not be fetched or read.
        case metadata
    }

    package let code: Code
    package let operation: String
    /// The target's name, a URL or a file: never a secret.
    package let subject: String
    package let underlying: (any Error)?
    package let hint: String

    package init(
        _ code: Code, operation: String, subject: String, underlying: (any Error)? = nil,
        hint: String
    ) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.underlying = underlying
        self.hint = hint
    }

    package var description: String {
        let cause = underlying.map { ": \($0)" } ?? ""
        return "cannot \(operation) \(subject)\(cause); \(hint)"
    }
}
