import GRDB

/// The store could not be opened, read or written to.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// There is no such file.
        case missing
        /// Another process writes to it.
        case busy
        /// The file is damaged.
        case corrupt
        /// It is no store of ours, or one of a newer version.
        case notAStore = "not_a_store"
        /// The disk is full.
        case full
        /// The file or its folder may not be written to, or read.
        case denied
        case inputOutput = "input_output"
        /// It took longer, or read more, than is allowed.
        case limit
    }

    package let code: Code
    /// What was tried: `open`, `record`.
    package let operation: String
    package let path: String
    package let underlying: String?
    package let hint: String
    /// True: what stands there is no database at all.
    let isNoDatabase: Bool

    /// True: what stands there was a store once, and cannot be read any more.
    package var isDamage: Bool { code == .corrupt || code == .notAStore && isNoDatabase }

    package var description: String {
        let cause = underlying.map { ": \($0)" } ?? ""
        return "cannot \(operation) \(path) (\(code.rawValue))\(cause); \(hint)"
    }

    init(
        _ code: Code, _ operation: String, _ path: String, underlying: String? = nil, hint: String,
        isNoDatabase: Bool = false
    ) {
        self.code = code
        self.operation = operation
        self.path = path
        self.underlying = underlying
        self.hint = hint
        self.isNoDatabase = isNoDatabase
    }

    init(_ error: any Error, _ operation: String, _ path: String) {
        let result = (error as? DatabaseError)?.resultCode
        let (code, hint) = StorageError.meaning(of: result)
        self.init(
            code, operation, path, underlying: StorageError.text(of: error), hint: hint,
            isNoDatabase: result == .SQLITE_NOTADB)
    }

    private static func meaning(of result: ResultCode?) -> (Code, String) {
        switch result {
        case ResultCode.SQLITE_BUSY, ResultCode.SQLITE_LOCKED:
            (.busy, "another process holds it; end that one, or wait")
        case ResultCode.SQLITE_CORRUPT:
            (.corrupt, "`variometer store salvage` copies what can be read of it into a new store")
        case ResultCode.SQLITE_NOTADB:
            (.notAStore, "name a store, or a path where there is no file")
        case ResultCode.SQLITE_INTERRUPT:
            (.limit, "ask for less: a later --since, an earlier --until, one dimension")
        case ResultCode.SQLITE_FULL: (.full, "free some space on its disk")
        case ResultCode.SQLITE_CANTOPEN, ResultCode.SQLITE_PERM, ResultCode.SQLITE_READONLY,
            ResultCode.SQLITE_AUTH:
            (.denied, "check that the folder exists and that its owner may write there")
        default: (.inputOutput, "check the disk and the file's permissions")
        }
    }

    /// GRDB's message without the statement's arguments.
    private static func text(of error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return "SQLite error \(error.extendedResultCode.rawValue): \(error.message ?? "unknown")"
    }
}
