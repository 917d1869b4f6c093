import Analysis
import Model
import Testing

private let hour = Instant.microsecondsPerHour

private func at(_ hours: Double) -> Instant {
    start.advanced(by: Int64(hours * Double(hour)))
}

private func finding(
    _ kind: FindingKind, _ hours: Double?, experience: String? = "hero", audience: String? = nil,
    evidence: Double = 1, target: String = "t", plan: String = "shop", why: String = ""
) -> Finding {
    Finding(
        id: "", kind: kind, target: target, plan: plan, experience: experience,
        audience: audience, since: hours.map(at), seenAt: at(99),
        evidence: Finding.Evidence(method: "", value: evidence, alpha: nil), why: why, advice: "")
}

private func changes(
    _ findings: [Finding], _ configurations: [StoredConfiguration] = []
) -> DatedChanges {
    DatedChanges(
        findings: findings, configurations: configurations, audienceNames: ["A": "Phones"])
}

private func history(_ audience: String?, from first: Double = 0, to last: Double = 48)
    -> SplitHistory
{
    let row = SplitRow(
        target: "t", plan: "shop", experience: "hero", audience: audience, population: .cohort,
        n: 0, missing: 0, arms: [], verdict: .ok, since: start)
    let points = [first, last].map {
        SplitHistory.Point(at: at($0), n: 0, arms: [], lnE: 0)
    }
    return SplitHistory(of: row, since: start, points: points, off: [], reachedAt: nil)
}

private let heat = LatencyHeat(
    target: "t", plan: "shop",
    columns: [(Span(since: start, until: at(48)), Tally())])

private func ramp(_ audience: String) -> RampHistory {
    let steps = [Ramp.Step(at: start, percent: 5)]
    return RampHistory(
        target: "t", plan: "shop",
        ramp: Ramp(experience: "hero", audience: audience, serves: .served, steps: steps))
}

private func configuration(
    _ hours: Double, _ edit: (inout Plan) -> Void = { _ in }
) -> StoredConfiguration {
    var edited = plan([allocation(["1": 50, "2": 50])])
    edit(&edited)
    return StoredConfiguration(
        hash: "\(hours)", validFrom: at(hours),
        configuration: EffectiveConfiguration(
            store: "v.db", agent: "a", targets: [], plans: [edited]))
}

@Suite("Changes that charts mark")
struct DatedChangesTests {
    @Test("are those of the chart's target, plan, experience and audience")
    func subjects() {
        let found = changes([
            finding(.targetingChange, 1), finding(.splitChange, 2, audience: "A"),
            finding(.splitChange, 5, audience: "B"), finding(.splitChange, 6),
            finding(.distributionDrift, 10, audience: "B"),
            finding(.latencyRegression, 15, experience: nil), finding(.errorRate, 16),
            finding(.targetingChange, 20, experience: "offers"),
            finding(.targetingChange, 25, target: "other"),
            finding(.targetingChange, 30, plan: "other"),
            finding(.srm, 35, audience: "A"), finding(.targetingChange, nil),
        ])
        func hours(_ marks: [ChartMark]) -> [Int64] {
            marks.map { start.distance(to: $0.at) / hour }
        }
        #expect(hours(found.marks(of: history("A"))) == [1, 2, 10])
        #expect(hours(found.marks(of: history("B"))) == [1, 5, 10])
        #expect(hours(found.marks(of: history(nil))) == [1, 6, 10])
        #expect(hours(found.marks(of: heat)) == [1, 2, 5, 6, 10, 15, 16, 20])
        let told = Span(since: start, until: at(48))
        #expect(hours(found.marks(of: ramp("Phones"), over: told)) == [1, 2, 10])
        #expect(hours(found.marks(of: ramp(Ramp.everyone), over: told)) == [1, 2, 5, 6, 10])
    }

    @Test("lie within the chart, and after its beginning")
    func spans() {
        let found = changes([4, 8, 16, 20].map { finding(.targetingChange, $0) })
        let marks = found.marks(of: history("A", from: 4, to: 16))
        #expect(marks.map(\.at) == [at(8), at(16)])
    }

    @Test("are told once, though windows find them again and date them otherwise")
    func merged() {
        let found = changes([
            finding(.splitChange, 12, audience: "A", evidence: 20, why: "sure"),
            finding(.splitChange, 11, audience: "A", evidence: 9, why: "first"),
            finding(.splitChange, 13, audience: "A", evidence: 15, why: "last"),
            finding(.splitChange, 40, audience: "A", evidence: 9, why: "again"),
            finding(.targetingChange, 6, evidence: 1, why: "one"),
            finding(.targetingChange, 6.5, evidence: 7, why: "seven"),
        ])
        #expect(
            found.marks(of: history("A")) == [
                ChartMark(at: at(6), kind: .targetingChange, words: "seven"),
                ChartMark(at: at(12), kind: .splitChange, words: "sure"),
                ChartMark(at: at(40), kind: .splitChange, words: "again"),
            ])
    }

    @Test("are one over a round of the panel, which sees its cells one after the other")
    func rounds() {
        let daily = configuration(0) { $0.cadence = .every(microseconds: 24 * hour) }
        let found = [6.0, 20, 29, 31].map { finding(.targetingChange, $0) }
        #expect(changes(found, [daily]).marks(of: history("A")).map(\.at) == [at(6), at(31)])
        #expect(changes(found).marks(of: history("A")).count == 3)
    }

    @Test("are epochs that a configuration begins, of the experience alone")
    func epochs() {
        let found = changes(
            [],
            [
                configuration(0), configuration(3),
                configuration(9) { $0.allocations = [allocation(["1": 60, "2": 40])] },
            ])
        let epoch = ChartMark(
            at: at(9), kind: .epoch,
            words: "hero: an epoch begins, meant are 60.0 / 40.0 % of A")
        #expect(found.marks(of: history("A")) == [epoch] && found.marks(of: heat) == [epoch])
        var other = history("A")
        other.experience = "offers"
        #expect(found.marks(of: other).isEmpty)
    }

    @Test("are epochs that are stated, when they were stated to begin")
    func statedEpochs() {
        let found = changes(
            [], [configuration(0), configuration(9) { $0.epoch = Epoch(common: at(7)) }])
        #expect(found.marks(of: history("A")).map(\.at) == [at(7)])
    }

    @Test("are configurations that edit the plan in another way")
    func configurations() {
        let found = changes(
            [], [configuration(0), configuration(9) { $0.rate = Rate(perSecond: 5) }])
        let edit = ChartMark(
            at: at(9), kind: .configuration, words: "shop: the plan was edited")
        #expect(found.marks(of: history("A")) == [edit] && found.marks(of: heat) == [edit])
        #expect(changes([], [configuration(0), configuration(9)]).marks(of: heat).isEmpty)
    }
}
