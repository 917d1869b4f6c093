import Model
import Planning
import TestKit
import Testing

/// A plan over 7 days, 4 hours and 3 geos: 84 contexts.
func smallPlan(
    panel: SubjectPlan.Panel? = .generated(count: 20, prefix: "panel-"),
    share: Double? = 0.3, source: SubjectPlan.Cohort.Source = .generated(prefix: "cohort-"),
    perDay: Int? = nil
) -> Plan {
    Plan(
        name: "shop", target: "production", experiences: .keys(["hero"]), cadence: .continuous,
        rate: Rate(perSecond: 10),
        subjects: SubjectPlan(
            panel: panel,
            cohort: share.map { SubjectPlan.Cohort(share: $0, source: source, perDay: perDay) }),
        matrix: MatrixDefinition(
            days: .days(Weekday.allCases), hours: .hours([0, 6, 12, 18]),
            devices: [Device(name: "iphone", userAgent: "UA")],
            geos: ["IN", "US", "DE"].map { Geo(name: $0, address: "192.0.2.1") }))
}

func round(
    _ plan: Plan, number: Int = 1, experiences: Int = 1, agent: String = "eu-1", used: Int = 0,
    pool: SubjectPool = SubjectPool(), carried: [CarriedProbe] = []
) -> Round {
    Round(
        plan: plan, experiences: (0..<experiences).map { "key-\($0)" }, agent: agent, seed: 42,
        number: number, cohortSubjects: cohortSubjects(of: plan, contexts: 84), cohortUsed: used,
        pool: pool, carried: carried)
}

func probes(of round: Round) -> [Probe] {
    (0..<round.probes).map { round.probe(at: $0, now: MatrixTests.noon) }
}

@Suite("Round")
struct RoundTests {
    @Test(
        "asks every context once a pack of the panel, and c cohort subjects",
        arguments: [1, 25, 26, 60])
    func sizes(experiences: Int) {
        let round = round(smallPlan(), experiences: experiences)
        let packs = (experiences + 24) / 25
        #expect(round.size.panelProbes == 84 * packs)
        #expect(round.size.cohortSubjects == 36)  // ⌈84 · 0.3 / 0.7⌉
        let all = probes(of: round)
        let panel = all.filter { $0.subject.population == .panel }
        #expect(panel.count == 84 * packs)
        #expect(Set(panel.map(\.context)).count == 84)
        #expect(Set(all.map(\.identity.index)) == Set(0..<round.probes))
        let cohort = Dictionary(
            grouping: all.filter { $0.subject.population == .cohort }, by: \.subject)
        #expect(cohort.count == 36)
        for asked in cohort.values {
            #expect(asked.count == packs && Set(asked.map(\.context)).count == 1)
            #expect(Set(asked.flatMap(\.experiences)).count == experiences)
        }
        #expect(all.allSatisfy { $0.experiences.count <= 25 && $0.userAgent == "UA" })
    }

    @Test("asks the same panel subject in the same context, round after round")
    func panelIsFixed() {
        func subjects(_ number: Int) -> [Context: String] {
            Dictionary(
                probes(of: round(smallPlan(), number: number))
                    .filter { $0.subject.population == .panel }
                    .map { ($0.context, $0.subject.label) }, uniquingKeysWith: { $1 })
        }
        #expect(subjects(1) == subjects(2))
        #expect(Set(subjects(1).values).allSatisfy { $0.hasPrefix("panel-00") && $0.count == 10 })
        #expect(Set(subjects(1).values).count > 10)
    }

    @Test("draws cohort subjects that no other round, agent or plan draws")
    func cohortIsFresh() {
        var other = smallPlan()
        other.name = "other"
        let rounds = [
            round(smallPlan()), round(smallPlan(), number: 2), round(smallPlan(), agent: "us-1"),
            round(other),
        ]
        let names = rounds.flatMap { probes(of: $0) }
            .filter { $0.subject.population == .cohort }.map(\.subject.label)
        #expect(Set(names).count == 4 * 36)
        #expect(names.allSatisfy { $0.hasPrefix("cohort-") && $0.count >= 27 })
        #expect(probes(of: round(smallPlan())) == probes(of: round(smallPlan())))
    }

    @Test("asks one cohort subject a context where there is no panel, or the share is 1")
    func cohortAlone() {
        for plan in [smallPlan(panel: nil, share: 0.2), smallPlan(share: 1)] {
            let round = round(plan)
            #expect(round.size.panelProbes == 0 && round.size.cohortSubjects == 84)
            #expect(Set(probes(of: round).map(\.context)).count == 84)
        }
        #expect(round(smallPlan(share: nil)).size.cohortProbes == 0)
    }

    @Test("uses each user of a cohort file once, and stores none of their ids")
    func files() {
        let records = (0..<200).map { number in
            SubjectRecord(
                customerID: "user-\(number)",
                identifiers: [Attribute(name: "u_em", value: "u\(number)@example.com")])
        }
        let pool = SubjectPool(panel: Array(records.prefix(5)), cohort: Array(records.dropFirst(5)))
        let plan = smallPlan(panel: .file(path: "p.csv"), source: .file(path: "c.csv"))
        let asked = [round(plan, pool: pool), round(plan, number: 2, used: 36, pool: pool)]
            .flatMap { probes(of: $0) }
        let cohort = asked.filter { $0.subject.population == .cohort }.map(\.subject)
        #expect(Set(cohort.map(\.customerID)).count == 72)
        #expect(
            asked.allSatisfy { $0.subject.label.count == 32 && !$0.subject.label.contains("user") })
        #expect(asked.allSatisfy { $0.subject.identifiers.count == 1 })
        let owed = CarriedProbe(
            label: cohort[0].label, context: Context(), experiences: ["hero"], attempt: 2)
        let later = round(plan, number: 3, used: 72, pool: pool, carried: [owed])
        let carried = later.probe(at: later.probes - 1, now: MatrixTests.noon)
        #expect(carried.subject == cohort[0])
    }

    @Test("asks what it owes after its index space, in order")
    func carries() {
        let owed = (1...3).map { number in
            CarriedProbe(
                label: "cohort-\(number)", context: Context(geo: "IN"), experiences: ["hero"],
                attempt: number)
        }
        let round = round(smallPlan(), carried: owed)
        let last = probes(of: round).suffix(3)
        #expect(last.map(\.subject.label) == ["cohort-1", "cohort-2", "cohort-3"])
        #expect(last.map(\.attempt) == [1, 2, 3])
        #expect(last.map(\.identity.index) == [120, 121, 122])
        #expect(last.allSatisfy { $0.context == Context(geo: "IN") })
    }

    /// In any prefix of n probes, a value carried by share w of the contexts stands within
    /// 5 √(n w) + 5 of n w times.
    ///
    /// Between two probes that carry a value its count stands still, and the distance from the
    /// bound is largest at one of the two ends: checking right before and right after each probe
    /// that carries it checks every prefix.
    @Test(
        "covers all dimensions evenly in every prefix of 10⁵ probes",
        arguments: [3, 92] as [UInt64])
    func evenness(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var definition = randomDefinition(&generator)
        let width = 70_000 / max(1, Matrix(definition).count)
        definition.attributes.append(
            AttributeAxis(name: "wide", values: (0..<width).map { "\($0)" }))
        var plan = smallPlan()
        plan.matrix = definition
        let matrix = Matrix(definition)
        let round = Round(
            plan: plan, experiences: ["hero"], agent: "eu-1", seed: seed, number: 1,
            cohortSubjects: cohortSubjects(of: plan, contexts: matrix.count), cohortUsed: 0,
            pool: SubjectPool(), carried: [])
        #expect(round.probes > 95_000, "seed \(seed)")
        var prefix = EvenPrefix(matrix: matrix)
        for position in 0..<round.probes {
            prefix.add(round.probe(at: position, now: MatrixTests.noon).context)
        }
        prefix.end()
        #expect(prefix.violations.isEmpty, "seed \(seed): \(prefix.violations.prefix(3))")
    }
}

/// Counts the values of a growing prefix and notes where one leaves its bound.
private struct EvenPrefix {
    private let matrix: Matrix
    private var length = 0
    private var counts: [Coordinate: Int] = [:]
    private var shares: [Coordinate: Double] = [:]
    private(set) var violations: [String] = []

    init(matrix: Matrix) {
        self.matrix = matrix
    }

    mutating func add(_ context: Context) {
        for coordinate in context.coordinates {
            check(coordinate, after: length)
            counts[coordinate, default: 0] += 1
            check(coordinate, after: length + 1)
        }
        length += 1
    }

    mutating func end() {
        for coordinate in counts.keys { check(coordinate, after: length) }
    }

    private mutating func check(_ coordinate: Coordinate, after length: Int) {
        let share =
            shares[coordinate]
            ?? Double(matrix.count(in: Segment([coordinate]))) / Double(matrix.count)
        shares[coordinate] = share
        let expected = Double(length) * share
        let count = counts[coordinate] ?? 0
        if abs(Double(count) - expected) > 5 * expected.squareRoot() + 5 {
            violations.append("\(coordinate) after \(length): \(count)")
        }
    }
}

@Suite("Cohort size")
struct CohortSizeTests {
    @Test(
        "is ⌈contexts · share / (1 − share)⌉",
        arguments: [(0.5, 84), (0.3, 36), (0.1, 10), (0.75, 252)])
    func formula(share: Double, subjects: Int) {
        #expect(cohortSubjects(of: smallPlan(share: share), contexts: 84) == subjects)
    }

    @Test("spreads the day's limit over the rounds that are left, and counts what is left out")
    func perDay() {
        let plan = smallPlan(share: 0.5, perDay: 100)
        func asked(_ used: Int, _ rounds: Int, left: Int? = nil) -> [Int] {
            let cohort = cohortSubjects(
                of: plan, contexts: 84, usedToday: used, roundsLeftToday: rounds, left: left)
            return [cohort.asked, cohort.leftOut]
        }
        #expect(asked(0, 1) == [84, 0])
        #expect(asked(0, 4) == [25, 59])
        #expect(asked(90, 1) == [10, 74])
        #expect(asked(120, 1) == [0, 84])
        #expect(asked(0, 1, left: 30) == [30, 54])
    }
}

@Suite("PlanCost")
struct PlanCostTests {
    @Test("tells what a plan costs at its pace")
    func numbers() {
        var plan = smallPlan(share: 0.5)
        plan.cadence = .every(microseconds: 3_600_000_000)
        let cost = PlanCost(plan: plan, experienceCount: 30, cohortFileCount: nil)
        #expect(cost.size.probes == 336)
        #expect(abs(cost.roundSeconds - 33.6) < 1e-9 && cost.roundsPerDay == 24)
        #expect(cost.fetchesPerDay == 24 * 336 && cost.newSubjectsPerDay == 24 * 84)
        #expect(cost.fitsPeriod && cost.observationsPerDay == 24 * 336 * 15)
        plan.cadence = .every(microseconds: 30_000_000)
        let tight = PlanCost(plan: plan, experienceCount: 30)
        #expect(!tight.fitsPeriod)
        #expect(tight.fittingRate.map { abs($0 - 11.2) < 1e-9 } == true)
    }

    /// A round of 168 probes at 10/s takes 16.8 s, its period is 10 s.
    @Test(
        "counts rounds that overlap, those that are skipped, and those at each target",
        arguments: [
            (Overlong.skip, nil, [], 4_320.0, 1, 1.0), (.overlap, nil, [], 8_640, 2, 1),
            (
                .overlap, ActiveHours(days: [.monday, .friday], hours: [9, 10, 11], zone: "UTC"),
                [],
                8_640 * 6 / 168, 2, 1
            ),
            (.skip, nil, ["canary", "third"], 4_320, 1, 3),
        ] as [(Overlong, ActiveHours?, [String], Double, Int, Double)])
    func numbersOfMore(
        overlong: Overlong, active: ActiveHours?, compared: [String], rounds: Double,
        atOnce: Int, targets: Double
    ) {
        var plan = smallPlan(share: 0.5)
        plan.cadence = .every(microseconds: 10_000_000)
        plan.overlong = overlong
        plan.active = active
        plan.compared = compared
        let cost = PlanCost(plan: plan, experienceCount: 1)
        #expect(abs(cost.roundsPerDay - rounds) < 1e-9)
        #expect(cost.roundsAtOnce == atOnce)
        #expect(cost.fetchesPerDay == cost.roundsPerDay * Double(cost.size.probes))
        #expect(abs(cost.observationsPerDay - cost.fetchesPerDay * targets) < 1e-6)
    }
}

@Suite("Catalogue")
struct CatalogueTests {
    @Test("names devices and places, each once, with what is sent for them")
    func entries() {
        #expect(Catalogue.devices.count >= 12 && Catalogue.geos.count >= 30)
        #expect(Set(Catalogue.devices.map(\.name)).count == Catalogue.devices.count)
        #expect(Set(Catalogue.devices.map(\.userAgent)).count == Catalogue.devices.count)
        #expect(Set(Catalogue.geos.map(\.name)).count == Catalogue.geos.count)
        #expect(Catalogue.geos.allSatisfy { $0.name.count == 2 })
        for geo in Catalogue.geos {
            let parts = geo.address.split(separator: ".").compactMap { UInt8($0) }
            #expect(parts.count == 4 && parts[0] != 10 && parts[0] != 127, "\(geo)")
        }
        #expect(Catalogue.geo(named: "IN")?.address == "103.21.58.1")
        #expect(Catalogue.device(named: "iphone")?.userAgent.contains("iPhone") == true)
        #expect(Catalogue.device(named: "fridge") == nil)
    }
}
