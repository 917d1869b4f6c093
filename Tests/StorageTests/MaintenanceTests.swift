import GRDB
import Model
import Storage
import Testing

@Suite("Results with what came later")
struct LaterMembersTests {
    private static func result(
        _ index: Int, trace: String? = nil, held: Int64? = nil, isMaintenance: Bool = false
    ) -> ProbeResult {
        var result = probeResult(index: index)
        result.traceID = trace
        result.phases.heldUs = held
        result.isMaintenance = isMaintenance
        return result
    }

    @Test("are given back with trace, wait and maintenance")
    func roundTrip() throws {
        let fixture = try Fixture()
        let results = [
            Self.result(0, trace: "4bf92f3577b34da6a3ce929d0e0e4736", held: 40),
            Self.result(1, trace: "00000000000000000000000000000001", isMaintenance: true),
            Self.result(2, trace: "ffffffffffffffff0000000000000000", held: 0),
            Self.result(3),
        ]
        try fixture.store.record(results, rounds: [], boot: "boot")
        #expect(try fixture.store.all() == results)
        let lines = try fixture.store.observationLines(after: 0, since: nil, until: nil, limit: 9)
        #expect(lines.map(\.traceID) == results.map(\.traceID))
        #expect(lines.map(\.maintenance) == [false, true, false, false])
        #expect(lines.map(\.phases) == results.map(\.phases))
    }

    @Test(
        "have no trace where it is none",
        arguments: [
            "", "4bf9", "4bf92f3577b34da6a3ce929d0e0e473g", "4bf92f3577b34da6a3ce929d0e0e47360",
        ])
    func noTrace(text: String) throws {
        let fixture = try Fixture()
        try fixture.store.record([Self.result(0, trace: text)], rounds: [], boot: "boot")
        #expect(try fixture.store.all().map(\.traceID) == [nil])
    }
}

@Suite("Maintenance in a store")
struct MaintenanceStoreTests {
    /// The map's variations and how often panel subjects changed theirs.
    private func map(of store: Store) throws -> [String] {
        try DatabaseQueue(path: store.path).read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT v.value || ' seen ' || (seen_us - ?1) FROM targeting
                    JOIN text AS v ON v.id = variation_id
                    UNION ALL
                    SELECT v.value || ' last ' || (last_us - ?1) || ' changes ' || changes
                    FROM assignment JOIN text AS v ON v.id = variation_id
                    """, arguments: [noon.microseconds])
        }
    }

    private func record(
        _ index: Int, variation: String, isMaintenance: Bool, in store: Store
    ) throws {
        var result = probeResult(
            index: index, at: noon.advanced(by: Int64(index)), variation: variation)
        result.isMaintenance = isMaintenance
        try store.record([result], rounds: [], boot: "boot")
    }

    @Test("touches neither the map nor assignments")
    func map() throws {
        let fixture = try Fixture()
        let store = fixture.store
        try record(0, variation: "1", isMaintenance: true, in: store)
        #expect(try map(of: store).isEmpty)
        try record(1, variation: "1", isMaintenance: false, in: store)
        let known = ["1 seen 1", "1 last 1 changes 0"]
        #expect(try map(of: store) == known)
        try record(2, variation: "2", isMaintenance: true, in: store)
        try record(3, variation: "1", isMaintenance: true, in: store)
        #expect(try map(of: store) == known)
        try record(4, variation: "2", isMaintenance: false, in: store)
        #expect(try map(of: store) == ["2 seen 4", "2 last 4 changes 1"])
        #expect(try store.all().count == 5 && store.check().isEmpty)
    }

    @Test("leaves a failed cohort subject owed, and an answered one not")
    func cohort() throws {
        let fixture = try Fixture()
        let store = fixture.store
        _ = try store.startRound(roundStatus(1))
        for (index, failure) in [broken, nil].enumerated() {
            var result = probeResult(
                index: index, subject: "cohort-\(index)", population: .cohort, failure: failure)
            result.isMaintenance = true
            try store.record([result], rounds: [], boot: "boot")
        }
        #expect(try store.startRound(roundStatus(2)).map(\.label) == ["cohort-0"])
    }
}
