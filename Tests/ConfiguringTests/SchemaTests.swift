import Foundation
import Testing

@testable import Configuring

/// The published schema and the reader know the same keys.
@Suite struct SchemaTests {
    /// Where the mappings with fixed keys stand: `*` is any name, `[]` any item.
    private static let mappings: [String: [String]] = [
        "": names(FileKey.self),
        "targets.*": names(TargetKey.self),
        "targets.*.tls": names(TLSKey.self),
        "targets.*.maintenance[]": names(MaintenanceKey.self),
        "plans.*": names(PlanKey.self),
        "plans.*.active": names(ActiveKey.self),
        "plans.*.subjects": names(SubjectsKey.self),
        "plans.*.subjects.panel": names(PanelKey.self),
        "plans.*.subjects.cohort": names(CohortKey.self),
        "plans.*.matrix": names(MatrixKey.self),
        "plans.*.untested[]": names(UntestedKey.self),
        "plans.*.ramps.*.*": names(RampKey.self),
        "plans.*.ramps.*.*.steps[]": names(StepKey.self),
        "plans.*.expectations[]": names(ExpectationKey.self),
        "plans.*.thresholds": names(ThresholdsKey.self),
        "objectives[]": names(ObjectiveKey.self),
        "exports[]": names(ExportKey.self),
        "exports[].ndjson": names(NDJSONKey.self),
        "retention": names(RetentionKey.self),
        "commit": names(CommitKey.self),
    ]

    private static func names<Key: ConfigurationKey>(_ keys: Key.Type) -> [String] {
        keys.allCases.map(\.rawValue).sorted()
    }

    private func schema() throws -> [String: Any] {
        let data = try Data(
            contentsOf: root.appending(path: "schema/variometer.schema.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// Calls `visit` with every part of the schema that describes a mapping with fixed keys.
    private func walk(
        _ part: [String: Any], path: String, visit: (String, [String: [String: Any]]) -> Void
    ) {
        if let properties = part["properties"] as? [String: [String: Any]] {
            visit(path, properties)
            for (name, part) in properties {
                walk(part, path: path.isEmpty ? name : path + "." + name, visit: visit)
            }
        }
        if let values = part["additionalProperties"] as? [String: Any] {
            walk(values, path: path + ".*", visit: visit)
        }
        if let items = part["items"] as? [String: Any] {
            walk(items, path: path + "[]", visit: visit)
        }
    }

    @Test func `schema and reader know the same keys`() throws {
        var found: [String: [String]] = [:]
        walk(try schema(), path: "") { path, properties in
            found[path] = properties.keys.sorted()
        }
        #expect(found == Self.mappings)
    }

    @Test func `every key is described, and no other one is allowed`() throws {
        walk(try schema(), path: "") { path, properties in
            for (name, part) in properties {
                let description = part["description"] as? String ?? ""
                #expect(description.hasSuffix("."), "\(path).\(name)")
            }
        }
        func refusesOthers(_ part: Any, path: String) {
            if let part = part as? [String: Any] {
                if part["properties"] is [String: Any] {
                    #expect(part["additionalProperties"] as? Bool == false, "\(path)")
                }
                // A condition describes no mapping.
                for (name, inner) in part where name != "if" {
                    refusesOthers(inner, path: path + "/" + name)
                }
            } else if let parts = part as? [Any] {
                for inner in parts { refusesOthers(inner, path: path + "/") }
            }
        }
        refusesOthers(try schema(), path: "")
    }
}
