import Foundation
import Glibc

/// Starts a program. Foundation's `Process` collects its children itself, and with them what they
/// used; `posix_spawn` leaves that to `wait4`.
func spawn(
    _ program: URL, _ arguments: [String], environment: [String: String], output: URL, error: URL
) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    let create = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.path, create, 0o600)
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, error.path, create, 0o600)

    // The signals that `endOnSignals` keeps for one thread are not kept from the program.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var variables = ProcessInfo.processInfo.environment
    variables["VARIOMETER_STORE"] = nil
    let settings = variables.merging(environment) { $1 }.map { "\($0)=\($1)" }
    var id: pid_t = 0
    let failure = withCStrings([program.path] + arguments) { arguments in
        withCStrings(settings) { settings in
            posix_spawn(&id, program.path, &files, &attributes, arguments, settings)
        }
    }
    guard failure == 0 else {
        throw BenchmarkError(
            program: program.path,
            operation: "could not be started: \(String(cString: strerror(failure)))")
    }
    return id
}

/// Has `cleanUp` run and ends this program when it is told to end.
func endOnSignals(_ cleanUp: @escaping @Sendable () -> Void) {
    var signals = endingSignals()
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    Thread {
        var signals = endingSignals()
        var number: Int32 = 0
        sigwait(&signals, &number)
        cleanUp()
        exit(128 + number)
    }.start()
}

private func endingSignals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    return signals
}

/// The file of a program: in PATH, or where Debian puts servers.
func program(_ name: String) throws -> URL {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin"]
    let files = folders.map { URL(filePath: $0).appending(path: name) }
    guard let file = files.first(where: { access($0.path, X_OK) == 0 }) else {
        throw BenchmarkError(program: name, operation: "is not installed: run scripts/benchmark")
    }
    return file
}

/// Lends texts as a null-terminated list of C strings.
private func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
