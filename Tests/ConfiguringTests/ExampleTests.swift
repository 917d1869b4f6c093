import Foundation
import Model
import Planning
import Testing

@testable import Configuring

/// The root of the repository, which the examples and schemas stand in.
let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct ExampleTests {
    private func example(
        _ name: String, environment: [String: String]
    ) throws -> LoadedConfiguration {
        let path = root.appending(path: "examples/" + name).path
        switch try load(path: path, environment: environment) {
        case .loaded(let configuration): return configuration
        case .faulty(let faults):
            Issue.record("\(faults.map(\.description).joined(separator: "\n"))")
            throw CancellationError()
        }
    }

    @Test func `variometer.yaml loads with a key file of its own`() throws {
        let configuration = try withFolder { folder in
            try write("key\n", to: folder.appending(path: "moengage"))
            return try example(
                "variometer.yaml",
                environment: [
                    "MOENGAGE_WORKSPACE_ID": "WS1", "CREDENTIALS_DIRECTORY": folder.path,
                ])
        }
        #expect(configuration.effective.targets.first?.baseURL == "https://sdk-02.moengage.com")
        #expect(configuration.effective.plans.first?.allocations.count == 3)
        #expect(configuration.effective.plans.first?.targets == ["production", "canary"])
        #expect(configuration.effective.plans.first?.ramps.map(\.steps.count) == [3])
        #expect(configuration.effective.plans.first?.expectations.count == 3)
        #expect(configuration.effective.objectives.map(\.share) == [0.99])
        #expect(configuration.keys["production"] == Secret("key"))
    }

    @Test func `segments.yaml loads with its subject files`() throws {
        let configuration = try example(
            "segments.yaml",
            environment: ["MOENGAGE_WORKSPACE_ID": "WS1", "MOENGAGE_API_KEY": "key"])
        #expect(configuration.pools.keys.sorted() == ["high-intent"])
        let files = ["users.csv", "cohort.csv"].map { root.appending(path: "examples/" + $0).path }
        #expect(files.map { readSubjects(csv: $0).records.count } == [4, 8])
    }

    @Test func `local.yaml loads with the simulator's key`() throws {
        let configuration = try example(
            "local.yaml", environment: ["VARIOMETER_SIMULATOR_KEY": "secret"])
        #expect(configuration.effective.targets.first?.baseURL == "http://127.0.0.1:8080")
        #expect(
            configuration.effective.plans.first?.experiences
                == .keys(["hero", "promo-strip", "weekend"]))
    }

    @Test func `ofrep.yaml loads without a key`() throws {
        let configuration = try example("ofrep.yaml", environment: [:])
        #expect(configuration.effective.targets.first?.api == .ofrep)
        #expect(configuration.keys == ["flags": Secret("")])
    }

    @Test func `every example is held by a test`() throws {
        let files = try FileManager.default
            .contentsOfDirectory(atPath: root.appending(path: "examples").path)
            .filter { $0.hasSuffix(".yaml") }
        #expect(files.sorted() == ["local.yaml", "ofrep.yaml", "segments.yaml", "variometer.yaml"])
    }
}
