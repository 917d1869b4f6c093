import Analysis
import Model
import Testing

private typealias Expected = Model.Expectation

private func expectation(
    _ variation: String, geo: String? = nil, payload: [PayloadMember] = []
) -> Expected {
    Expected(
        when: geo.map { [Expected.Condition(dimension: "geo", values: [$0])] } ?? [],
        experience: "hero", variation: variation, payload: payload)
}

private func expecting(_ expectations: [Expected]) -> Plan {
    var plan = plan()
    plan.expectations = expectations
    return plan
}

@Suite("The check of expectations")
struct ExpectationCheckerTests {
    private static let one = expectation("1")
    private static let india = expectation("2", geo: "IN")

    private func notes(_ results: [ProbeResult]) -> [ExpectationNote] {
        var checker = ExpectationChecker(plans: [expecting([Self.one, Self.india])])
        return checker.check(results)
    }

    @Test("holds every answer against all that is about its cell, panel and cohort alike")
    func answers() {
        let notes = notes([
            result(after: 1, geo: "IN", population: .panel), result(after: 2, geo: "DE"),
            result(after: 3, geo: "IN", variation: "2"), result(after: 4, variation: nil),
        ])
        #expect(
            notes.map(\.got) == [nil, "variation 1", nil, "variation 2", nil]
                + ["unmatched", "unmatched"])
        #expect(notes.map(\.at) == [1, 1, 2, 3, 3, 4, 4].map { start.advanced(by: $0) })
        #expect(
            notes.map(\.key.expectation)
                == [Self.one, Self.india, Self.one, Self.one, Self.india, Self.one, Self.india].map(
                    \.identity))
        #expect(notes[2].key.context == Context(geo: "DE"))
        #expect(Set(notes.map(\.key.plan)) == ["shop"] && Set(notes.map(\.key.target)) == ["t"])
    }

    @Test("passes over what failed, what came during maintenance, and other experiences and plans")
    func others() {
        var maintained = result(variation: "9")
        maintained.isMaintenance = true
        #expect(
            notes([
                result(failure: Failure(.timeout, .bodyTimeout)), maintained,
                result(variation: "9", experience: "promo"),
            ]).isEmpty)
        var checker = ExpectationChecker(plans: [plan()])
        #expect(checker.check([result(variation: "9")]).isEmpty)
    }

    @Test("holds a variation's payload against the answers that serve it alone")
    func payloadOfAVariation() {
        let title = PayloadMember(name: "Title", value: "Sale")
        var checker = ExpectationChecker(plans: [expecting([expectation("2", payload: [title])])])
        let notes = checker.check(["1", "2", "1"].map { result(variation: $0) })
        #expect(notes.map(\.got) == ["no Title"])
    }

    @Test("names the member of a payload, and cuts what is long")
    func payload() {
        let title = PayloadMember(name: "Title", value: "Sale")
        var checker = ExpectationChecker(plans: [expecting([expectation("1", payload: [title])])])
        func got(_ value: String) -> String? {
            var answer = result()
            answer.observations = [
                Observation(
                    experience: "hero", outcome: .served, variation: "1",
                    payload: [PayloadMember(name: "Title", value: value)])
            ]
            return checker.check([answer]).first?.got
        }
        #expect(got("Sale") == nil)
        #expect(got("Winter") == "Title \"Winter\"")
        let long = got(String(repeating: "é", count: 400)) ?? ""
        #expect(long.hasSuffix("é…") && (250...256).contains(long.utf8.count))
    }
}

@Suite("What is told of expectations")
struct ExpectationFindingTests {
    private static let sale = Expected(
        when: [Expected.Condition(dimension: "geo", values: ["IN"])], experience: "hero",
        variation: "2")
    private static let hour = Instant.microsecondsPerHour

    private static func cell(
        _ device: String, hour: Int, brokenAt: Int64? = nil, heldAt: Int64? = nil,
        got: String = "variation 1", of expectation: Expected = sale
    ) -> ExpectationCell {
        ExpectationCell(
            expectation: expectation.identity,
            context: Context(hour: hour, device: device, geo: "IN"), answers: 10,
            brokenAnswers: brokenAt == nil ? 0 : 2, seenAt: start.advanced(by: 9 * self.hour),
            breach: brokenAt.map { at in
                ExpectationCell.Breach(
                    since: start.advanced(by: at * self.hour),
                    lastAt: start.advanced(by: (heldAt ?? 10) * self.hour - 1),
                    heldAt: heldAt.map { start.advanced(by: $0 * self.hour) }, got: got)
            })
    }

    private func evidence(_ cells: [ExpectationCell]) -> PlanEvidence {
        var evidence = PlanEvidence(target: "t", plan: expecting([Self.sale]), tallies: [:])
        evidence.expectations = cells
        return evidence
    }

    private func told(_ cells: [ExpectationCell], after hours: Int64 = 10) -> ExpectationRow? {
        let rows = report(
            .expectations, over: Span(since: start, until: start.advanced(by: hours * Self.hour)),
            evidence: [evidence(cells)], watermark: nil
        ).rows
        guard case .expectations(let rows) = rows else { return nil }
        return rows.first?.row
    }

    private func findings(_ cells: [ExpectationCell]) -> [Finding] {
        found(.expectation, evidence(cells), after: 10 * Self.hour)
    }

    @Test("is one finding with the smallest description of the broken cells, and what they got")
    func broken() throws {
        let cells = (0..<6).flatMap { hour in
            [
                Self.cell("iphone", hour: hour),
                Self.cell(
                    "android-phone", hour: hour, brokenAt: Int64(hour + 1),
                    got: hour == 2 ? "unmatched" : "variation 1"),
            ]
        }
        let finding = try #require(findings(cells).first)
        #expect(findings(cells).count == 1 && finding.severity == .warning)
        #expect(finding.segment == Segment("device=android-phone&geo=IN"))
        #expect(finding.since == start.advanced(by: Self.hour))
        #expect(
            finding.why == "hero where geo IN: variation 2: 6 of 12 cells, android-phone · IN,"
                + " got variation 1 (5), unmatched (1) since 2026-11-24T01:00:00.000000Z;"
                + " 12 of 120 answers broke it")
        let row = try #require(told(cells))
        #expect(row.verdict == .broken && row.brokenCells == 6 && row.cells == 12)
        #expect(row.broken.map { $0.segment[Dimension.hour]?.value } == (0..<6).map(String.init))
    }

    @Test("is over once its cells hold again, and says when it was last broken")
    func held() throws {
        let cells = [Self.cell("iphone", hour: 0, brokenAt: 1, heldAt: 4)]
        #expect(findings(cells).isEmpty)
        let after = try #require(told(cells))
        #expect(after.verdict == .ok && after.broken.isEmpty && after.since == nil)
        #expect(after.lastBrokenAt == start.advanced(by: 4 * Self.hour - 1))
        #expect(told(cells, after: 3)?.verdict == .broken, "as it was then")
        #expect(told(cells, after: 1)?.verdict == .ok, "before")
        #expect(told([])?.verdict == .unasked)
    }

    @Test("is about what is stated, nothing else")
    func unstated() {
        var former = Self.sale
        former.variation = "3"
        #expect(findings([Self.cell("iphone", hour: 0, brokenAt: 1, of: former)]).isEmpty)
    }

    @Test("has an id that does not depend on the expectations beside it")
    func id() {
        var both = evidence([Self.cell("iphone", hour: 0, brokenAt: 1)])
        both.plan.expectations.insert(expectation("7"), at: 0)
        let alone = findings(both.expectations).map(\.id)
        #expect(alone.count == 1)
        #expect(found(.expectation, both, after: 10 * Self.hour).map(\.id) == alone)
    }
}
