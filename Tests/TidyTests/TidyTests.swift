import Foundation
import TestKit
import Testing

/// The style rules that can be executed. When one hurts, change it here.
@Suite("The repository")
struct TidyTests {
    /// Files over the limit on the day the rule came, and how long each may be at most: a ratchet.
    static let longFiles: [String: Int] = [:]
    static let fileLimit = 400
    static let functionLimit = 60

    @Test("has no file over 400 lines, data tables excepted")
    func fileLength() throws {
        for file in try sourceFiles() {
            let limit = Self.longFiles[file.path] ?? Self.fileLimit
            #expect(file.lines.count <= limit, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("has no function over 60 lines")
    func functionLength() throws {
        for file in try sourceFiles() {
            for function in file.functions() where function.length > Self.functionLimit {
                Issue.record("\(file.path):\(function.line) \(function.name) is too long")
            }
        }
    }

    @Test("has a door comment in each module")
    func doors() throws {
        let files = try sourceFiles().filter(\.isSource)
        for module in Set(files.map(\.module)).subtracting(["schema", "dashboards"]) {
            let door = files.first { $0.path == "Sources/\(module)/\(module).swift" }
            let comment = try #require(door, "\(module) has no door file").lines
                .prefix { $0.hasPrefix("//") || $0.hasPrefix("import") || $0.isEmpty }
                .filter { $0.hasPrefix("//") }
            #expect(comment.count >= 3, "the door of \(module) says too little")
        }
    }

    @Test("keeps SQL in Storage and schema")
    func sql() throws {
        let statement = /"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE TABLE|PRAGMA)\s/
        for file in try sourceFiles() where file.isSource && file.module != "Storage" {
            #expect(!file.text.contains(statement), "\(file.path) holds SQL")
        }
    }

    static let deciding = ["Statistics", "Model", "Planning", "Analysis", "Rendering"]

    @Test(
        "keeps clock, dice, files and concurrency out of deciding modules",
        arguments: [
            "Date()", ".now()", "ContinuousClock", "SuspendingClock", "clock_gettime",
            "DispatchTime",
            "SystemRandomNumberGenerator", "FileManager", "FileHandle", "URLSession", "async ",
            "await ", "Task {", "Task.", "import NIO", "import GRDB", "import Dispatch", "UUID()",
        ])
    func purity(word: String) throws {
        for file in try sourceFiles() where Self.deciding.contains(file.module) && file.isSource {
            for (number, line) in file.code.enumerated() where line.contains(word) {
                Issue.record("\(file.path):\(number + 1) has \(word)")
            }
        }
    }

    @Test("draws no dice in deciding modules but from a generator that is given")
    func dice() throws {
        let random = /(?:\.random\(in: [^,)]*\)|shuffled\(\)|randomElement\(\))/
        for file in try sourceFiles() where Self.deciding.contains(file.module) && file.isSource {
            for (number, line) in file.code.enumerated() where line.contains(random) {
                Issue.record("\(file.path):\(number + 1) draws")
            }
        }
    }

    /// Who may import whom: the map of the README, executed.
    static let imports: [String: Set<String>] = [
        "Statistics": [],
        "Model": ["Statistics"],
        "Planning": ["Model"],
        "Analysis": ["Model", "Statistics"],
        "Rendering": ["Model"],
        "Configuring": ["Model", "Planning"],
        "Probing": ["Model"],
        "Storage": ["Model", "Schema"],
        "Export": ["Model", "Rendering"],
        "Web": ["Model", "Rendering", "Dashboards"],
        "Simulator": ["Model"],
        "schema": [],
        "dashboards": [],
    ]

    @Test("imports along the map")
    func map() throws {
        let own = Set(Self.imports.keys).union(["Schema", "Dashboards", "Variometer", "TestKit"])
        for file in try sourceFiles() where file.isSource && file.module != "Variometer" {
            let allowed = try #require(
                Self.imports[file.module], "\(file.module) is not on the map")
            for line in file.lines {
                guard let match = line.firstMatch(of: /^\s*(?:\w+\s+)*?import\s+(\w+)/) else {
                    continue
                }
                let name = String(match.1)
                #expect(!own.contains(name) || allowed.contains(name), "\(file.path): \(line)")
            }
        }
    }

    @Test("has no names that say nothing")
    func names() throws {
        let drawer =
            /\b(?:struct|class|enum|actor|protocol)\s+\w*(?:Manager|Helper|Util|Utils|Info|Data)\b/
        for file in try sourceFiles() {
            let name = file.path.split(separator: "/").last.map(String.init) ?? ""
            #expect(
                !name.contains(/Helper|Util|Manager|Common|Misc/), "\(file.path): a junk drawer")
            for (number, line) in file.code.enumerated() where line.contains(drawer) {
                Issue.record("\(file.path):\(number + 1) \(line)")
            }
        }
    }

    @Test(
        "takes no shortcuts in its sources",
        arguments: [
            "try!", "as!", "@unchecked Sendable", "fatalError", "nonisolated(unsafe)",
            "Task.detached", "unowned",
        ])
    func shortcuts(word: String) throws {
        for file in try sourceFiles() where file.isSource {
            for (number, line) in file.code.enumerated() where line.contains(word) {
                Issue.record("\(file.path):\(number + 1) has \(word)")
            }
        }
    }

    @Test("does not sleep in tests")
    func sleeping() throws {
        let sleep = /\b(?:usleep|nanosleep|sleep)\(/
        for file in try sourceFiles() where !file.isSource && file.module != "Benchmarks" {
            for (number, line) in file.code.enumerated() where line.contains(sleep) {
                Issue.record("\(file.path):\(number + 1) sleeps")
            }
        }
    }
}
