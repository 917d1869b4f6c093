import Foundation
import Model
import TestKit
import Testing

@Suite("Reason")
struct ReasonTests {
    @Test(
        "takes from what a vendor sends 64 characters that are safe anywhere",
        arguments: [
            ("BREACHED_LIMIT.v2-a", "vendor:BREACHED_LIMIT.v2-a"),
            ("a b\n\u{1B}[31m", "vendor:a_b___31m"),
            ("\"><script>", "vendor:___script_"),
            ("USER_IN_CAMPAIGN_CONTROL_GROUP", "vendor:USER_IN_CAMPAIGN_CONTROL_GROUP"),
            ("ümläut", "vendor:_ml_ut"), ("٣²½", "vendor:___"), ("😀", "vendor:_"),
            (String(repeating: "x", count: 64), "vendor:" + String(repeating: "x", count: 64)),
            (String(repeating: "x", count: 65), "vendor:" + String(repeating: "x", count: 64)),
            ("", "vendor:_"),
        ])
    func vendor(name: String, reason: String) {
        #expect(Reason.vendor(name).rawValue == reason)
    }

    @Test("is one that the schema of a line lets through", arguments: ["", "a\"b", "ABC", "٣"])
    func schema(name: String) throws {
        let file = checkout.appending(path: "schema/observation.schema.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let properties = (object as? [String: Any])?["properties"] as? [String: [String: Any]]
        let kinds = properties?["reason"]?["anyOf"] as? [[String: Any]] ?? []
        let patterns = kinds.compactMap { $0["pattern"] as? String }
        #expect(patterns.count == 2)
        func isLet(_ reason: Reason) -> Bool {
            patterns.contains { reason.rawValue.range(of: $0, options: .regularExpression) != nil }
        }
        #expect(isLet(.vendor(name)) && isLet(.http(503)) && !isLet(.redirect))
    }
}
