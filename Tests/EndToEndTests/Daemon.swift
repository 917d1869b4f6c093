import Foundation
import TestKit
import Testing

/// A daemon that runs in a scene, and its HTTP side.
struct Daemon {
    let running: Running
    let port: String
    private let folder: TemporaryFolder

    struct Reply {
        let status: Int
        let body: String
    }

    /// Starts it and waits until it listens.
    init(in scene: Scene) throws {
        try self.init(scene.start(["run", "--config", "v.yaml"]), in: scene)
    }

    /// One that was started in its own way.
    init(_ running: Running, in scene: Scene) throws {
        self.running = running
        folder = scene.folder
        guard let line = running.errorLine(where: { $0.contains("\"listening\"") }),
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let port = object["port"] as? String
        else { throw ToolFailure(path: "run", error: try running.ending().error) }
        self.port = port
    }

    func ask(_ path: String, method: String = "GET") throws -> Reply {
        let program = """
            import urllib.request as u, urllib.error as e
            try: r = u.urlopen(u.Request('http://127.0.0.1:\(port)\(path)', method='\(method)'))
            except e.HTTPError as error: r = error
            print(r.status, r.read().decode(), end='')
            """
        let text = try tool("/usr/bin/python3", ["-c", program], in: folder)
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        return Reply(status: Int(parts[0]) ?? 0, body: String(parts[1]))
    }

    /// Waits for a line of the log that holds all of some words.
    func log(_ words: String...) -> String? {
        running.errorLine { line in words.allSatisfy(line.contains) }
    }

    /// Ends it as a service manager does.
    func stop() throws -> Product.Ending {
        running.signal(SIGTERM)
        return try running.ending()
    }
}
