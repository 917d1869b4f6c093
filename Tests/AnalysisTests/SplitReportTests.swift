import Analysis
import Model
import Testing

@Suite("Split report")
struct SplitReportTests {
    static let even = allocation(["1": 50, "2": 50])

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let plan: Plan
        let counts: [String?: Int]
        let verdict: SplitVerdict
        var reason: Inconclusive?
    }

    static let cases: [Case] = [
        Case(
            testDescription: "even", plan: plan([even]), counts: ["1": 500, "2": 510], verdict: .ok),
        Case(
            testDescription: "skewed", plan: plan([even]), counts: ["1": 600, "2": 400],
            verdict: .mismatch),
        Case(
            testDescription: "few", plan: plan([even]), counts: ["1": 4, "2": 1],
            verdict: .inconclusive, reason: .tooFew),
        Case(
            testDescription: "no allocation", plan: plan(), counts: ["1": 500],
            verdict: .inconclusive, reason: .noAllocation),
        Case(
            testDescription: "no cohort", plan: plan([even]), counts: [:], verdict: .inconclusive,
            reason: .noCohort),
        Case(
            testDescription: "untested",
            plan: plan([even], untested: [ExperienceAudience(experience: "hero", audience: "A")]),
            counts: ["1": 900, "2": 100], verdict: .untested),
        Case(
            testDescription: "a variation that has no share", plan: plan([even]),
            counts: ["1": 500, "2": 500, "3": 1], verdict: .mismatch),
        Case(
            testDescription: "stated by name",
            plan: plan([allocation(["1": 50, "2": 50], audience: "All")]),
            counts: ["1": 600, "2": 400], verdict: .mismatch),
    ]

    @Test("gives its verdict", arguments: cases)
    func verdicts(_ example: Case) throws {
        let rows = splitRows(evidence(example.plan, example.counts, names: ["A": "All"]))
        #expect(rows.count == 1)
        let row = try #require(rows.first)
        #expect(row.verdict == example.verdict)
        #expect(row.reason == example.reason)
        #expect(row.n == example.counts.values.reduce(0, +))
    }

    @Test("tests at the level divided by the number of tests")
    func multiplicity() throws {
        // ln e = 8.0 alone, of 7.6 that are wanted; with a second audience it is no mismatch any more.
        let counts: [String?: Int] = ["1": 1_136, "2": 922]
        let alone = try #require(splitRows(evidence(plan([Self.even]), counts)).first)
        #expect(alone.sequential.map { $0.lnE > 7.7 && $0.lnE < 8.2 } == true)
        #expect(alone.verdict == .mismatch)
        let both = plan([Self.even, allocation(["1": 50, "2": 50], audience: "B")])
        var other = evidence(both, counts)
        let more = (0..<200).map { result(variation: $0 < 100 ? "1" : "2", audience: "B") }
        var merged = other.everyone
        merged.merge(tally(more))
        other.epochs["hero"]?.tally = merged
        #expect(splitRows(other).allSatisfy { $0.verdict == .ok })
    }

    @Test("judges a row the same, whichever rows are shown and in whichever plan they stand")
    func levelIsCommon() throws {
        let first = evidence(plan([Self.even]), ["1": 1_136, "2": 922])
        var second = evidence(plan([Self.even]), ["1": 100, "2": 100])
        second.plan.name = "other"
        second.epochs["promo"] = second.epochs["hero"]
        let span = Span(since: start, until: start.advanced(by: 1))
        for experience in [nil, "hero"] {
            let report = report(
                .split, over: span, evidence: [first, second], watermark: nil,
                experience: experience)
            guard case .split(let rows) = report.rows else { return }
            #expect(rows.allSatisfy { $0.row.verdict != .mismatch })
            #expect(rows.contains { $0.row.n == 2_058 })
            #expect(report.findings.allSatisfy { $0.kind != .srm })
        }
    }

    @Test("adds a row for a control group, whose arms are served and unmatched")
    func controls() throws {
        let plan = plan([Self.even], controls: ["hero": 5])
        let rows = splitRows(evidence(plan, ["1": 475, "2": 475, nil: 50]))
        let control = try #require(rows.first { $0.audience == nil })
        #expect(control.verdict == .ok)
        #expect(control.arms.map(\.variation) == ["served", "unmatched"])
        let meant = control.arms.map { (($0.allocation ?? 0) * 1e6).rounded() / 1e6 }
        #expect(meant == [0.95, 0.05])
        #expect(control.n == 1_000)
    }

    @Test("leaves the panel out: it is no sample")
    func panel() {
        var evidence = evidence(plan([Self.even]), ["1": 50, "2": 50])
        evidence.epochs["hero"]?.tally.merge(
            tally((0..<1_000).map { _ in result(population: .panel, variation: "1") }))
        #expect(splitRows(evidence).first?.n == 100)
    }

    @Test("finds a mismatch under an id that stays the same")
    func findings() {
        let skewed = evidence(plan([Self.even]), ["1": 600, "2": 400])
        let span = Span(since: start, until: start.advanced(by: 1))
        let found = report(.summary, over: span, evidence: [skewed], watermark: nil).findings
        #expect(found.map(\.id) == ["srm/t/shop/hero/A"])
        #expect(found.first?.severity == .critical)
        #expect(found.first?.why.contains("60.0 / 40.0 of 50.0 / 50.0 over 1000") == true)
        let sound = evidence(plan([Self.even]), ["1": 500, "2": 500])
        #expect(report(.split, over: span, evidence: [sound], watermark: nil).findings.isEmpty)
    }
}

@Suite("Allocation epoch")
struct AllocationEpochTests {
    static func stored(_ day: Int64, _ plan: Plan) -> StoredConfiguration {
        StoredConfiguration(
            hash: "\(day)", validFrom: start.advanced(by: day * Instant.microsecondsPerDay),
            configuration: EffectiveConfiguration(
                store: "x", agent: "a", targets: [], plans: [plan]))
    }

    @Test("begins with the first configuration of the run that states the same")
    func runs() {
        let even = plan([allocation(["1": 50, "2": 50])])
        let skewed = plan([allocation(["1": 60, "2": 40])])
        var slower = even
        slower.rate = Rate(perSecond: 2)
        func day(_ plans: [Plan]) -> Int64? {
            let all = plans.enumerated().map { Self.stored(Int64($0.offset), $0.element) }
            return allocationEpoch(of: "hero", plan: "shop", in: all).map {
                start.distance(to: $0) / Instant.microsecondsPerDay
            }
        }
        #expect(day([even]) == 0)
        #expect(day([even, slower]) == 0)
        #expect(day([even, skewed]) == 1)
        #expect(day([even, skewed, even]) == 2)
        #expect(day([skewed, even, slower, even]) == 1)
        #expect(day([]) == nil)
    }

    @Test("is the one that the configuration states")
    func stated() {
        var plan = plan()
        plan.epoch = Epoch(common: start, byExperience: ["promo": start.advanced(by: 5)])
        let all = [Self.stored(9, plan)]
        #expect(allocationEpoch(of: "hero", plan: "shop", in: all) == start)
        #expect(allocationEpoch(of: "promo", plan: "shop", in: all) == start.advanced(by: 5))
    }
}
