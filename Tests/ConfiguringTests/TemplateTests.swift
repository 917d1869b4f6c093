import Foundation
import Model
import Testing

@testable import Configuring

@Suite struct TemplateTests {
    private let environment = ["MOENGAGE_WORKSPACE_ID": "WS1", "MOENGAGE_API_KEY": "key"]

    private let sightings = [
        TemplateContent.Sighting(
            experience: "hero", audience: "42D", audienceName: "High Intent Users",
            counts: [.init(variation: "1", count: 48), .init(variation: "2", count: 52)]),
        TemplateContent.Sighting(
            experience: "hero", audience: "9Z", counts: [.init(variation: "1", count: 3)]),
    ]

    @Test(arguments: [
        TemplateContent(endpoint: .dataCenter("02")),
        TemplateContent(endpoint: .baseURL("http://127.0.0.1:8080"), workspaceID: "WS1"),
        TemplateContent(
            endpoint: .dataCenter("101"), workspaceID: "0x1", experiences: ["hero", "NO", "null"]),
        // Names that would mean something to YAML, or end a comment.
        TemplateContent(
            endpoint: .dataCenter("02"), experiences: ["a: b", "#x", "*y", "\"q\"", "${Z}", "\\n"],
            sightings: [
                TemplateContent.Sighting(
                    experience: "a: b", audience: "\n- x", audienceName: "N\r\n\u{2028}store: y",
                    counts: [.init(variation: "\n1", count: 1)])
            ]),
    ])
    func `a template loads without a fault`(_ content: TemplateContent) throws {
        let configuration = try loaded(template(for: content), environment: environment)
        let expected: ExperienceSelection =
            content.experiences.isEmpty ? .all : .keys(content.experiences)
        #expect(configuration.effective.plans.first?.experiences == expected)
        let workspace = configuration.effective.targets.first?.workspaceID
        #expect(workspace == content.workspaceID ?? "WS1")
    }

    @Test func `a template with files loads where they are`() throws {
        try withFolder { folder in
            try write("key", to: folder.appending(path: "my key"))
            try write("customer_id\nada\n", to: folder.appending(path: "users.csv"))
            let text = template(
                for: TemplateContent(
                    endpoint: .dataCenter("02"), workspaceID: "WS1", keyFile: "my key",
                    subjectsFile: "users.csv", experiences: ["hero"], sightings: sightings))
            let file = folder.appending(path: "v.yaml").path
            let configuration = try loaded(text, file: file, environment: [:])
            #expect(configuration.keys["production"] == Secret("key"))
        }
    }

    @Test func `what was seen is told, and the split asked for`() throws {
        let text = template(
            for: TemplateContent(
                endpoint: .dataCenter("02"), experiences: ["hero"], sightings: sightings))
        #expect(
            text.contains("# hero / 42D \"High Intent Users\": saw 1 ×48, 2 ×52; state the split:"))
        // Uncommented, the stubs are allocations whose numbers are missing.
        let stubs = text.replacingOccurrences(of: "    # allocations", with: "    allocations")
            .replacingOccurrences(of: "\n    #  ", with: "\n      ")
        let told = faults(stubs, environment: environment)
        #expect(told.count == 3)
        #expect(told.allSatisfy { $0.contains("'…' is not a percentage from 0 to 100") })
        let stated = stubs.replacingOccurrences(
            of: "\"1\": …, \"2\": …", with: "\"1\": 5, \"2\": 95"
        )
        .replacingOccurrences(of: "\"1\": …", with: "\"1\": 100")
        let plan = try loaded(stated, environment: environment).effective.plans.first
        #expect(plan?.allocations.map(\.audience) == ["42D", "9Z"])
    }
}
