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

    @Test("is one flat object with every member, null where unknown")
    func golden() throws {
        try expectGolden(
            Self.served.json + "\n" + Self.failed.json + "\n", "observation-lines.ndjson")
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
