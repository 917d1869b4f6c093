import Model
package import Simulator

/// A week at 0.19 probes a second, from a Monday on: 336 contexts each hour, and as many cohort
/// subjects.
extension Scenario {
    /// What goes wrong in the troubled week, and when.
    package enum Trouble: String, CaseIterable, Sendable {
        /// The hero's split is 58/42 in Germany, and stays so.
        case split
        /// Answers to Brazil take 1.4 times as long, and stay so.
        case latency
        /// One answer in twenty fails, for two hours.
        case errors
        /// The offers are paused, for a day.
        case dark
        /// Desktop visitors of the promotion strip move to an audience `3C`, and stay there.
        case audience
        /// One user in ten is served another variation of the offers every other time, for a day.
        case flapping

        package var period: Period {
            let (from, until) =
                switch self {
                case .split: ("2026-11-17T09:00:00Z", nil as String?)
                case .latency: ("2026-11-18T14:00:00Z", nil)
                case .errors: ("2026-11-19T03:00:00Z", "2026-11-19T05:00:00Z")
                case .dark: ("2026-11-19T12:00:00Z", "2026-11-20T12:00:00Z")
                case .audience: ("2026-11-20T10:00:00Z", nil)
                case .flapping: ("2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z")
                }
            return Period(from: at(from), until: until.map(at))
        }
    }

    /// Without troubles: a healthy week.
    package static func week(_ troubles: Set<Trouble> = []) -> Scenario {
        var world = World(
            workspaceID: "WS1", apiKey: "secret",
            places: [
                "IN": ["103.21.58."], "US": ["128.30.2."], "DE": ["134.130.4."],
                "BR": ["200.147.67."],
            ],
            experiences: [
                experience("hero", audience: "1A"), experience("promo-strip", audience: "5B"),
                experience("offers", audience: "9E"),
            ], latency: usualLatency, slowdowns: usualDay, faults: usualFaults)
        for trouble in Trouble.allCases where troubles.contains(trouble) {
            world.suffer(trouble)
        }
        let name =
            switch troubles.count {
            case 0: "healthy"
            case Trouble.allCases.count: "troubled"
            default:
                Trouble.allCases.filter(troubles.contains).map(\.rawValue).joined(separator: "-")
            }
        return Scenario(
            name: "week-" + name,
            configuration: weekly, world: world, start: at("2026-11-16T00:00:00Z"),
            end: at("2026-11-23T00:00:00Z"))
    }

    private static func experience(_ key: String, audience: String) -> ServedExperience {
        ServedExperience(
            key: key, audiences: [Audience(id: audience, name: "All users", allocation: even)])
    }

    private static let weekly = file(
        withPlan:
            weeklyPlan + """

                allocations:
                  hero: { "1A": { "1": 50, "2": 50 } }
                  promo-strip: { "5B": { "1": 50, "2": 50 } }
                  offers: { "9E": { "1": 50, "2": 50 } }
                """)

    static let weeklyPlan = """
        every: 1h
        rate: 1/s
        experiences: [hero, promo-strip, offers]
        subjects:
          panel: { count: 200, prefix: panel- }
          cohort: { share: 0.5, prefix: cohort- }
        matrix:
          day: all
          hour: [0, 6, 12, 18]
          device: [iphone, android-phone, desktop-chrome]
          geo: [IN, US, DE, BR]
        """
}

extension World {
    fileprivate mutating func suffer(_ trouble: Scenario.Trouble) {
        let period = trouble.period
        switch trouble {
        case .split:
            change(
                Change(
                    at: period, experience: "hero", when: Rule(places: ["DE"]),
                    allocation: [Share("1", 58), Share("2", 42)]))
        case .latency:
            slowdowns.append(Slowdown(when: Rule(places: ["BR"]), period: period, factor: 1.4))
        case .errors:
            faults.append(
                FaultRule(.serverError, share: 0.05, from: period.from, until: period.until))
        case .dark:
            change(Change(at: period, experience: "offers", status: "Paused"))
            if let until = period.until {
                changes.append(Change(at: until, experience: "offers", status: "Active"))
            }
        case .audience:
            let own = Audience(
                id: "3C", name: "Desktop visitors", when: Rule(devices: ["Desktop"]),
                allocation: even)
            change(Change(at: period, experience: "promo-strip", adds: own))
        case .flapping:
            for index in experiences.indices where experiences[index].key == "offers" {
                experiences[index].instabilities.append(
                    Instability(period: period, share: 0.5, userShare: 0.1))
            }
        }
    }

    private mutating func change(_ change: Change?) {
        if let change { changes.append(change) }
    }
}

extension Change {
    /// One at the beginning of a period; nil: it has none.
    fileprivate init?(
        at period: Period, experience: String, when: Rule? = nil, status: String? = nil,
        allocation: [Share]? = nil, adds: Audience? = nil
    ) {
        guard let from = period.from else { return nil }
        self.init(
            at: from, experience: experience, when: when, status: status, allocation: allocation,
            adds: adds)
    }
}
