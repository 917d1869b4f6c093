import Model
import Planning
import Testing

@Suite("Single probe")
struct SingleProbeTests {
    private static func probe(
        _ plan: Plan, in context: Context = Context(), subject: String? = nil, seed: UInt64 = 42,
        pool: SubjectPool = SubjectPool()
    ) -> Probe? {
        singleProbe(
            of: plan, experiences: ["hero"], in: context, subject: subject, agent: "eu-1",
            seed: seed, pool: pool)
    }

    private static let files = SubjectPool(
        panel: (0..<7).map { record("panel-user-\($0)") },
        cohort: (0..<9).map { record("cohort-user-\($0)") })

    private static func record(_ name: String) -> SubjectRecord {
        SubjectRecord(
            customerID: name,
            identifiers: [Attribute(name: "u_em", value: name + "@example.com")])
    }

    @Test(
        "asks the panel subject that every round asks in its context",
        arguments: [
            SubjectPlan.Panel.generated(count: 20, prefix: "panel-"), .file(path: "users.csv"),
        ])
    func panel(panel: SubjectPlan.Panel) throws {
        let plan = smallPlan(panel: panel)
        let pool = SubjectPool(panel: Self.files.panel)
        let asked = probes(of: round(plan, pool: pool))
            .filter { $0.subject.population == .panel }
        #expect(asked.count == 84)
        for own in asked {
            let single = try #require(Self.probe(plan, in: own.context, pool: pool))
            #expect(single.subject == own.subject && single.context == own.context)
            #expect(single.userAgent == own.userAgent && single.address == own.address)
        }
    }

    @Test("is in no round, at the plan's target, for the experiences that are named")
    func identity() throws {
        let probe = try #require(Self.probe(smallPlan()))
        #expect(
            probe.identity
                == ProbeIdentity(
                    agent: "eu-1", plan: "shop", target: "production", round: 0, index: 0))
        #expect(probe.experiences == ["hero"] && probe.attempt == 0 && !probe.isCompared)
    }

    @Test(
        "asks whom somebody names, with what a file knows of them and a label that hides them",
        arguments: ["panel-user-3", "cohort-user-8"])
    func named(customer: String) throws {
        let plan = smallPlan(panel: .file(path: "p.csv"), source: .file(path: "c.csv"))
        let probe = try #require(Self.probe(plan, subject: customer, pool: Self.files))
        #expect(probe.subject.customerID == customer)
        #expect(probe.subject.identifiers == Self.record(customer).identifiers)
        #expect(probe.subject.label.wholeMatch(of: /[0-9a-f]{32}/) != nil)
        let again = try #require(Self.probe(plan, subject: customer, pool: Self.files))
        #expect(again.subject == probe.subject)
        let other = try #require(Self.probe(plan, subject: customer, seed: 43, pool: Self.files))
        #expect(other.subject.label != probe.subject.label)
    }

    @Test("gives a user of a file the label that rounds store")
    func label() throws {
        let plan = smallPlan(panel: .file(path: "p.csv"), source: .file(path: "c.csv"))
        let pool = SubjectPool(
            panel: Self.files.panel, cohort: (0..<36).map { Self.record("cohort-user-\($0)") })
        for own in probes(of: round(plan, pool: pool)) {
            let single = try #require(
                Self.probe(plan, subject: own.subject.customerID, pool: pool))
            #expect(single.subject.label == own.subject.label)
        }
    }

    @Test("asks a stranger by the id that is named")
    func stranger() throws {
        let probe = try #require(Self.probe(smallPlan(), subject: "me", pool: Self.files))
        #expect(probe.subject == Subject(customerID: "me", population: .panel))
    }

    @Test("without a panel asks a generated subject that no round asks")
    func noPanel() throws {
        let plan = smallPlan(panel: nil)
        let probe = try #require(Self.probe(plan))
        #expect(probe.subject.customerID == "cohort-trace" && probe.subject.population == .panel)
        #expect(!probes(of: round(plan)).contains { $0.subject.label == probe.subject.label })
    }

    @Test("asks nobody of a cohort file by itself")
    func cohortFileAlone() {
        let plan = smallPlan(panel: nil, source: .file(path: "c.csv"))
        #expect(Self.probe(plan, pool: Self.files) == nil)
        #expect(Self.probe(smallPlan(panel: nil, share: nil)) == nil)
        #expect(Self.probe(plan, subject: "cohort-user-1", pool: Self.files) != nil)
    }

    @Test(
        "sends what the plan says for a device and a place, else what the catalogue says",
        arguments: [
            ("iphone", "IN", "UA", "192.0.2.1"),
            (
                "android-phone", "BR", Catalogue.device(named: "android-phone")?.userAgent,
                "200.147.67.142"
            ),
            ("fridge", "XX", nil, nil), (nil, nil, nil, nil),
        ] as [(String?, String?, String?, String?)])
    func resolution(device: String?, geo: String?, userAgent: String?, address: String?) throws {
        let context = Context(device: device, geo: geo)
        let probe = try #require(Self.probe(smallPlan(), in: context))
        #expect(probe.userAgent == userAgent && probe.address == address)
        #expect(probe.context == context)
    }
}
