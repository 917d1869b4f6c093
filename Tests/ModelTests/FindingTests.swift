import Foundation
import Model
import Testing

@Suite("Findings")
struct FindingTests {
    private let since = Instant(microseconds: 1_795_478_400_000_001)

    private func read(_ finding: Finding) throws -> Finding {
        var json = JSONText()
        finding.write(to: &json)
        return try JSONDecoder().decode(Finding.self, from: Data(json.text.utf8))
    }

    @Test("are read as they were written")
    func whole() throws {
        let finding = Finding(
            id: "split_change/t/shop/hero/A", kind: .splitChange, severity: .critical, target: "t",
            plan: "shop", experience: "hero", audience: "A",
            segment: Segment([
                Coordinate(dimension: "geo", value: "IN"),
                Coordinate(dimension: "tier", value: nil),
            ]), since: since, seenAt: since.advanced(by: 7),
            effect: Finding.Effect(name: "share", value: 3.5, low: 1, high: nil, unit: "pp"),
            evidence: Finding.Evidence(method: "ln R", value: 12.25, alpha: 0.001),
            why: "\"hero\"\n", advice: "ask")
        #expect(try read(finding) == finding)
    }

    @Test("are read without what they do not have, and with proof beyond numbers")
    func bare() throws {
        var finding = Finding(
            id: "", kind: .dark, target: "t", plan: "shop", seenAt: since, why: "", advice: "")
        #expect(try read(finding) == finding)
        finding.evidence = Finding.Evidence(method: "", value: .infinity, alpha: nil)
        #expect(try read(finding) == finding)
    }

    @Test("are not read from what is none")
    func broken() {
        for json in ["{}", "[]", #"{"id":"","kind":"weather"}"#] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(Finding.self, from: Data(json.utf8))
            }
        }
    }
}
