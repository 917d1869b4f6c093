import Foundation
import Synchronization
import TestKit

/// The built executable, run as a user would.
enum Product {
    /// Beside the test bundle, where the build puts both.
    static let url: URL = {
        let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let beside = bundle.appending(path: "variometer")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return checkout.appending(path: ".build/debug/variometer")
    }()

    struct Ending {
        let status: Int32
        let output: String
        let error: String
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:],
        executable: URL = url
    ) throws -> Ending {
        let running = try start(
            arguments, in: folder, environment: environment, executable: executable)
        return try running.ending()
    }

    /// Starts a command and leaves it running.
    static func start(
        _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:],
        executable: URL = url
    ) throws -> Running {
        try Running(arguments, in: folder, environment: environment, executable: executable)
    }
}

/// A process of ours: ended with its owner, by its own id.
final class Running: Sendable {
    private let process: Mutex<Process>
    private let output: Capture
    private let error: Capture
    let id: Int32

    init(
        _ arguments: [String], in folder: TemporaryFolder, environment: [String: String],
        executable: URL
    ) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        var variables = ProcessInfo.processInfo.environment
        variables["VARIOMETER_STORE"] = nil
        process.environment = variables.merging(environment) { $1 }
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.output = Capture(output.fileHandleForReading)
        self.error = Capture(error.fileHandleForReading)
        id = process.processIdentifier
        self.process = Mutex(process)
    }

    deinit {
        process.withLock { if $0.isRunning { kill($0.processIdentifier, SIGKILL) } }
    }

    func signal(_ number: Int32) { kill(id, number) }

    /// Waits for the end.
    func ending() throws -> Product.Ending {
        process.withLock { $0.waitUntilExit() }
        return Product.Ending(
            status: process.withLock { $0.terminationStatus }, output: output.all(),
            error: error.all())
    }

    /// Waits for a line of standard output that satisfies the condition; nil: the process ended.
    func line(where isWanted: (String) -> Bool) -> String? { output.line(where: isWanted) }

    /// The same of standard error.
    func errorLine(where isWanted: (String) -> Bool) -> String? { error.line(where: isWanted) }
}

/// Collects a pipe on a thread of its own, so that a full one never stops the process.
final class Capture: Sendable {
    private struct State {
        var text = Data()
        var isAtEnd = false
    }

    private let state = Mutex(State())
    private let changed = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
        let descriptor = dup(handle.fileDescriptor)
        Thread { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                state.withLock {
                    if count > 0 { $0.text.append(contentsOf: buffer[..<count]) }
                    $0.isAtEnd = count <= 0
                }
                changed.signal()
                guard count > 0 else { break }
            }
            close(descriptor)
        }.start()
    }

    /// Everything until the end of the stream.
    func all() -> String {
        while true {
            let (text, isAtEnd) = state.withLock { ($0.text, $0.isAtEnd) }
            if isAtEnd { return String(decoding: text, as: UTF8.self) }
            changed.wait()
        }
    }

    func line(where isWanted: (String) -> Bool) -> String? {
        while true {
            let (text, isAtEnd) = state.withLock { ($0.text, $0.isAtEnd) }
            let lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\n")
            if let line = lines.dropLast().first(where: isWanted) { return line }
            if isAtEnd { return nil }
            changed.wait()
        }
    }
}

/// Runs a system tool and returns what it wrote.
func tool(_ path: String, _ arguments: [String], in folder: TemporaryFolder) throws -> String {
    let ending = try Product.run(arguments, in: folder, executable: URL(filePath: path))
    guard ending.status == 0 else { throw ToolFailure(path: path, error: ending.error) }
    return ending.output
}

struct ToolFailure: Error {
    let path: String
    let error: String
}
