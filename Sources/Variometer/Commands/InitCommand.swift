import ArgumentParser
import Configuring
import Foundation
import Model
import Planning

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a commented variometer.yaml to start from.",
        discussion: """
            With credentials it asks the metadata API which experiences are active, sends at most \
            100 probes, and writes what it saw as stubs: the split that is meant is yours to state.
            """)

    @Option(name: .long, help: "The data center: 01 02 03 04 05 06 101.")
    var dataCenter: String?

    @Option(name: .long, help: "The base URL, instead of a data center.")
    var baseURL: String?

    @Option(name: .long, help: "The workspace id.")
    var workspace: String?

    @Option(name: .long, help: "The file that holds the API key.")
    var apiKeyFile: String?

    @Option(name: .long, help: "A CSV file of users to probe with (customer_id[,identifier…]).")
    var subjects: String?

    /// What is written; never over a file that is there.
    private static let path = "variometer.yaml"

    func validate() throws {
        guard dataCenter == nil || baseURL == nil else {
            throw ValidationError("say --data-center or --base-url, not both")
        }
        guard (workspace == nil) == (apiKeyFile == nil) else {
            throw ValidationError("--workspace and --api-key-file go together")
        }
    }

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: Self.path) else {
            throw CommandFailure(
                .cannotCreate, "\(Self.path) is here already; move it away, or edit it")
        }
        let endpoint: TemplateContent.Endpoint =
            baseURL.map { .baseURL($0) } ?? .dataCenter(dataCenter ?? "01")
        var content = TemplateContent(
            endpoint: endpoint, workspaceID: workspace, keyFile: apiKeyFile, subjectsFile: subjects)
        if let workspace, let apiKeyFile {
            let found = try await discover(endpoint, workspace: workspace, keyFile: apiKeyFile)
            content.experiences = found.experiences
            content.sightings = found.sightings
            report(found.experiences, found.sightings)
        }
        try write(template(for: content))
    }

    private func discover(
        _ endpoint: TemplateContent.Endpoint, workspace: String, keyFile: String
    ) async throws -> (experiences: [String], sightings: [TemplateContent.Sighting]) {
        guard let key = try? String(contentsOfFile: keyFile, encoding: .utf8) else {
            throw CommandFailure(.unreadableInput, "\(keyFile): the key file cannot be read")
        }
        let url =
            switch endpoint {
            case .baseURL(let url): url
            case .dataCenter(let center): "https://sdk-\(center).moengage.com"
            }
        let target = Target(name: "production", baseURL: url, workspaceID: workspace)
        let records = try subjects.map { path in
            let (records, faults) = readSubjects(csv: path)
            for fault in faults { StandardError.write("\(fault)\n") }
            guard faults.isEmpty else { throw CommandFailure(.data, "\(path) has faults") }
            return records
        }
        let discovery = Discovery(
            target: target, key: Secret(key.trimmingCharacters(in: .whitespacesAndNewlines)),
            subjects: records)
        return try await discovery.run()
    }

    private func report(_ experiences: [String], _ sightings: [TemplateContent.Sighting]) {
        StandardError.write(
            "\(experiences.count) active experience(s): \(experiences.joined(separator: ", "))\n")
        for sighting in sightings {
            let counts = sighting.counts.map { "\($0.variation) ×\($0.count)" }
            StandardError.write(
                "  \(sighting.experience) / \(sighting.audience): saw \(counts.joined(separator: ", "))\n"
            )
        }
    }

    private func write(_ text: String) throws {
        guard
            FileManager.default.createFile(
                atPath: Self.path, contents: Data(text.utf8), attributes: nil)
        else {
            throw CommandFailure(.cannotCreate, "\(Self.path) cannot be written here")
        }
        StandardOutput.write(
            "\(Self.path) written; next: variometer check --config \(Self.path)\n")
    }
}
