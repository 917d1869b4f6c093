import Model
import Storage
import Testing

@Suite("Targets in a store")
struct TargetStoreTests {
    private static func status(
        of target: String = "production", _ state: TargetCondition.State,
        at instant: Instant = noon,
        until: Instant? = nil, reason: Reason? = nil, expiry: Instant? = nil
    ) -> TargetStatus {
        TargetStatus(
            target: target,
            condition: TargetCondition(state: state, since: instant, until: until, reason: reason),
            certificateExpiry: expiry)
    }

    @Test("are as they were last, each by its name", arguments: TargetCondition.State.allCases)
    func statuses(state: TargetCondition.State) throws {
        let fixture = try Fixture()
        let store = fixture.store
        #expect(try store.targetStatuses().isEmpty)
        let later = noon.advanced(by: 7)
        let former = Self.status(.open, until: later, reason: .refused, expiry: later)
        let last = Self.status(state, at: later, until: nil, reason: nil, expiry: noon)
        let other = Self.status(of: "canary", .limited, until: later, reason: .http(429))
        for status in [former, other, last] { try store.save(status) }
        #expect(try store.targetStatuses() == ["production": last, "canary": other])
    }

    @Test("keep their certificate's expiry where a later event tells none")
    func expiry() throws {
        let fixture = try Fixture()
        let store = fixture.store
        let expiry = noon.advanced(by: 30 * Instant.microsecondsPerDay)
        try store.save(Self.status(.ready, expiry: expiry))
        try store.save(Self.status(.unauthorized, at: noon.advanced(by: 1), reason: .http(401)))
        let kept = try store.targetStatuses()["production"]
        #expect(kept?.certificateExpiry == expiry && kept?.condition.state == .unauthorized)
        try store.save(Self.status(.ready, expiry: expiry.advanced(by: 5)))
        #expect(
            try store.targetStatuses()["production"]?.certificateExpiry == expiry.advanced(by: 5))
    }
}

@Suite("Metadata in a store")
struct MetadataStoreTests {
    /// What was listed, a line for each time, as `key=status key=status`; and what is known then,
    /// as `key=status since…seen` in steps.
    private func known(_ listings: [String]) throws -> [String] {
        let fixture = try Fixture()
        let store = fixture.store
        return try listings.enumerated().map { step, listing in
            let instant = noon.advanced(by: Int64(step))
            let entries = listing.split(separator: " ").map { entry in
                let sides = entry.split(separator: "=").map(String.init)
                return ExperienceStatus(
                    target: "production", key: sides[0], name: "Name \(step)", status: sides[1],
                    since: instant, seenAt: instant)
            }
            try store.save(listed: entries, of: "production", at: instant)
            return try store.experienceStatuses(of: "production").map { status in
                "\(status.key)=\(status.status ?? "nil") \(noon.distance(to: status.since))"
                    + "…\(noon.distance(to: status.seenAt))"
            }.joined(separator: ", ")
        }
    }

    @Test("tells since when an experience has its status, and what is listed no more")
    func listings() throws {
        #expect(
            try known([
                "hero=Active", "hero=Active promo=Paused", "hero=Paused promo=Paused",
                "hero=Paused", "hero=Paused", "hero=Paused promo=Paused", "",
            ]) == [
                "hero=Active 0…0", "hero=Active 0…1, promo=Paused 1…1",
                "hero=Paused 2…2, promo=Paused 1…2", "hero=Paused 2…3, promo=nil 3…3",
                "hero=Paused 2…4, promo=nil 3…3", "hero=Paused 2…5, promo=Paused 5…5",
                "hero=nil 6…6, promo=nil 6…6",
            ])
    }

    @Test("is told for each target by itself, under the name that came last")
    func names() throws {
        let fixture = try Fixture()
        let store = fixture.store
        func save(_ target: String, _ name: String?, at step: Int64) throws {
            let instant = noon.advanced(by: step)
            let entry = ExperienceStatus(
                target: target, key: "hero", name: name, status: "Active", since: instant,
                seenAt: instant)
            try store.save(listed: [entry], of: target, at: instant)
        }
        try save("production", "Homepage", at: 0)
        try save("canary", nil, at: 1)
        try save("production", "Home \"page\"", at: 2)
        #expect(try store.experienceStatuses(of: "production").map(\.name) == ["Home \"page\""])
        #expect(try store.experienceStatuses(of: "canary").map(\.name) == [nil])
        #expect(try store.experienceStatuses(of: "canary").map(\.target) == ["canary"])
        #expect(try store.experienceStatuses(of: "other").isEmpty)
    }
}

@Suite("Sightings in a store")
struct SightingStoreTests {
    /// Records a transaction of outcomes, one each step from a first one on: `s` served,
    /// `u` unmatched, `f` failed; and tells when it was last answered and served.
    private static func record(
        _ outcomes: String, from step: Int, in store: Store, isMaintenance: Bool = false
    ) throws -> [Int64?] {
        let results = outcomes.enumerated().map { offset, letter in
            var result = probeResult(
                index: step + offset, at: noon.advanced(by: Int64(step + offset)),
                variation: letter == "s" ? "1" : nil, failure: letter == "f" ? broken : nil)
            result.isMaintenance = isMaintenance
            return result
        }
        // The order in which results come is not that of their due times.
        try store.record(results.reversed(), rounds: [], boot: "boot")
        let sightings = try store.sightings(plan: "shop", target: "production")
        #expect(sightings.allSatisfy { $0.experience == "hero" } && sightings.count < 2)
        return sightings.flatMap { sighting in
            [sighting.answeredAt, sighting.servedAt].map { $0.map(noon.distance(to:)) }
        }
    }

    @Test("tell when an experience was last answered for, and last served")
    func steps() throws {
        let fixture = try Fixture()
        let store = fixture.store
        #expect(try Self.record("ff", from: 0, in: store) == [])
        #expect(try Self.record("uf", from: 10, in: store) == [10, nil])
        #expect(try Self.record("ussu", from: 20, in: store) == [23, 22])
        #expect(try Self.record("uuff", from: 30, in: store) == [31, 22])
        #expect(try Self.record("s", from: 5, in: store) == [31, 22], "an earlier one, late")
        #expect(try Self.record("s", from: 40, in: store) == [40, 40])
        #expect(try store.sightings(plan: "shop", target: "canary").isEmpty)
        #expect(try store.sightings(plan: "other", target: "production").isEmpty)
    }

    @Test("leave out what came during maintenance")
    func maintenance() throws {
        let fixture = try Fixture()
        let store = fixture.store
        #expect(try Self.record("s", from: 0, in: store) == [0, 0])
        #expect(try Self.record("su", from: 10, in: store, isMaintenance: true) == [0, 0])
    }

    @Test("are kept by plan, target and experience")
    func keys() throws {
        let fixture = try Fixture()
        let store = fixture.store
        var elsewhere = probeResult(index: 1, variation: nil, experiences: ["hero", "promo"])
        elsewhere.probe = elsewhere.probe.compared(at: "canary")
        try store.record([probeResult(), elsewhere], rounds: [], boot: "boot")
        #expect(
            try store.sightings(plan: "shop", target: "canary").map(\.experience)
                == ["hero", "promo"])
        #expect(try store.sightings(plan: "shop", target: "production").map(\.servedAt) == [noon])
    }
}
