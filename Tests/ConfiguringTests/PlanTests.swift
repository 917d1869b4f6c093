import Configuring
import Foundation
import Model
import Testing

/// What a plan may further say.
@Suite struct PlanTests {
    private func plan(_ line: String) throws -> Plan {
        let text = try sound("    every: 1h\n", by: "    every: 1h\n    \(line)\n")
        return try #require(try loaded(text).effective.plans.first)
    }

    @Test(arguments: [("skip", Overlong.skip), ("overlap", .overlap)])
    func `overlong rounds`(_ text: String, _ meant: Overlong) throws {
        #expect(try plan("overlong: " + text).overlong == meant)
    }

    @Test(arguments: [
        ("keep_alive", ConnectionPolicy.keepAlive), ("new_connection", .newConnection),
    ])
    func connections(_ text: String, _ meant: ConnectionPolicy) throws {
        #expect(try plan("connections: " + text).connections == meant)
    }

    /// `zone` of the sound text is Asia/Kolkata.
    @Test(
        arguments: [
            (
                "{ days: all, hours: 6..8, zone: UTC }",
                ActiveHours(days: Weekday.allCases, hours: [6, 7, 8], zone: "UTC")
            ),
            (
                "{ days: [Monday, Friday] }",
                ActiveHours(
                    days: [.monday, .friday], hours: Array(0..<24), zone: "Asia/Kolkata")
            ),
            (
                "{ days: Monday, hours: [1, 22..0] }",
                ActiveHours(days: [.monday], hours: [1, 22, 23, 0], zone: "Asia/Kolkata")
            ),
            ("{ hours: 9 }", ActiveHours(days: Weekday.allCases, hours: [9], zone: "Asia/Kolkata")),
            // Always is what nothing stated is.
            ("{}", nil), ("{ days: all, hours: all, zone: UTC }", nil), ("{ hours: 0..23 }", nil),
            ("~", nil),
        ] as [(String, ActiveHours?)])
    func `active hours`(_ text: String, _ active: ActiveHours?) throws {
        #expect(try plan("active: " + text).active == active)
    }

    @Test(arguments: [
        ("[[production, canary]]", ["canary"]),
        ("[[flags, production], [production, canary]]", ["flags", "canary"]),
        ("[]", []),
    ])
    func `a plan's target is compared with others, whatever they speak`(
        _ pairs: String, _ compared: [String]
    ) throws {
        let others = """
              canary: { data_center: "03", workspace_id: WS1, api_key: "${KEY}" }
              flags: { api: ofrep, base_url: "http://127.0.0.1:8016" }
            """
        let text = try sound("plans:\n", by: others + "\nplans:\n")
            .replacingOccurrences(of: "every: 1h", with: "every: 1h\n    compare: " + pairs)
        let plan = try #require(try loaded(text).effective.plans.first)
        #expect(plan.compared == compared)
        #expect(plan.targets == ["production"] + compared)
    }
}
