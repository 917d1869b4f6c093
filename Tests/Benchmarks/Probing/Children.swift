import Foundation
import Glibc
import Synchronization

/// A program that was started; what it writes goes to two files.
struct Child {
    let name: String
    let id: pid_t
    let output: URL
    let error: URL
    let startedAt: ContinuousClock.Instant
    /// What the kernel's own peak of this child may be off by: see `Children.wait`.
    let floorBytes: Int
}

/// What a program that has ended used and wrote.
struct Ending {
    let seconds: Double
    let cpuSeconds: Double
    let peakBytes: Int
    let output: String
}

/// Every program that was started and still runs; each is ended by its own id.
final class Children: Sendable {
    private struct State {
        var running: Set<pid_t> = []
        /// Nothing is started any more.
        var isClosed = false
    }

    private let state = Mutex(State())
    private let folder: URL

    /// Keeps what the programs write in a folder.
    init(folder: URL) {
        self.folder = folder
    }

    /// Starts a program with files instead of pipes, so that a full pipe never stops it.
    func start(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Child {
        let name = program.lastPathComponent
        let files = folder.appending(path: "\(name)-\(UUID().uuidString)")
        let output = files.appendingPathExtension("out")
        let error = files.appendingPathExtension("err")
        let floorBytes = Proc.peakBytes(of: getpid()) ?? 0
        let startedAt = ContinuousClock.now
        let id = try state.withLock { state in
            guard !state.isClosed else {
                throw BenchmarkError(program: name, operation: "is not started: told to end")
            }
            let id = try spawn(
                program, arguments, environment: environment, output: output, error: error)
            state.running.insert(id)
            return id
        }
        return Child(
            name: name, id: id, output: output, error: error, startedAt: startedAt,
            floorBytes: floorBytes)
    }

    /// Runs a program to its end; any other status than 0 is thrown with what it wrote.
    @discardableResult
    func run(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:],
        within limit: Duration = .seconds(60), lookingEach pause: Duration = .milliseconds(5)
    ) throws -> Ending {
        try wait(
            start(program, arguments, environment: environment), within: limit,
            lookingEach: pause)
    }

    /// Waits for a program's end, looking now and then.
    ///
    /// `ru_maxrss` of a spawned child begins at the peak of the process that spawned it (execve(2)
    /// takes over the old address space's mark), so it is believed only above that floor; below
    /// it, the last `VmHWM` that was seen counts.
    func wait(
        _ child: Child, within limit: Duration = .seconds(60),
        lookingEach pause: Duration = .milliseconds(5)
    ) throws -> Ending {
        var peakBytes = 0
        while true {
            peakBytes = max(peakBytes, Proc.peakBytes(of: child.id) ?? 0)
            if let (status, usage) = reap(child.id) {
                let elapsed = ContinuousClock.now - child.startedAt
                guard status == 0 else {
                    throw BenchmarkError(
                        program: child.name, operation: "ended with \(reason(of: status))",
                        output: text(of: child.output) + text(of: child.error))
                }
                let kernelBytes = usage.ru_maxrss * 1_024
                if kernelBytes > child.floorBytes { peakBytes = kernelBytes }
                return Ending(
                    seconds: elapsed.seconds,
                    cpuSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds,
                    peakBytes: peakBytes, output: text(of: child.output))
            }
            guard ContinuousClock.now - child.startedAt < limit else {
                end(child.id)
                throw BenchmarkError(
                    program: child.name, operation: "did not end within \(limit)",
                    output: text(of: child.output) + text(of: child.error))
            }
            usleep(UInt32(pause.seconds * 1e6))
        }
    }

    /// Waits until a server that was started answers on its port.
    func waitUntilListening(_ child: Child, on port: Int) throws {
        while !Loopback.isListening(on: port) {
            let hasEnded = reap(child.id) != nil
            guard !hasEnded, ContinuousClock.now - child.startedAt < .seconds(10) else {
                end(child.id)
                throw BenchmarkError(
                    program: child.name,
                    operation: hasEnded ? "ended at once" : "does not listen on \(port)",
                    output: text(of: child.output) + text(of: child.error))
            }
            usleep(5_000)
        }
    }

    /// Ends one program: it is asked first, killed after two seconds.
    func end(_ id: pid_t) {
        state.withLock { state in
            guard state.running.remove(id) != nil else { return }
            kill(id, SIGTERM)
            for _ in 0..<200 {
                guard waitpid(id, nil, WNOHANG) == 0 else { return }
                usleep(10_000)
            }
            kill(id, SIGKILL)
            waitpid(id, nil, 0)
        }
    }

    /// Ends everything that still runs, for good.
    func endAll() {
        let left = state.withLock { state in
            state.isClosed = true
            return state.running
        }
        for id in left { end(id) }
    }

    /// Collects a child that has ended, or was ended by `end`; nil: it runs. Under the lock, so
    /// that no id is signalled after another process may have got it.
    private func reap(_ id: pid_t) -> (status: Int32, usage: rusage)? {
        state.withLock { state in
            var status = SIGTERM
            var usage = rusage()
            guard state.running.contains(id) else { return (status, usage) }
            guard wait4(id, &status, WNOHANG, &usage) != 0 else { return nil }
            state.running.remove(id)
            return (status, usage)
        }
    }
}

private func text(of file: URL) -> String {
    (try? String(contentsOf: file, encoding: .utf8)) ?? ""
}

/// A wait status in words: the macros of sys/wait.h are not in scope.
private func reason(of status: Int32) -> String {
    let signal = status & 0x7F
    return signal == 0 ? "status \((status >> 8) & 0xFF)" : "signal \(signal)"
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension timeval {
    var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
