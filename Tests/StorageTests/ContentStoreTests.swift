import Model
import Storage
import Testing

@Suite("Contents in a store")
struct ContentStoreTests {
    private static func result(
        _ index: Int, _ fingerprints: [String?], after microseconds: Int64
    ) -> ProbeResult {
        let keys = ["hero", "promo"]
        var result = probeResult(
            index: index, at: noon.advanced(by: microseconds),
            experiences: Array(keys.prefix(fingerprints.count)))
        result.observations = zip(keys, fingerprints).map { key, fingerprint in
            Observation(
                experience: key, outcome: .served, variation: "1", audience: "42D",
                audienceName: "A", campaign: "c", fingerprint: fingerprint)
        }
        return result
    }

    private func contents(_ store: Store, _ since: Int64, _ until: Int64) throws -> [String] {
        let span = Span(since: noon.advanced(by: since), until: noon.advanced(by: until))
        let contents = try store.contents(in: [span], plan: "shop", target: "production")
        return (contents ?? []).map {
            "\($0.experience) \($0.audience)/\($0.variation) \($0.fingerprint.prefix(2))"
                + " \(noon.distance(to: $0.firstAt))–\(noon.distance(to: $0.lastAt))"
        }.sorted()
    }

    @Test("are told by hash, with when they were first and last served within a span")
    func spans() throws {
        let fixture = try Fixture()
        let store = fixture.store
        let (a, b) = (String(repeating: "a", count: 16), String(repeating: "b", count: 16))
        let results = [
            Self.result(0, [a, a], after: 10), Self.result(1, [b, nil], after: 20),
            Self.result(2, [a, b], after: 30), Self.result(3, [a], after: 40),
        ]
        try store.record(results, rounds: [], boot: "boot")
        #expect(
            try contents(store, 0, 100) == [
                "hero 42D/1 aa 10–40", "hero 42D/1 bb 20–20", "promo 42D/1 aa 10–10",
                "promo 42D/1 bb 30–30",
            ])
        #expect(
            try contents(store, 20, 40) == [
                "hero 42D/1 aa 30–30", "hero 42D/1 bb 20–20", "promo 42D/1 bb 30–30",
            ])
        #expect(try contents(store, 100, 200).isEmpty)
        let other = try store.contents(in: [always], plan: "shop", target: "canary")
        #expect(other == [])
    }
}
