package import Model
import Simulator

/// "Somebody said on Monday that the hero looks different": 1,260 contexts each hour, and a change
/// for Android phones in India over a weekend, from Friday 18:00 until Monday 9:00.
extension Scenario {
    /// How the weekend's change was made.
    package enum MondayEdit: String, CaseIterable, Sendable {
        /// Nothing was changed.
        case none
        /// The allocation became 56/44.
        case allocation
        /// They moved to an audience of their own, `3C`, with that allocation.
        case audience
    }

    /// `watching`: the configuration has `watch: [[device, geo]]`.
    package static func monday(_ edit: MondayEdit, watching: Bool = true) -> Scenario {
        var world = World(
            workspaceID: "WS1", apiKey: "secret",
            places: ["IN": ["103.21.58."], "US": ["128.30.2."], "DE": ["134.130.4."]],
            experiences: [
                ServedExperience(
                    key: "hero", name: "Home page hero",
                    audiences: [
                        Audience(
                            id: "42D", name: "High Intent Users",
                            when: Rule(userPrefix: "known-"),
                            allocation: [Share("1", 80), Share("2", 20)]),
                        Audience(id: "1A", name: "All users", allocation: even),
                    ]),
                ServedExperience(
                    key: "promo-strip", name: "Promotion strip",
                    audiences: [
                        Audience(
                            id: "5B", name: "Everybody",
                            allocation: [Share("1", 70), Share("2", 20), Share("3", 10)])
                    ]),
            ], latency: usualLatency, slowdowns: usualDay, faults: usualFaults)
        world.changes = changes(edit)
        return Scenario(
            name: "monday-\(edit.rawValue)", configuration: storefront(watching: watching),
            world: world, start: at("2026-11-18T00:00:00Z"), end: at("2026-11-24T00:00:00Z"))
    }

    /// The allocation's edit as the cohort alone sees it, over two days.
    package static let mondayCohort: Scenario = {
        var scenario = monday(.allocation)
        scenario.name = "monday-cohort"
        scenario.configuration = storefront(
            watching: true, subjects: "  cohort: { share: 1, prefix: cohort- }")
        scenario.end = at("2026-11-22T18:00:00Z")
        return scenario
    }()

    package static let mondayEdit = at("2026-11-20T18:00:00Z")
    package static let mondayReturn = at("2026-11-23T09:00:00Z")

    private static let skewed = [Share("1", 56), Share("2", 44)]

    private static func changes(_ edit: MondayEdit) -> [Change] {
        let phones = Rule(devices: ["Mobile"], platforms: ["android"], places: ["IN"])
        switch edit {
        case .none: return []
        case .allocation:
            return [
                Change(
                    at: mondayEdit, experience: "hero", audience: "1A", when: phones,
                    allocation: skewed),
                Change(
                    at: mondayReturn, experience: "hero", audience: "1A", when: phones,
                    allocation: even),
            ]
        case .audience:
            let own = Audience(id: "3C", name: "Android IN", when: phones, allocation: skewed)
            return [
                Change(at: mondayEdit, experience: "hero", adds: own),
                Change(at: mondayReturn, experience: "hero", removes: "3C"),
            ]
        }
    }

    private static func storefront(
        watching: Bool,
        subjects: String =
            "  panel: { count: 200, prefix: panel- }\n  cohort: { share: 0.5, prefix: cohort- }"
    ) -> String {
        file(
            withPlan:
                """
                every: 1h
                rate: 5/s
                experiences: [hero, promo-strip]
                subjects:
                \(subjects)
                matrix:
                  day: all
                  hour: [0, 6, 12, 18]
                  device: [iphone, android-phone, desktop-chrome, { kiosk: "Kiosk/1.0 (X11; Linux)" }]
                  geo: [IN, US, DE, { office: 203.0.113.7 }]
                  attributes:
                    utm_medium: [email, ads, null]
                  exclude:
                    - { device: iphone, geo: IN }
                allocations:
                  hero:
                    "1A": { "1": 50, "2": 50 }
                    "High Intent Users": { "1": 80, "2": 20 }
                  promo-strip:
                    "5B": { "1": 70, "2": 20, "3": 10 }
                """ + (watching ? "\nwatch: [[device, geo]]" : ""))
    }
}

let even = [Share("1", 50), Share("2", 50)]

/// What every world has on a good day: a median of 40 ms, slower in the afternoon, two answers of a
/// thousand that fail.
let usualLatency = [LatencyRule(medianMilliseconds: 40, tailShare: 0.01, minimumMilliseconds: 5)]
let usualDay = [Slowdown(clockHours: Array(12...18), factor: 1.15)]
let usualFaults = [FaultRule(.serverError, share: 0.002)]

/// A configuration with one plan.
func file(withPlan plan: String) -> String {
    let lines = plan.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    return """
        store: rig.db
        agent: rig
        targets:
          production: { base_url: "http://127.0.0.1:1", workspace_id: WS1, api_key: "${KEY}" }
        plans:
          storefront:
            target: production
        \(lines)

        """
}
