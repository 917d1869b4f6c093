import Foundation
import Model

/// A target that is asked 300 times an hour from two devices and four places: log-normal latencies
/// around 40 ms, one in a hundred five times as long, slower in the afternoon and on weekends, on a
/// level that wanders from hour to hour; one answer in 200 fails.
struct PastWorld {
    /// What is wrong with it.
    enum Trouble {
        case none
        /// Everybody's answers take longer by this factor.
        case slow(Double)
        /// Those of one place do.
        case slowPlace(String, Double)
        /// This share fails.
        case failing(Double)
    }

    static let start = Instant(microseconds: 1_794_787_200_000_000)  // a Monday's midnight
    static let configuration = EffectiveConfiguration(
        store: "none", agent: "a", targets: [],
        plans: [
            Plan(
                name: "p", target: "t", experiences: .keys(["e"]), cadence: .continuous,
                rate: Rate(perSecond: 1.0 / 12), subjects: SubjectPlan(),
                matrix: MatrixDefinition(
                    devices: devices.map { Device(name: $0, userAgent: $0) },
                    geos: places.map { Geo(name: $0, address: "192.0.2.1") }))
        ])

    var trouble = Trouble.none
    private var wander = 0.0

    private static let devices = ["phone", "desktop"]
    private static let places = ["IN", "US", "DE", "BR"]
    private static let perHour = 300
    private static let contexts = devices.flatMap { device in
        places.map { Context(device: device, geo: $0) }
    }
    private static let served = [
        Observation(experience: "e", outcome: .served, variation: "1", audience: "A")
    ]

    /// The results of one hour since `start`.
    mutating func results(ofHour hour: Int, _ dice: inout Dice) -> [ResultDigest] {
        wander = 0.8 * wander + 0.02 * dice.normals().0
        let clock = Double(hour % 24)
        let isWeekend = hour / 24 % 7 > 4
        let level =
            40 * exp(wander + 0.25 * sin(2 * Double.pi * (clock - 8) / 24)) * (isWeekend ? 0.85 : 1)
        return (0..<Self.perHour).map { number in
            let us = (Double(hour) + Double(number) / Double(Self.perHour)) * 3_600e6
            return result(at: Self.start.advanced(by: Int64(us)), level, number, &dice)
        }
    }

    private func result(
        at dueAt: Instant, _ level: Double, _ number: Int, _ dice: inout Dice
    ) -> ResultDigest {
        let context = Self.contexts[number % Self.contexts.count]
        var milliseconds = level * exp(0.45 * dice.normals().0)
        if dice.uniform() < 0.01 { milliseconds *= 5 }
        var failing = 0.005
        switch trouble {
        case .none: break
        case .slow(let factor): milliseconds *= factor
        case .slowPlace(let place, let factor):
            if context.geo == place { milliseconds *= factor }
        case .failing(let share): failing = share
        }
        let failure = dice.uniform() < failing ? Failure(.failed, .http(503)) : nil
        let phases = Phases(
            lagUs: 50, requestUs: 20, firstByteUs: Int64(milliseconds * 1_000), transferUs: 80)
        return ResultDigest(
            target: "t", plan: "p", round: 1, index: 0, context: context, population: .cohort,
            attempt: 0, dueAt: dueAt, phases: phases, failure: failure,
            observations: failure.map {
                [Observation(experience: "e", outcome: $0.outcome, reason: $0.reason)]
            } ?? Self.served)
    }
}
