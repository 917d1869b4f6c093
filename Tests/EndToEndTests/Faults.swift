import Foundation
import TestKit

extension Scene {
    /// Starts a command of which some system calls fail: `fdatasync:error=EIO:when=12..14`. They
    /// are counted by thread. The process is the command's own, and no child of a tracer.
    func start(_ arguments: [String], failing injections: String...) throws -> Running {
        let calls = injections.compactMap { $0.split(separator: ":").first }.joined(separator: ",")
        return try Product.start(
            ["-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + calls]
                + injections.flatMap { ["-e", "inject=" + $0] } + [Product.url.path] + arguments,
            in: folder, environment: environment, executable: URL(filePath: "/usr/bin/strace"))
    }

    /// Few results a commit, so that there are many.
    func commitOften() throws {
        let text = try String(contentsOfFile: folder.path("v.yaml"), encoding: .utf8)
        try folder.write(text + "commit: { results: 5, every: 10ms }\n", to: "v.yaml")
    }

    /// Puts the store into a folder of its own.
    func useFolder(_ name: String = "data") throws {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: name), withIntermediateDirectories: true)
        let text = try String(contentsOfFile: folder.path("v.yaml"), encoding: .utf8)
        try folder.write(
            text.replacing("store: v.db", with: "store: \(name)/v.db"), to: "v.yaml")
        try commitOften()
    }
}

extension Daemon {
    /// Asks until readiness has a status; nil: it had not within a minute.
    func ready(is status: Int) throws -> Reply? {
        let deadline = ContinuousClock.now + .seconds(60)
        repeat {
            let reply = try ask("/-/ready")
            if reply.status == status { return reply }
        } while ContinuousClock.now < deadline
        return nil
    }
}

extension Running {
    /// Ends it if it still runs then: a test that waits for it fails instead of hanging.
    func end(after seconds: Int) {
        let id = id
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [weak self] in
            if self != nil { kill(id, SIGKILL) }
        }
    }
}

/// A small disk of memory; it is gone with the value.
final class SmallDisk: Sendable {
    private let path: String
    private let folder: TemporaryFolder

    init(at name: String, in folder: TemporaryFolder, megabytes: Int) throws {
        self.folder = folder
        path = folder.path(name)
        _ = try tool(
            "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path], in: folder
        )
    }

    deinit { _ = try? tool("/usr/bin/umount", ["-l", path], in: folder) }

    /// Takes all space that is left.
    func fill() throws {
        let ending = try Product.run(
            ["-c", "head -c 1G /dev/zero > \(path)/filler"], in: folder,
            executable: URL(filePath: "/bin/sh"))
        guard ending.status != 0 else { throw ToolFailure(path: path, error: "is not full") }
    }

    func free() throws { try FileManager.default.removeItem(atPath: path + "/filler") }
}
