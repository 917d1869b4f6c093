import Foundation
import TestKit
import Testing

@Suite("Commands")
struct CommandTests {
    static let endings: [([String], Int32, String)] = [
        (["--version"], 0, ""),
        (["fly"], 64, "Usage"),
        (["report", "nonsense"], 64, "nonsense"),
        (["report", "--store", "no.db"], 66, "no.db"),
        (["report", "--store", "junk.db"], 65, "junk.db"),
        (["check", "--config", "no.yaml"], 66, "no.yaml"),
        (["check", "--config", "bad.yaml"], 78, "bad.yaml:1:1"),
        (["probe", "--config", "bad.yaml"], 78, "bad.yaml:1:1"),
        (["verify", "nowhere"], 66, "manifest.json"),
        (["simulate", "--world", "no.json", "--port", "0"], 66, "no.json"),
        (["simulate", "--world", "bad.yaml", "--port", "0"], 65, "world.schema.json"),
        (["export", "--store", "no.db", "--out", "x"], 66, "no.db"),
        (["demo", "--seconds", "1"], 64, "10 … 3600"),
        (["report", "--store", "junk.db", "--since", "soon"], 65, "junk.db"),
    ]

    @Test("end with the code and the words that say what to do", arguments: 0..<14)
    func endings(_ index: Int) throws {
        let (arguments, status, words) = Self.endings[index]
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "junk", count: 2_000), to: "junk.db")
        try folder.write("stoer: x\n", to: "bad.yaml")
        let ending = try Product.run(arguments, in: folder)
        #expect(ending.status == status, "\(arguments): \(ending.error)")
        #expect(words.isEmpty || ending.error.contains(words), "\(arguments): \(ending.error)")
    }

    @Test("check tells what a plan costs, reaches and proves")
    func check() throws {
        let folder = try TemporaryFolder()
        let plan = smallMatrix + "\nallocations: { hero: { \"7W\": { \"1\": 50, \"2\": 50 } } }"
        try folder.write(Scene.configuration(port: 9, plan: plan), to: "v.yaml")
        let ending = try Product.run(
            ["check", "--config", "v.yaml"], in: folder, environment: ["KEY": "s3cr3t"])
        #expect(ending.status == 0, "\(ending.error)")
        for words in [
            "no fault", "calls a day", "168 contexts", "of disk a day", "kept for 30 d",
            "hero/7W: at best",
        ] {
            #expect(ending.output.contains(words), "\(words) in \(ending.output)")
        }
        #expect(!(ending.output + ending.error).contains("s3cr3t"))
    }

    @Test("plan shows 10⁹ cells' first requests")
    func hugePlan() throws {
        let folder = try TemporaryFolder()
        let values = (0..<1_000).map { "v\($0)" }.joined(separator: ", ")
        let plan = """
            rate: 5/s
            subjects: { panel: { count: 10 } }
            matrix:
              attributes:
                a: [\(values)]
                b: [\(values)]
                c: [\(values)]
            """
        try folder.write(Scene.configuration(port: 9, plan: plan), to: "v.yaml")
        let ending = try Product.run(
            ["plan", "--config", "v.yaml", "--limit", "5"], in: folder, environment: ["KEY": "k"])
        #expect(ending.status == 0, "\(ending.error)")
        #expect(ending.output.contains("1,000,000,000 contexts"))
        #expect(ending.output.components(separatedBy: "POST /v1/experiences/fetch").count == 6)
    }

    @Test("plan shows the very bytes that probe sends")
    func bytes() throws {
        let capture = try SocketCapture()
        let folder = try TemporaryFolder()
        let plan = """
            rate: 5/s
            subjects: { panel: { count: 1 } }
            matrix:
              day: [Saturday]
              hour: [19]
              device: [{ phone: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) …" }]
              geo: [IN]
              attributes: { utm_medium: [email] }
            """
        try folder.write(Scene.configuration(port: capture.port, plan: plan), to: "v.yaml")
        let environment = ["KEY": "SECRET"]
        let shown = try Product.run(
            ["plan", "--config", "v.yaml", "--limit", "1"], in: folder, environment: environment)
        #expect(shown.output.contains("Authorization: Basic <redacted>"))
        #expect(!shown.output.contains("SECRET"))
        let probed = try Product.run(
            ["probe", "--config", "v.yaml"], in: folder, environment: environment)
        #expect(probed.status == 0, "\(probed.error)")
        let sent = capture.request()
        let parts = sent.components(separatedBy: "\r\n\r\n")
        #expect(
            parts[1] == #"""
                {"identifiers":{"customer_id":"panel-0000"},"experience_key":["hero","promo-strip","weekend"],"DAY_OF_THE_WEEK":"Saturday","TIME_OF_THE_DAY":"19","USER_IP_ADDRESS":"103.21.58.1","USER_AGENT":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) …","utm_medium":"email"}
                """#)
        #expect(shown.output.contains(parts[1]))
        #expect(
            parts[0].components(separatedBy: "\r\n") == [
                "POST /v1/experiences/fetch HTTP/1.1", "Host: 127.0.0.1:\(capture.port)",
                "Authorization: Basic V1MxOlNFQ1JFVA==", "MOE-APPKEY: WS1",
                "Content-Type: application/json",
                "User-Agent: variometer/0.1.0 (synthetic probe)",
                "Content-Length: \(parts[1].utf8.count)",
            ])
    }

    @Test(
        "example files are what their schemas say", arguments: ["storefront", "troubled", "monday"])
    func worldSchema(name: String) throws {
        let program = """
            import json, jsonschema
            schema = json.load(open('schema/world.schema.json'))
            jsonschema.Draft202012Validator(schema).validate(json.load(open('examples/worlds/\(name).json')))
            """
        let root = checkout.path
        _ = try tool(
            "/bin/sh", ["-c", "cd '\(root)' && exec /usr/bin/python3 -c \"$0\"", program],
            in: try TemporaryFolder())
    }

    @Test("init goes from nothing to a first believable report")
    func initialise() throws {
        let scene = try Scene(world: exampleWorld("storefront"), plan: smallMatrix)
        try scene.folder.write("secret\n", to: "key")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: scene.folder.path("key"))
        let arguments = [
            "init", "--base-url", "http://127.0.0.1:\(scene.port)", "--workspace", "WS1",
            "--api-key-file", "key",
        ]
        let made = try scene.run(arguments)
        #expect(made.status == 0, "\(made.error)")
        let text = try String(contentsOfFile: scene.folder.path("variometer.yaml"), encoding: .utf8)
        #expect(text.contains("hero") && text.contains("saw 1 ×") && !text.contains("secret"))
        #expect(try scene.run(arguments).status == 73)
        let checked = try scene.run(["check", "--config", "variometer.yaml"])
        #expect(checked.status == 0, "\(checked.error)")
        let probed = try scene.run(
            ["probe", "--config", "variometer.yaml", "--max-probes", "20"])
        #expect(probed.status == 0, "\(probed.error)")
        let report = try scene.run(["report", "--config", "variometer.yaml"])
        #expect(report.status == 0 && report.output.contains("20 answered"), "\(report.output)")
    }
}

/// Takes one connection, keeps the request's bytes and answers that nothing is served.
final class SocketCapture: Sendable {
    let port: Int
    private let listener: Int32
    private let capture: Capture

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRINUSE) }
        port = Int(in_port_t(bigEndian: address.sin_port))
        let pipe = Pipe()
        capture = Capture(pipe.fileHandleForReading)
        let writing = dup(pipe.fileHandleForWriting.fileDescriptor)
        Thread { Self.serve(listener, into: writing) }.start()
    }

    deinit { close(listener) }

    /// The request, head and body, once it was answered.
    func request() -> String { capture.all() }

    private static func serve(_ listener: Int32, into writing: Int32) {
        let connection = accept(listener, nil, nil)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(connection, &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
            if bytes.last == UInt8(ascii: "}") { break }
        }
        _ = write(writing, bytes, bytes.count)
        close(writing)
        let answer = Array(
            "HTTP/1.1 200 OK\r\nContent-Length: 18\r\nConnection: close\r\n\r\n{\"experiences\":{}}"
                .utf8)
        _ = write(connection, answer, answer.count)
        close(connection)
    }
}
