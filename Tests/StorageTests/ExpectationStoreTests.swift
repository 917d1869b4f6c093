import Model
import Storage
import Testing

private let context = probeResult().probe.context

private func note(
    _ minutes: Int64, _ got: String? = nil, of expectation: String = "{}",
    in context: Context = context, target: String = "production"
) -> ExpectationNote {
    ExpectationNote(
        key: ExpectationKey(
            target: target, plan: "shop", expectation: expectation, context: context),
        at: at(minutes), got: got)
}

private func at(_ minutes: Int64) -> Instant { noon.advanced(by: minutes * 60_000_000) }

@Suite("Cells of expectations in a store")
struct ExpectationStoreTests {
    private func cells(_ batches: [[ExpectationNote]]) throws -> [ExpectationCell] {
        let fixture = try Fixture()
        for (index, notes) in batches.enumerated() {
            try fixture.store.record(
                [probeResult(index: index)], rounds: [], boot: "boot",
                noticed: AnswerNotes(expectations: notes))
        }
        #expect(try fixture.store.check() == [])
        return try fixture.store.expectationCells(plan: "shop", target: "production")
    }

    @Test("count answers, and hold until one is something else")
    func counts() throws {
        let other = Context(geo: "DE")
        let cells = try cells([
            [note(0), note(1, in: other), note(2, target: "canary")], [note(5), note(6, of: "[]")],
        ])
        #expect(cells.count == 3)
        let own = try #require(cells.first { $0.context == context && $0.expectation == "{}" })
        #expect(
            own
                == ExpectationCell(
                    expectation: "{}", context: context, answers: 2, brokenAnswers: 0,
                    seenAt: at(5), breach: nil))
    }

    @Test("are broken from the first of the answers in a row that are something else")
    func breaks() throws {
        let cell = try #require(cells([[note(0), note(1, "a"), note(2, "b")]]).first)
        #expect(cell.answers == 3 && cell.brokenAnswers == 2)
        #expect(
            cell.breach
                == ExpectationCell.Breach(since: at(1), lastAt: at(2), heldAt: nil, got: "b"))
        #expect(cell.breach(at: at(3)) != nil && cell.breach(at: at(1)) == nil)
    }

    @Test("are closed by the first answer that is as expected, and broken anew after it")
    func closes() throws {
        let closed = try cells([[note(1, "a")], [note(2), note(3)]])
        #expect(
            closed.first?.breach
                == ExpectationCell.Breach(since: at(1), lastAt: at(1), heldAt: at(2), got: "a"))
        #expect(closed.first?.breach(at: at(4)) == nil)
        let again = try cells([[note(1, "a"), note(2)], [note(3, "b")]])
        #expect(
            again.first?.breach
                == ExpectationCell.Breach(since: at(3), lastAt: at(3), heldAt: nil, got: "b"))
    }

    @Test("count what comes late, and are decided by what was due last")
    func late() throws {
        let held = try cells([[note(5)], [note(3, "a")]])
        #expect(held.first?.brokenAnswers == 1 && held.first?.breach == nil)
        let broken = try cells([[note(5, "a")], [note(3)]])
        #expect(broken.first?.answers == 2 && broken.first?.breach?.heldAt == nil)
        #expect(broken.first?.seenAt == at(5))
    }

    @Test("go when the rows that they come from go, unless they were seen since")
    func retention() throws {
        let fixture = try Fixture()
        let other = Context(geo: "DE")
        try fixture.store.record(
            [probeResult()], rounds: [], boot: "boot",
            noticed: AnswerNotes(expectations: [
                note(0, "a"), note(0, "a", in: other), note(4 * 1_440, "a", in: other),
            ]))
        #expect(try fixture.store.commit(closed([], until: at(5 * 1_440), after: nil)))
        var retention = Retention()
        retention.observationsUs = 2 * Instant.microsecondsPerDay
        while try !fixture.store.retain(retention, sinks: [], now: at(5 * 1_440), limit: 500).isDone
        {}
        let left = try fixture.store.expectationCells(plan: "shop", target: "production")
        #expect(left.map(\.context) == [other])
    }
}
