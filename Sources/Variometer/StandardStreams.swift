import Foundation

/// Results. Unbuffered, so that a line written is a line seen, in a pipe as well.
enum StandardOutput {
    static func write(_ text: String) { writeAll(text, to: STDOUT_FILENO) }
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Everything that is no result: progress, logs, faults.
enum StandardError {
    static func write(_ text: String) { writeAll(text, to: STDERR_FILENO) }
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// True where colour is wanted: a terminal, and no `NO_COLOR` in the environment.
func wantsColor(onTerminal isTerminal: Bool) -> Bool {
    isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
}

/// Writes all bytes; a stream that was closed swallows them.
private func writeAll(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { buffer in
        var rest = UnsafeRawBufferPointer(buffer)
        while let base = rest.baseAddress, !rest.isEmpty {
            let written = write(descriptor, base, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }
}
