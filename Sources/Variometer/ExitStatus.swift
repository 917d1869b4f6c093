import Configuring
import Export
import Probing
import Simulator
import Storage
import Web

/// Exit codes, after sysexits(3). 1 says that a check of the user's own failed.
enum ExitStatus: Int32 {
    case checkFailed = 1
    case usage = 64
    case data = 65
    case unreadableInput = 66
    case unavailable = 69
    case internalFault = 70
    case cannotCreate = 73
    case inputOutput = 74
    case configuration = 78
}

/// Why a command ended without having done its work.
struct CommandFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    /// What was wrong, where, and what to do.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    var description: String { message }
}

extension CommandFailure {
    /// The failure that an error of one of the modules amounts to; nil: it is the argument
    /// parser's own, which knows how to tell it.
    init?(describing error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError: self.init(.unreadableInput, "\(error)")
        case let error as WorldError: self.init(.data, "\(error)")
        case let error as StorageError: self.init(Self.status(of: error.code), "\(error)")
        case let error as GivenUp: self.init(Self.status(of: error), "\(error)")
        case let error as ExportError: self.init(Self.status(of: error.code), "\(error)")
        case let error as WebError: self.init(.unavailable, "\(error)")
        case let error as ProbingError: self.init(Self.status(of: error.code), "\(error)")
        default: return nil
        }
    }

    private static func status(of code: StorageError.Code) -> ExitStatus {
        switch code {
        case .missing: .unreadableInput
        case .busy, .limit: .unavailable
        case .corrupt, .notAStore: .data
        case .denied: .cannotCreate
        case .full, .inputOutput: .inputOutput
        }
    }

    private static func status(of error: GivenUp) -> ExitStatus {
        switch error {
        case .damaged: .data
        case .closed: .inputOutput
        }
    }

    private static func status(of code: ExportError.Code) -> ExitStatus {
        switch code {
        case .notEmpty: .cannotCreate
        case .missing: .unreadableInput
        case .damaged: .data
        case .inputOutput: .inputOutput
        }
    }

    private static func status(of code: ProbingError.Code) -> ExitStatus {
        switch code {
        case .target, .certificate: .configuration
        case .metadata: .unavailable
        }
    }
}
