import Foundation
import Testing

/// What only shows when targets and plans are seen together.
@Suite struct ChecksTests {
    /// One target and these plans, each with one experience and one context per hour of the day.
    private func text(
        budget: String?, rates: [String], every: String = "1h", stated: String? = nil
    ) -> String {
        let plans = rates.enumerated().map { index, rate in
            """
              p\(index):
                target: t
                experiences: [hero]
                every: \(every)
                rate: \(rate)
                subjects: { panel: { count: 10 } }
                matrix: { hour: all }\(stated.map { "\n    " + $0 } ?? "")
            """
        }
        return """
            targets:
              t:
                data_center: "01"
                workspace_id: W
                api_key: ${KEY}
                \(budget.map { "budget: " + $0 } ?? "timeout: 5s")
            plans:
            \(plans.joined(separator: "\n"))
            """
    }

    @Test(
        arguments: [
            ("120/min", ["1/s", "1/s"], nil),
            (
                "119/min", ["1/s", "1/s"],
                "v.yaml:6:13: targets.t.budget: is less than the 2/s of plans p0, p1 "
                    + "(at least 2/s, or lower rates)"
            ),
            (
                "10/h", ["30/min"],
                "v.yaml:6:13: targets.t.budget: is less than the 30/min of plan p0 "
                    + "(at least 30/min, or lower rates)"
            ),
            ("10000/min", ["1/s"], nil),
            (
                "10001/min", ["1/s"],
                "v.yaml:6:13: targets.t.budget: is above the vendor's limit of 10000/min, which "
                    + "production traffic shares (a prober has its own, much lower budget)"
            ),
            (nil, ["166/s"], nil),
            (
                nil, ["100/s", "100/s"],
                "v.yaml:19:11: plans.p1.rate: 200/s of plans p0, p1 is above the vendor's limit of "
                    + "10000/min, which production traffic shares (lower the rate and state a budget)"
            ),
        ] as [(String?, [String], String?)])
    func `budgets hold all plans together`(
        _ budget: String?, _ rates: [String], _ told: String?
    ) {
        #expect(faults(text(budget: budget, rates: rates)) == [told].compactMap { $0 })
    }

    @Test(
        arguments: [
            ("24s", "1/s", nil),
            (
                "23s", "1/s",
                "a round of 24 probes takes 24s at 1/s "
                    + "(what would fit: rate: 1.1/s, or every: 1m, or 23 of its 24 hours; "
                    + "else state overlong: skip or overlap)"
            ),
            (
                "1h", "12/h",
                "a round of 24 probes takes 2h at 12/h "
                    + "(what would fit: rate: 24/h, or every: 2h, or 12 of its 24 hours; "
                    + "else state overlong: skip or overlap)"
            ),
            (
                "10m", "1/h",
                "a round of 24 probes takes 1d at 1/h "
                    + "(what would fit: rate: 2.4/min, or every: 1d; "
                    + "else state overlong: skip or overlap)"
            ),
        ] as [(String, String, String?)])
    func `a round ends before the next one starts`(
        _ every: String, _ rate: String, _ told: String?
    ) {
        let all = faults(text(budget: nil, rates: [rate], every: every))
        #expect(all == [told].compactMap { $0 }.map { "v.yaml:11:12: plans.p0.every: " + $0 })
    }

    @Test(arguments: [
        ("overlong: skip", "23s", "1/s"), ("overlong: overlap", "23s", "1/s"),
        // 24 minutes of probing, an hour of the day for them.
        ("active: { days: Monday, hours: 9 }", "1h", "1/min"),
    ])
    func `a round may outlast its period where it is said what happens then`(
        _ stated: String, _ every: String, _ rate: String
    ) {
        #expect(faults(text(budget: nil, rates: [rate], every: every, stated: stated)) == [])
    }

    @Test(
        arguments: [
            ("overlong: skip", "1/s", nil),
            ("overlong: overlap", "3/s", nil),
            (
                "overlong: overlap", "2/s",
                "is less than the 3/s of plan p0 "
                    + "(at least 3/s, or lower rates; p0 has up to 3 rounds at once)"
            ),
        ] as [(String, String, String?)])
    func `a budget holds all rounds that overlap`(
        _ stated: String, _ budget: String, _ told: String?
    ) {
        let all = faults(text(budget: budget, rates: ["1/s"], every: "10s", stated: stated))
        #expect(all == [told].compactMap { $0 }.map { "v.yaml:6:13: targets.t.budget: " + $0 })
    }

    @Test(arguments: [
        ("3/s", []),
        (
            "2/s",
            [
                "v.yaml:7:54: targets.other.budget: is less than the 3/s of plans p0, p1 "
                    + "(at least 3/s, or lower rates; p0 compares it with its own target; "
                    + "p1 compares it with its own target)"
            ]
        ),
    ])
    func `a compared target's budget holds what is compared`(_ budget: String, _ told: [String]) {
        let other = "  other: { api: ofrep, base_url: \"http://h\", budget: \(budget) }\n"
        let text = text(budget: "3/s", rates: ["1/s", "2/s"], stated: "compare: [[t, other]]")
            .replacingOccurrences(of: "plans:\n", with: other + "plans:\n")
        #expect(faults(text) == told)
    }

    @Test(arguments: [("[hero]", 192), ("all", 192), ("[hero, \(keys(25))]", 384)])
    func `a round counts every pack of 25 experiences, and all for twenty experiences`(
        _ experiences: String, _ probes: Int
    ) throws {
        let text = try sound("[hero, promo-strip]", by: experiences)
            .replacingOccurrences(of: "every: 1h", with: "every: 1s")
        #expect(try #require(faults(text).first).contains("a round of \(probes) probes"))
    }

    @Test func `a plan is told by the name that the file writes`() {
        let named = text(budget: "1/s", rates: ["2/s"]).replacingOccurrences(of: "p0", with: "${P}")
        #expect(
            faults(named, environment: ["KEY": "key", "P": "canary"]) == [
                "v.yaml:6:13: targets.t.budget: is less than the 2/s of plan ${P} "
                    + "(at least 2/s, or lower rates)"
            ])
    }

    @Test func `a matrix that nobody could ask is refused`() throws {
        let values = (0..<1_000).map { "v\($0)" }.joined(separator: ", ")
        let axes = (0..<8).map { "        a\($0): [\(values)]\n" }.joined()
        for count in [4, 8] {
            let some = axes.split(separator: "\n").prefix(count).joined(separator: "\n")
            let text = try sound("        utm_medium: [email, null]", by: some)
            #expect(
                faults(text) == [
                    "v.yaml:19:5: plans.storefront.matrix: has more than 1000000000000 contexts "
                        + "(their number is the product of all axes)"
                ])
        }
    }
}

/// That many experience keys.
private func keys(_ count: Int) -> String {
    (1...count).map { "k\($0)" }.joined(separator: ", ")
}
