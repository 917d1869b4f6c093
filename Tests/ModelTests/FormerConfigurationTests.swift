import Foundation
import Model
import Testing

/// What stores of former versions hold: configurations without the members that came later.
@Suite("A configuration of a former version")
struct FormerConfigurationTests {
    static let target = """
        {"api":"moengage","baseURL":"https://sdk-02.moengage.com","budget":{"perSecond":10},
        "maxInFlight":256,"name":"production","timeoutUs":5000000,"tls":{"minimum":"1.2"},
        "workspaceID":"WS1"}
        """

    static let plan = """
        {"allocations":[{"audience":"1A","experience":"hero","shares":[
            {"percent":50,"variation":"1"},{"percent":50,"variation":"2"}]}],
        "cadence":{"every":{"microseconds":3600000000}},"controls":{"hero":5},
        "epoch":{"byExperience":{},"common":1795521600000000},
        "experiences":{"keys":{"_0":["hero"]}},
        "matrix":{"attributes":[{"name":"utm_medium","values":["email",null]}],
            "days":{"days":{"_0":["Monday"]}},"devices":[{"name":"kiosk","userAgent":"UA"}],
            "excludes":[{"values":{"day":["Monday"]}}],
            "geos":[{"address":"203.0.113.7","name":"office"}],"hours":{"now":{}}},
        "name":"storefront","rate":{"perSecond":5},
        "subjects":{"cohort":{"perDay":2000,"share":0.5,"source":{"generated":{"prefix":"c-"}}},
            "panel":{"file":{"path":"users.csv"}}},
        "target":"production","untested":[{"audience":"9Z","experience":"hero"}]}
        """

    private func decoded<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test("has targets that are as they always were")
    func targets() throws {
        #expect(
            try decoded(Target.self, Self.target)
                == Target(
                    name: "production", baseURL: "https://sdk-02.moengage.com",
                    workspaceID: "WS1", budget: Rate(perSecond: 10)))
    }

    @Test("has plans that are as they always were")
    func plans() throws {
        let expected = Plan(
            name: "storefront", target: "production", experiences: .keys(["hero"]),
            cadence: .every(microseconds: 3_600_000_000), rate: Rate(perSecond: 5),
            subjects: SubjectPlan(
                panel: .file(path: "users.csv"),
                cohort: SubjectPlan.Cohort(
                    share: 0.5, source: .generated(prefix: "c-"), perDay: 2_000)),
            matrix: MatrixDefinition(
                days: .days([.monday]), hours: .now,
                devices: [Device(name: "kiosk", userAgent: "UA")],
                geos: [Geo(name: "office", address: "203.0.113.7")],
                attributes: [AttributeAxis(name: "utm_medium", values: ["email", nil])],
                excludes: [Exclude(["day": ["Monday"]])]),
            allocations: [
                Allocation(
                    experience: "hero", audience: "1A",
                    shares: [
                        VariationShare(variation: "1", percent: 50),
                        VariationShare(variation: "2", percent: 50),
                    ])
            ], untested: [ExperienceAudience(experience: "hero", audience: "9Z")],
            controls: ["hero": 5],
            epoch: Epoch(common: Instant(microseconds: 1_795_521_600_000_000)))
        #expect(try decoded(Plan.self, Self.plan) == expected)
    }

    @Test("is read whole")
    func whole() throws {
        let text = """
            {"agent":"eu-1","exports":[{"ndjson":{"directory":"/out","everyUs":3600000000}}],
            "listen":{"host":"127.0.0.1","port":9464},"plans":[\(Self.plan)],"store":"v.db",
            "targets":[\(Self.target)],"zone":"UTC"}
            """
        let configuration = try decoded(EffectiveConfiguration.self, text)
        #expect(configuration.target(named: "production")?.http == .auto)
        #expect(configuration.plan(named: "storefront")?.overlong == .skip)
        #expect(configuration.exports == [.ndjson(directory: "/out", everyUs: 3_600_000_000)])
        #expect(configuration.objectives == [])
        #expect(configuration.plan(named: "storefront")?.thresholds == Thresholds())
    }

    @Test("has nothing that this version writes and cannot read back")
    func presentVersion() throws {
        var target = try decoded(Target.self, Self.target)
        target.api = .ofrep
        target.http = .two
        target.traceparent = true
        target.tls = TLSSettings(caFile: "a", certificate: "c", key: "k", serverName: "n")
        target.maintenance = [MaintenanceWindow(days: [.sunday], from: 0, to: 60, zone: "UTC")]
        #expect(try roundTrip(target) == target)
        var plan = try decoded(Plan.self, Self.plan)
        plan.overlong = .overlap
        plan.active = ActiveHours(days: [.monday], hours: [6], zone: "UTC")
        plan.connections = .newConnection
        plan.compared = ["canary"]
        plan.ramps = [
            Ramp(
                experience: "hero", audience: "42D", serves: .variation("2"), rest: "1",
                within: 60_000_000,
                steps: [Ramp.Step(at: Instant(microseconds: 1), percent: 12.5)]),
            Ramp(
                experience: "hero", audience: "all", serves: .served,
                steps: [Ramp.Step(at: Instant(microseconds: 1), percent: 100)]),
        ]
        plan.expectations = [
            Expectation(
                when: [Expectation.Condition(dimension: "utm_medium", values: ["email", nil])],
                experience: "hero", audience: "7W", variation: "2", outcome: .served,
                payload: [PayloadMember(name: "Title", value: "Sale")])
        ]
        plan.thresholds = Thresholds(points: 0.01, relative: 0.5)
        plan.watch = [["device", "geo"]]
        #expect(try roundTrip(plan) == plan)
        let configuration = EffectiveConfiguration(
            store: "v.db", agent: "eu-1", targets: [target], plans: [plan],
            objectives: [
                Objective(target: "production", latencyUs: 300_000, share: 0.99, overUs: 1),
                Objective(target: "production", share: 0.999, overUs: 1),
            ])
        #expect(try roundTrip(configuration) == configuration)
    }

    private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(value))
    }
}
