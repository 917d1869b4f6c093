import Foundation
import Model
import TestKit
import Testing

@Suite("ObservationLine")
struct ObservationLineTests {
    static let served = ObservationLine(
        seq: 7, id: "eu-1-0badcafe-7", resultID: "eu-1-0badcafe-r4", agent: "eu-1",
        boot: "0badcafe", target: "production", plan: "storefront", round: 3, index: 41,
        dueAt: Instant(microseconds: 1_795_510_800_000_000),
        phases: Phases(
            lagUs: 44, dnsUs: 310, connectUs: 1_200, tlsUs: 8_000, requestUs: 12,
            firstByteUs: 45_000, transferUs: 88),
        subject: "panel-0007", population: .panel,
        context: Context(
            day: .saturday, hour: 19, device: "iphone", geo: "IN",
            attributes: [
                Attribute(name: "utm_medium", value: "email"),
                Attribute(name: "cohort", value: nil),
            ]),
        observation: Observation(
            experience: "hero", outcome: .served, variation: "2", audience: "42D",
            audienceName: "High \"Intent\" Users\n", locale: "0", campaign: "65ea_F_T_WP_AB_2",
            fingerprint: "00ff00ff00ff00ff"),
        transport: Transport(
            httpStatus: 200, httpVersion: "1.1", connection: .new, remoteAddress: "127.0.0.1",
            bytes: 512))

    static let failed = ObservationLine(
        seq: 8, id: "eu-1-0badcafe-8", resultID: "eu-1-0badcafe-r5", agent: "eu-1",
        boot: "0badcafe", target: "production", plan: "storefront", round: 3, index: 42,
        dueAt: Instant(microseconds: 1_795_510_800_200_000),
        phases: Phases(lagUs: 10, dnsUs: 200, connectUs: 5_000_000), subject: "cohort-9f",
        population: .cohort, context: Context(),
        observation: Observation(
            experience: "hero", outcome: .timeout, reason: .connectTimeout),
        transport: Transport())

    static let traced = ObservationLine(
        seq: 9, id: "eu-1-0badcafe-9", resultID: "eu-1-0badcafe-r6", agent: "eu-1",
        boot: "0badcafe", target: "production", plan: "storefront", round: 3, index: 43,
        dueAt: Instant(microseconds: 1_795_510_800_400_000),
        phases: Phases(
            lagUs: 900, heldUs: 850, requestUs: 9, firstByteUs: 30_000, transferUs: 0),
        subject: "panel-0008", population: .panel, context: Context(geo: "DE"),
        observation: Observation(
            experience: "hero", outcome: .unmatched, reason: .vendor("Not in segment")),
        transport: Transport(
            httpStatus: 200, httpVersion: "2", connection: .reused, remoteAddress: "::1", bytes: 2),
        traceID: "4bf92f3577b34da6a3ce929d0e0e4736", maintenance: true)

    @Test("is one flat object with every member, null where unknown")
    func golden() throws {
        let lines = [Self.served, Self.failed, Self.traced]
        try expectGolden(
            lines.map { $0.json + "\n" }.joined(), "observation-lines.ndjson")
    }

    @Test("is JSON that others can read")
    func isJSON() throws {
        let object = try JSONSerialization.jsonObject(with: Data(Self.served.json.utf8))
        let members = try #require(object as? [String: Any])
        #expect(members["audience_name"] as? String == "High \"Intent\" Users\n")
        #expect(members["latency_us"] as? Int == 45_100)
        #expect(members["done_at"] as? String == "2026-11-24T09:00:00.054654Z")
    }
}

/// `schema/observation.schema.json`, as far as it is used there.
@Suite("ObservationLine against its schema")
struct ObservationSchemaTests {
    private static func schema() throws -> [String: Any] {
        let file = checkout.appending(path: "schema/observation.schema.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        return try #require(object as? [String: Any])
    }

    private static func properties() throws -> [String: [String: Any]] {
        try #require(try schema()["properties"] as? [String: [String: Any]])
    }

    /// True if a member has one of the types, values or patterns that a part of the schema names.
    private static func fits(_ value: Any, _ part: [String: Any]) -> Bool {
        if let kinds = part["anyOf"] as? [[String: Any]] {
            return kinds.contains { fits(value, $0) }
        }
        if let values = part["enum"] as? [Any] ?? part["const"].map({ [$0] }) {
            return values.contains { ($0 as? NSObject) == (value as? NSObject) }
        }
        let types = part["type"] as? [String] ?? [part["type"] as? String ?? ""]
        switch value {
        case is NSNull: return types.contains("null")
        case let text as String:
            guard types.contains("string") else { return false }
            guard let pattern = part["pattern"] as? String else { return true }
            return text.range(of: pattern, options: .regularExpression) != nil
        case is [String: Any]: return types.contains("object")
        case let number as NSNumber:
            if types.contains("boolean") { return number.isEqual(number.boolValue as NSNumber) }
            guard types.contains("integer") else { return false }
            let least = (part["minimum"] as? NSNumber)?.int64Value ?? .min
            let most = (part["maximum"] as? NSNumber)?.int64Value ?? .max
            return (least...most).contains(number.int64Value)
        default: return false
        }
    }

    @Test(
        "has its members, each of what it may be",
        arguments: [
            ObservationLineTests.served, ObservationLineTests.failed, ObservationLineTests.traced,
        ])
    func lines(line: ObservationLine) throws {
        let object = try JSONSerialization.jsonObject(with: Data(line.json.utf8))
        let members = try #require(object as? [String: Any])
        let properties = try Self.properties()
        #expect(Set(members.keys) == Set(properties.keys))
        #expect(
            try Self.schema()["required"] as? [String] ?? [] == memberNames(of: line))
        for (name, value) in members {
            let part = try #require(properties[name])
            #expect(Self.fits(value, part), "\(name): \(value)")
        }
    }

    @Test(
        "is refused where a member is something else",
        arguments: [
            ("outcome", #""lost""#), ("reason", #""vendor:""#), ("reason", #""http_5030""#),
            ("hour", "24"), ("lag_us", "-1"), ("fingerprint", #""F""#), ("maintenance", "7"),
            ("plan", "null"), ("attributes", "1"),
        ])
    func others(name: String, value: String) throws {
        let values = try JSONSerialization.jsonObject(with: Data("[\(value)]".utf8)) as? [Any]
        let part = try #require(try Self.properties()[name])
        #expect(!Self.fits(try #require(values?.first), part))
    }

    /// In their order, which the required members have as well.
    private func memberNames(of line: ObservationLine) -> [String] {
        line.json.replacing(/"attributes":\{[^}]*\}/, with: #""attributes":0"#)
            .matches(of: /[{,]"([a-z_0-9]+)":/).map { String($0.1) }
    }
}

@Suite("Phases")
struct PhasesTests {
    @Test("together are done − due")
    func identity() {
        for phases in [ObservationLineTests.served.phases, ObservationLineTests.failed.phases] {
            let latency = phases.latencyUs ?? 0
            #expect(phases.lagUs + phases.setUpUs + latency == phases.responseUs)
        }
        #expect(ObservationLineTests.failed.phases.latencyUs == nil)
    }
}
