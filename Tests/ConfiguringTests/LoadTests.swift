import Configuring
import Foundation
import Model
import Planning
import Testing

/// What a sound text becomes.
@Suite struct LoadTests {
    @Test func `every value of the sound configuration arrives`() throws {
        let configuration = try loaded(soundText, file: "/etc/variometer/v.yaml")
        let effective = configuration.effective
        #expect(effective.store == "/etc/variometer/variometer.db")
        #expect(effective.zone == "Asia/Kolkata")
        #expect(effective.agent == "eu-1")
        #expect(effective.seed == nil)
        #expect(effective.listen == ListenAddress(host: "127.0.0.1", port: 9464))
        #expect(
            effective.targets == [
                Target(
                    name: "production", baseURL: "https://sdk-02.moengage.com", workspaceID: "WS1",
                    budget: Rate(perSecond: 10))
            ])
        #expect(configuration.keys == ["production": Secret("canary-4711")])
        let plan = try #require(effective.plan(named: "storefront"))
        #expect(plan.target == "production")
        #expect(plan.experiences == .keys(["hero", "promo-strip"]))
        #expect(plan.cadence == .every(microseconds: 3_600_000_000))
        #expect(plan.rate == Rate(perSecond: 5))
        #expect(plan.subjects.panel == .generated(count: 200, prefix: "panel-"))
        #expect(
            plan.subjects.cohort == .init(share: 0.5, source: .generated(prefix: "cohort-")))
        #expect(
            plan.allocations == [
                Allocation(
                    experience: "hero", audience: "1A",
                    shares: [
                        VariationShare(variation: "1", percent: 50),
                        VariationShare(variation: "2", percent: 50),
                    ])
            ])
    }

    @Test func `what is kept how long, and when is committed, has defaults`() throws {
        let configuration = try loaded(soundText).effective
        #expect(configuration.retention == Retention() && configuration.commit == CommitPace())
        #expect(configuration.retention.dailyUs == nil)
        let day = Instant.microsecondsPerDay
        #expect(configuration.retention.hourlyUs == 400 * day)
        #expect(configuration.commit.results == 2_000 && configuration.commit.everyUs == 250_000)
        let stated = try loaded(
            sound(
                "agent: eu-1\n",
                by: """
                    retention: { observations: 2d, answers: forever, daily: 500d }
                    commit: { results: 1, every: 0ms }

                    """)
        ).effective
        #expect(stated.retention.observationsUs == 2 * day && stated.retention.answersUs == nil)
        #expect(stated.retention.fiveMinuteUs == 7 * day && stated.retention.dailyUs == 500 * day)
        #expect(stated.commit.results == 1 && stated.commit.everyUs == 0)
    }

    @Test func `a configuration that an older version stored is read with the defaults`() throws {
        var stated = try loaded(soundText).effective
        stated.retention.observationsUs = nil
        stated.commit.results = 7
        let body = try JSONEncoder().encode(stated)
        #expect(try JSONDecoder().decode(EffectiveConfiguration.self, from: body) == stated)
        var object = try #require(
            try JSONSerialization.jsonObject(with: body) as? [String: Any])
        object["retention"] = nil
        object["commit"] = nil
        let old = try JSONDecoder().decode(
            EffectiveConfiguration.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old == (try loaded(soundText).effective))
    }

    @Test func `the matrix arrives, Norway too`() throws {
        let plan = try #require(loaded(soundText).effective.plan(named: "storefront"))
        #expect(plan.matrix.days == .days([.monday, .sunday]))
        #expect(plan.matrix.hours == .hours([0, 18, 19, 20, 21, 22]))
        #expect(plan.matrix.devices.map(\.name) == ["iphone", "android-phone"])
        #expect(plan.matrix.geos.map(\.name) == ["IN", "NO"])
        #expect(plan.matrix.geos.last == Catalogue.geo(named: "NO"))
        #expect(
            plan.matrix.attributes == [
                AttributeAxis(name: "utm_medium", values: ["email", nil])
            ])
    }

    @Test func `axes may be all, now, a single value or over midnight`() throws {
        func matrix(day: String, hour: String) throws -> MatrixDefinition? {
            let text = try sound("day: [Monday, Sunday]", by: "day: " + day)
                .replacingOccurrences(of: "hour: [0, 18..22]", with: "hour: " + hour)
            return try loaded(text).effective.plans.first?.matrix
        }
        let all = try matrix(day: "all", hour: "all")
        #expect(all?.days == .days(Weekday.allCases))
        #expect(all?.hours == .hours(Array(0..<24)))
        let now = try matrix(day: "now", hour: "now")
        #expect(now?.days == .now)
        #expect(now?.hours == .now)
        let single = try matrix(day: "Friday", hour: "22..2")
        #expect(single?.days == .days([.friday]))
        #expect(single?.hours == .hours([22, 23, 0, 1, 2]))
    }

    @Test func `a user's own device and geo stand beside the catalogue's and over them`() throws {
        let text = try sound("[iphone, android-phone]", by: "[{ kiosk: \"K/1\" }, { iphone: I/2 }]")
            .replacingOccurrences(of: "geo: [IN, NO]", with: "geo: [{ office: \"2001:db8::7\" }]")
        let matrix = try #require(try loaded(text).effective.plans.first?.matrix)
        #expect(
            matrix.devices == [
                Device(name: "kiosk", userAgent: "K/1"), Device(name: "iphone", userAgent: "I/2"),
            ])
        #expect(matrix.geos == [Geo(name: "office", address: "2001:db8::7")])
    }

    @Test func `excludes take single values, lists and ranges`() throws {
        let text = try sound(
            "geo: [IN, NO]",
            by: "geo: [IN, NO]\n      exclude: [{ geo: IN, hour: 18..19, utm_medium: null }]")
        let matrix = try #require(try loaded(text).effective.plans.first?.matrix)
        #expect(
            matrix.excludes
                == [Exclude(["geo": ["IN"], "hour": ["18", "19"], "utm_medium": [nil]])])
    }

    @Test func `times without an offset are read in the zone, others as they say`() throws {
        let text = try sound(
            "    allocations:",
            by: "    epoch: { hero: 2026-11-01T05:30:00, promo-strip: 2026-11-01T00:00:00Z }\n"
                + "    allocations:")
        let epoch = try #require(try loaded(text).effective.plans.first?.epoch)
        #expect(epoch["hero"] == Instant(rfc3339: "2026-11-01T00:00:00Z"))
        #expect(epoch["promo-strip"] == epoch["hero"])
    }

    @Test func `a plan of all experiences may state any of them`() throws {
        let text = try sound("[hero, promo-strip]", by: "all")
        #expect(try loaded(text).effective.plans.first?.experiences == .all)
    }

    @Test func `what has a default need not be stated`() throws {
        let effective = try loaded(
            """
            targets:
              a: { base_url: "http://127.0.0.1:8080", workspace_id: W, api_key: "${KEY}" }
            plans:
              p:
                target: a
                experiences: [hero]
                continuous: true
                rate: 1/s
                subjects: { cohort: {} }
                matrix:
            exports:
            """
        ).effective
        #expect(effective.store == "variometer.db")
        #expect(effective.zone == "UTC")
        #expect(!effective.agent.isEmpty)
        let plan = try #require(effective.plans.first)
        #expect(plan.cadence == .continuous)
        #expect(plan.matrix == MatrixDefinition())
        #expect(plan.subjects.cohort?.share == 1)
        let target = try #require(effective.targets.first)
        #expect(target.timeoutUs == 5_000_000)
        #expect(target.budget == nil)
    }

    @Test func `paths start from the folder of the file`() throws {
        let text = try sound(
            "agent: eu-1", by: "exports: [{ ndjson: { directory: out, every: 10m } }]")
        #expect(
            try loaded(text, file: "conf/v.yaml").effective.exports
                == [.ndjson(directory: "conf/out", everyUs: 600_000_000)])
        let absolute = try sound("store: variometer.db", by: "store: /var/lib/v.db")
        #expect(try loaded(absolute, file: "conf/v.yaml").effective.store == "/var/lib/v.db")
    }

    @Test func `only a file that cannot be read is thrown`() throws {
        let missing = #expect(throws: ConfigurationError.self) {
            try load(path: "/nowhere/v.yaml", environment: [:])
        }
        #expect(missing?.code == .missing)
        #expect(missing?.description.contains("/nowhere/v.yaml") == true)
        try withFolder { folder in
            let folderItself = #expect(throws: ConfigurationError.self) {
                try load(path: folder.path, environment: [:])
            }
            #expect(folderItself?.code == .unreadable)
            let file = folder.appending(path: "v.yaml")
            try Data([0xFF, 0xFE, 0x00]).write(to: file)
            let bytes = #expect(throws: ConfigurationError.self) {
                try load(path: file.path, environment: [:])
            }
            #expect(bytes?.code == .notUTF8)
        }
    }
}
