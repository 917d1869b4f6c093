package import Model
import Simulator

/// Ten days of a cohort alone, asked as the clock says: 60 subjects an hour. The hero has an
/// audience of its own in the evening, the promotion strip one at weekends; that is their rhythm.
extension Scenario {
    /// `moved`: in the second week desktop visitors of the offers move to an audience of their own.
    package static func drift(moved: Bool) -> Scenario {
        var world = Scenario.week().world
        world.experiences[0].audiences.insert(
            Audience(
                id: "7E", name: "Evening", when: Rule(hours: Array(18...22)), allocation: even),
            at: 0)
        world.experiences[1].audiences.insert(
            Audience(
                id: "7W", name: "Weekend", when: Rule(days: [.saturday, .sunday]),
                allocation: even), at: 0)
        if moved {
            let own = Audience(
                id: "3C", name: "Desktop visitors", when: Rule(devices: ["Desktop"]),
                allocation: even)
            world.changes.append(Change(at: driftEdit, experience: "offers", adds: own))
        }
        return Scenario(
            name: "drift-" + (moved ? "moved" : "none"), configuration: cohortAlone, world: world,
            start: at("2026-11-16T00:00:00Z"), end: at("2026-11-26T00:00:00Z"))
    }

    package static let driftEdit = at("2026-11-25T11:00:00Z")

    private static let cohortAlone = file(
        withPlan: """
            every: 1h
            rate: 1/s
            experiences: [hero, promo-strip, offers]
            subjects:
              cohort: { share: 1, prefix: cohort- }
            matrix:
              day: now
              hour: now
              device: [iphone, android-phone, desktop-chrome]
              geo: [IN, US, DE, BR]
              attributes:
                utm_medium: [email, ads, social, search, null]
            """)
}
