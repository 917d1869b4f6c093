import Model
import Storage
import Testing

@Suite("Rounds in a store")
struct RoundStoreTests {
    /// Rounds from the first on, each in a state: `r` running, `c` complete, `i` incomplete.
    private static func store(_ states: String) throws -> Fixture {
        let fixture = try Fixture()
        for (index, letter) in states.enumerated() {
            var round = roundStatus(index + 1, position: index)
            _ = try fixture.store.startRound(round)
            guard letter != "r" else { continue }
            round.state = letter == "c" ? .complete : .incomplete
            round.dropped = ["in_flight": index + 1]
            try fixture.store.finishRound(round)
        }
        return fixture
    }

    @Test(
        "are open until they end, and whole when they have asked all",
        arguments: [
            ("", nil, [], nil), ("r", 1, [1], nil), ("c", 1, [], 1), ("i", 1, [], nil),
            ("crr", 3, [2, 3], 1), ("ccir", 4, [4], 2), ("rcrcri", 6, [1, 3, 5], 4),
        ] as [(String, Int?, [Int], Int?)])
    func states(states: String, last: Int?, open: [Int], whole: Int?) throws {
        let fixture = try Self.store(states)
        let store = fixture.store
        #expect(try store.lastRound(plan: "shop", target: "production")?.number == last)
        #expect(try store.openRounds(plan: "shop", target: "production").map(\.number) == open)
        #expect(try store.lastWholeRound(plan: "shop", target: "production")?.number == whole)
        for (plan, target) in [("other", "production"), ("shop", "canary")] {
            #expect(try store.lastRound(plan: plan, target: target) == nil)
            #expect(try store.openRounds(plan: plan, target: target).isEmpty)
            #expect(try store.lastWholeRound(plan: plan, target: target) == nil)
        }
    }

    @Test("are given back whole, with what they dropped")
    func whole() throws {
        let fixture = try Self.store("cr")
        var complete = roundStatus(1, position: 0)
        complete.state = .complete
        complete.dropped = ["in_flight": 1]
        #expect(try fixture.store.lastWholeRound(plan: "shop", target: "production") == complete)
        #expect(
            try fixture.store.openRounds(plan: "shop", target: "production")
                == [roundStatus(2, position: 1)])
    }

    @Test("know which of their indices are stored, at each target")
    func settled() throws {
        let fixture = try Fixture()
        let store = fixture.store
        var compared = probeResult(index: 5)
        compared.probe = compared.probe.compared(at: "canary")
        try store.record(
            [
                probeResult(index: 1), probeResult(index: 4),
                probeResult(index: 6, failure: broken),
                compared, probeResult(index: 7, round: 2),
            ], rounds: [], boot: "boot")
        func stored(_ round: Int, target: String = "production") throws -> Set<Int> {
            try store.storedIndices(plan: "shop", target: target, round: round)
        }
        #expect(try stored(1) == [1, 4, 6])
        #expect(try stored(2) == [7])
        #expect(try stored(3).isEmpty)
        #expect(try stored(1, target: "canary") == [5])
        #expect(try stored(1, target: "other").isEmpty)
    }

    @Test("owe nothing of what failed at a compared target")
    func comparedCohort() throws {
        let fixture = try Fixture()
        let store = fixture.store
        _ = try store.startRound(roundStatus(1))
        let own = probeResult(index: 0, subject: "own", population: .cohort, failure: broken)
        var compared = probeResult(
            index: 1, subject: "compared", population: .cohort, failure: broken)
        compared.probe = compared.probe.compared(at: "canary")
        try store.record([own, compared], rounds: [], boot: "boot")
        #expect(try store.startRound(roundStatus(2)).map(\.label) == ["own"])
        var elsewhere = roundStatus(2)
        elsewhere.target = "canary"
        #expect(try store.startRound(elsewhere).isEmpty)
        #expect(try store.all().count == 2)
    }

    @Test("settle what is owed by the answer of the plan's own target alone")
    func comparedAnswer() throws {
        let fixture = try Fixture()
        let store = fixture.store
        _ = try store.startRound(roundStatus(1))
        try store.record(
            [probeResult(index: 0, subject: "s", population: .cohort, failure: broken)],
            rounds: [], boot: "boot")
        _ = try store.startRound(roundStatus(2))
        var compared = probeResult(
            index: 9, round: 2, subject: "s", population: .cohort, attempt: 1)
        compared.probe = compared.probe.compared(at: "canary")
        try store.record([compared], rounds: [], boot: "boot")
        #expect(try store.startRound(roundStatus(3)).map(\.label) == ["s"])
    }
}
