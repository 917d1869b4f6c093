import Foundation
import Testing

@testable import Configuring

/// A sound configuration with some lines replaced, and everything that is told about it.
struct BrokenCase: Sendable, CustomTestStringConvertible {
    var removed: [String] = []
    var added: [String] = []
    var told: [String] = []

    var testDescription: String { (added.isEmpty ? removed : added).joined(separator: " ") }

    /// The text that is broken so.
    func text() throws -> String {
        let lines = removed.map { $0 + "\n" }.joined()
        return try sound(lines, by: added.map { $0 + "\n" }.joined())
    }

    var golden: String {
        let lines = removed.map { "-" + $0 } + added.map { "+" + $0 } + told.map { "! " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Messages are pinned to the letter: they are what a user has when nothing runs.
@Suite struct BrokenConfigurationTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/broken.txt")

    /// The cases of the golden file; a paragraph each, after the one that explains them.
    private static func cases() throws -> (head: String, cases: [BrokenCase]) {
        let text = try String(contentsOf: file, encoding: .utf8)
        var paragraphs = text.components(separatedBy: "\n\n")
        let head = paragraphs.removeFirst()
        let cases = paragraphs.map { paragraph in
            var broken = BrokenCase()
            for line in paragraph.split(separator: "\n") {
                switch line.first {
                case "-": broken.removed.append(String(line.dropFirst()))
                case "+": broken.added.append(String(line.dropFirst()))
                default: broken.told.append(String(line.dropFirst(2)))
                }
            }
            return broken
        }
        return (head, cases)
    }

    @Test func `the text that is broken here is sound`() {
        #expect(faults(soundText) == [])
    }

    @Test(arguments: try cases().cases)
    func `a fault tells where it stands, what is wrong and what would do`(
        _ broken: BrokenCase
    ) throws {
        guard ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == nil else { return }
        #expect(faults(try broken.text()) == broken.told)
    }

    @Test func `there are cases enough to believe the rest`() throws {
        #expect(try Self.cases().cases.count > 60)
    }

    private static func names<Key: ConfigurationKey>(
        _ path: String, _ keys: Key.Type
    ) -> [String] {
        keys.allCases.map { path + $0.rawValue }
    }

    private static let keys =
        names("targets.production.", TargetKey.self)
        + names("targets.production.tls.", TLSKey.self)
        + names("targets.production.maintenance[0].", MaintenanceKey.self)
        + names("plans.storefront.", PlanKey.self)
        + names("plans.storefront.active.", ActiveKey.self)
        + names("plans.storefront.ramps.hero.42D.", RampKey.self)
        + names("plans.storefront.ramps.hero.42D.steps[0].", StepKey.self)
        + names("plans.storefront.expectations[0].", ExpectationKey.self)
        + names("plans.storefront.thresholds.", ThresholdsKey.self)
        + names("objectives[0].", ObjectiveKey.self)

    @Test(arguments: keys)
    func `each key of a target and of a plan has a case in which it is at fault`(
        _ key: String
    ) throws {
        let paths = try Self.cases().cases.flatMap(\.told).compactMap { told in
            told.firstMatch(of: #/^v\.yaml:\d+:\d+: ([^ ]+): /#).map { String($0.1) }
        }
        #expect(paths.contains { $0 == key || $0.hasPrefix(key + ".") || $0.hasPrefix(key + "[") })
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil))
    func `the golden file is written anew`() throws {
        let (head, cases) = try Self.cases()
        let told = try cases.map { broken in
            var broken = broken
            broken.told = faults(try broken.text())
            return broken.golden
        }
        try (head + "\n\n" + told.joined(separator: "\n"))
            .write(to: Self.file, atomically: true, encoding: .utf8)
    }

    @Test func `faults of every part are told together, in order of their places`() {
        let told = faults(
            """
            targets:
              production:
                data_center: "9"
                api_key: ${KEY}
                workspace_id: WS1
            plans:
              storefront:
                target: producton
                experiences: [hero]
                rate: 5/min
                subjects: { panel: { count: many } }
                matrix: { hour: 25, device: [nokia] }
                allocations: { hero: { "1A": { "1": 60, "2": 60 } } }
            listen: 0.0.0.0:80
            """)
        #expect(
            told.map { $0.split(separator: ":").prefix(3).joined(separator: ":") } == [
                "v.yaml:3:18", "v.yaml:7:3", "v.yaml:8:13", "v.yaml:11:33", "v.yaml:12:21",
                "v.yaml:12:34", "v.yaml:13:28", "v.yaml:14:9",
            ])
        #expect(told.count == 8)
    }
}
