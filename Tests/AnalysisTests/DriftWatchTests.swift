import Analysis
import Model
import Testing

private let hourUs = Instant.microsecondsPerHour
private let week = 7 * 24

/// Hours of a cohort as they are told by a rule; hour 0 is `start`, a Tuesday's midnight.
private struct HourStore: WindowReading {
    /// They are variations of one audience.
    var variations = false
    /// Subjects by audience; nil: nothing was served.
    let cohort: @Sendable (Int) -> [String?: Int]
    var flips: [CellChange] = []

    func rollups(
        size: WindowSize, in span: Span, target: String?, plan: String?, shapes: [[String]]?
    ) throws -> [Rollup] {
        let first = Int(start.distance(to: span.since) / hourUs)
        let last = Int(start.distance(to: span.until) / hourUs)
        return (first..<last).map { hour in
            var tally = Tally()
            for (audience, count) in cohort(hour) where count > 0 {
                let key = CountKey(
                    experience: "hero", population: .cohort,
                    outcome: audience == nil ? .unmatched : .served,
                    audience: variations ? "A" : audience,
                    variation: variations ? audience : audience == nil ? nil : "1")
                tally.counts[key] = count
            }
            let window = Window(.hour, containing: start.advanced(by: Int64(hour) * hourUs))
            return Rollup(
                key: RollupKey(target: "t", plan: "shop", segment: .everyone, window: window),
                tally: tally)
        }
    }

    func cellChanges(in span: Span, plan: String, target: String) throws -> [CellChange] {
        flips.filter { span.since <= $0.at && $0.at < span.until }
    }

    func watermark() throws -> Instant? { nil }
    func firstDue(from instant: Instant) throws -> Instant? { nil }
    func digests(
        in span: Span, target: String?, plan: String?, _ body: (ResultDigest) throws -> Void
    ) throws {}
    func tallies(
        size: WindowSize, in span: Span, target: String?, plan: String?, shapes: [[String]]?
    ) throws -> [RollupScope: Tally] { [:] }
    func snapshot(at instant: Instant) throws -> StateSnapshot? { nil }
    func windowFindings(in span: Span) throws -> [WindowFindings] { [] }
    func audienceNames() throws -> [String: String] { [:] }
    func configurations() throws -> [StoredConfiguration] { [] }
    func horizon() throws -> Horizon { Horizon() }
    func lateResults(in span: Span) throws -> Int { 0 }
    func targetingMap(
        plan: String, target: String, at instant: Instant
    ) throws -> [TargetingCell] { [] }
}

/// What is seen at the end of each hour of a stretch, hour by hour.
private func looks(
    _ hours: ClosedRange<Int>, _ store: HourStore, plan: Plan = plan(),
    configurations: [StoredConfiguration]? = nil
) throws -> [Int: DistributionShift] {
    var watch = DriftWatch()
    let usual = [
        StoredConfiguration(
            hash: "1", validFrom: start,
            configuration: EffectiveConfiguration(
                store: "x", agent: "a", targets: [], plans: [plan])
        )
    ]
    var seen: [Int: DistributionShift] = [:]
    for hour in hours {
        let evidence = PlanEvidence(target: "t", plan: plan, tallies: [:])
        seen[hour] = try watch.shifts(
            of: evidence, at: start.advanced(by: Int64(hour) * hourUs), plans: 1,
            configurations: configurations ?? usual, in: store
        ).first
    }
    return seen
}

@Suite("Drift of a cohort's mix")
struct DriftWatchTests {
    /// 240 subjects an hour; the evening has an audience of its own, and so has the weekend.
    @Sendable private static func usual(_ hour: Int) -> [String?: Int] {
        // Counts vary a little from hour to hour, as counts do.
        let noise = (hour * 7_919) % 17 - 8
        let (day, clock) = ((hour / 24) % 7, hour % 24)
        if day == 4 || day == 5 { return ["W": 120 + noise, "A": 120 - noise] }
        if (18...22).contains(clock) { return ["E": 90 + noise, "A": 150 - noise] }
        return ["A": 200 + noise, nil: 40 - noise]
    }

    @Test("is not the rhythm of day and week")
    func rhythm() throws {
        #expect(try looks(0...(4 * week), HourStore(cohort: Self.usual)).isEmpty)
    }

    @Test("is seen soon, dated, and is the usual once it has lasted a week and a day")
    func moved() throws {
        let change = week + 60
        let store = HourStore { hour in
            var counts = Self.usual(hour)
            if hour >= change, let all = counts["A"] {
                counts["A"] = all - all / 4
                counts["3C"] = all / 4
            }
            return counts
        }
        let seen = try looks(change...(change + 2 * week), store)
        let hours = seen.keys.sorted()
        let first = try #require(hours.first)
        #expect(first <= change + 3)
        #expect(hours.last.map { $0 > change + week && $0 <= change + week + 24 } == true)
        #expect(hours.count == (hours.last ?? 0) - first + 1)
        let shift = try #require(seen[change + 30])
        #expect(shift.moves.map(\.arm.words).prefix(2).sorted() == ["3C", "A"])
        let begun = start.advanced(by: Int64(change) * hourUs)
        #expect(shift.since <= begun && begun < shift.sinceBy)
        #expect(shift.since.distance(to: shift.sinceBy) <= 2 * hourUs)
    }

    @Test("is not told of what is too small, what went dark, or other volumes of the same hours")
    func quiet() throws {
        let change = week + 60
        let small = HourStore { hour in
            guard hour >= change else { return ["A": 5_000, "B": 5_000] }
            return ["A": 5_100, "B": 4_900]
        }
        #expect(try looks(change...(change + 48), small).isEmpty)
        let dark = HourStore { hour in
            guard (change...change + 5).contains(hour) else { return ["A": 240] }
            return [nil: 240]
        }
        #expect(try looks(change...(change + 60), dark).isEmpty)
        let thin = HourStore { hour in
            let counts = Self.usual(hour)
            return hour >= change && hour % 2 == 0 ? counts.mapValues { $0 / 3 } : counts
        }
        #expect(try looks(change...(change + 60), thin).isEmpty)
    }

    @Test("is not told where the panel moved the same way, or nothing is to compare with")
    func told() throws {
        let change = week + 60
        @Sendable func cohort(_ hour: Int) -> [String?: Int] {
            hour < change ? ["A": 240] : ["A": 160, "3C": 80]
        }
        var store = HourStore { cohort($0) }
        #expect(try !looks(change...(change + 6), store).isEmpty)
        func answer(_ audience: String) -> CellAnswer {
            CellAnswer(outcome: .served, audience: audience, variation: "1")
        }
        let flip = CellChange(
            experience: "hero", context: Context(geo: "IN"), subject: "p1", before: answer("A"),
            after: answer("3C"), at: start.advanced(by: Int64(change) * hourUs + 5),
            formerSince: start)
        store.flips = [flip]
        #expect(try looks(change...(change + 40), store).isEmpty)
        // Another matrix since the day before.
        store.flips = []
        var other = plan()
        other.matrix.days = .now
        let configurations = [(Int64(0), other), (Int64(change - 24), plan())].map { hour, plan in
            StoredConfiguration(
                hash: "\(hour)", validFrom: start.advanced(by: hour * hourUs),
                configuration: EffectiveConfiguration(
                    store: "x", agent: "a", targets: [], plans: [plan]))
        }
        #expect(
            try looks(change...(change + 40), store, configurations: configurations).isEmpty)
    }

    @Test("is seen within the first week where every round asks the same days and hours")
    func firstDays() throws {
        var fixed = plan()
        fixed.matrix.days = .days([.monday, .tuesday])
        fixed.matrix.hours = .hours([6, 18])
        let change = 50
        let store = HourStore { hour in
            hour < change ? ["A": 240 + hour % 5] : ["A": 160 + hour % 5, "3C": 80]
        }
        #expect(try looks(30...(change - 1), store, plan: fixed).isEmpty)
        let seen = try looks(change...(change + 300), store, plan: fixed)
        let hours = seen.keys.sorted()
        #expect(hours.first.map { $0 <= change + 3 } == true)
        // Told for days, until those that are compared with have it as well.
        #expect(hours.last.map { $0 >= change + 48 && $0 <= change + week } == true)
        #expect(hours.prefix(49) == Array(hours[0]...(hours[0] + 48))[...])
        // Where the clock decides nothing is like it before a week is over.
        #expect(try looks(change...(change + 6), store).isEmpty)
    }

    @Test("is of variations where their split is not stated, and moved to nobody else")
    func variations() throws {
        let change = week + 60
        let store = HourStore(variations: true) { hour in
            hour < change ? ["1": 120, "2": 120] : ["1": 180, "2": 60]
        }
        let shift = try #require(looks((change + 8)...(change + 8), store)[change + 8])
        #expect(shift.audience == "A")
        #expect(Set(shift.moves.map(\.arm.words)) == ["A/1", "A/2"])
        let stated = plan([allocation(["1": 50, "2": 50])])
        #expect(try looks(change...(change + 48), store, plan: stated).isEmpty)
    }

    @Test("becomes a finding with its size, its evidence and its date")
    func finding() throws {
        let change = week + 60
        let store = HourStore { $0 < change ? ["A": 240] : ["A": 180, "3C": 60] }
        let shift = try #require(looks((change + 24)...(change + 24), store)[change + 24])
        var evidence = PlanEvidence(target: "t", plan: plan(), tallies: [:])
        evidence.shifts = [shift]
        let findings = found(.distributionDrift, evidence)
        #expect(findings.map(\.id) == ["distribution_drift/t/shop/hero/*"])
        let finding = try #require(findings.first)
        #expect(finding.severity == .warning)
        #expect(finding.effect.map { abs(abs($0.value) - 25) < 1e-9 && $0.unit == "pp" } == true)
        #expect(finding.evidence.map { $0.value >= 13 && ($0.alpha ?? 1) < 1e-5 } == true)
        #expect(finding.why.contains("3C 0.0 → 25.0 %"))
        #expect(finding.why.contains("between 2026-12-03T12:00:00"))
    }

    @Test("of many experiences at once hints at what the vendor knows of places")
    func alike() throws {
        let store = HourStore { $0 < week + 60 ? ["A": 240] : ["A": 180, "3C": 60] }
        let shift = try #require(looks((week + 84)...(week + 84), store)[week + 84])
        var evidence = PlanEvidence(target: "t", plan: plan(), tallies: [:])
        evidence.shifts = ["a", "b", "c"].map { experience in
            var other = shift
            other.experience = experience
            return other
        }
        let advice = found(.distributionDrift, evidence).map(\.advice)
        #expect(advice.count == 3 && advice.allSatisfy { $0.contains("vendor's geo data") })
    }
}
