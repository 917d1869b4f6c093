import Model
import Simulator

/// A matrix of 16,800 contexts: every hour of the week from ten devices in ten places, all asked
/// within the first five minutes of each hour, beside 7,200 cohort subjects.
extension Scenario {
    package static let wide = Scenario(
        name: "wide", configuration: file(withPlan: widePlan), world: wideWorld,
        start: at("2026-11-16T00:00:00Z"), end: at("2026-11-16T12:00:00Z"))

    private static var wideWorld: World {
        var world = Scenario.week().world
        world.places = Dictionary(
            uniqueKeysWithValues: (0..<10).map { ("place-\($0)", ["198.18.\($0)."]) })
        return world
    }

    private static var widePlan: String {
        let devices = (0..<10).map { "{ device-\($0): \"Probe/1.0 (device \($0))\" }" }
        let places = (0..<10).map { "{ place-\($0): 198.18.\($0).1 }" }
        return """
            every: 1h
            rate: 120/s
            experiences: [hero, promo-strip, offers]
            subjects:
              panel: { count: 200, prefix: panel- }
              cohort: { share: 0.3, prefix: cohort- }
            matrix:
              day: all
              hour: all
              device: [\(devices.joined(separator: ", "))]
              geo: [\(places.joined(separator: ", "))]
            watch: [[device, geo]]
            allocations:
              hero: { "1A": { "1": 50, "2": 50 } }
              promo-strip: { "5B": { "1": 50, "2": 50 } }
              offers: { "9E": { "1": 50, "2": 50 } }
            """
    }
}
