import Foundation
import Model
import Simulator
import Storage
import WorldRig

/// What it costs to close a window in which 16,800 contexts were asked for three experiences each,
/// beside reading its rows alone.
struct WindowCost: CalibrationGame {
    let title = "cost   a window of 16,800 contexts x 3 experiences, milliseconds on this machine"

    private static let warmHours = 6
    private static let windows = 5

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let scenario = Scenario.wide
        var rig = try WorldRig(scenario, seed: setting.seed)
        let hour = Instant.microsecondsPerHour
        try rig.run(until: scenario.start.advanced(by: Int64(Self.warmHours) * hour))
        var closing: [Double] = []
        var reading: [Double] = []
        for _ in 0..<Self.windows {
            let begun = rig.now
            try rig.record(until: begun.advanced(by: 5 * 60_000_000))
            let span = Span(since: begun, until: rig.now)
            reading.append(
                try milliseconds {
                    try rig.store.digests(in: span, target: nil, plan: nil) { _ in }
                })
            closing.append(try milliseconds { try rig.close() })
            try rig.run(until: begun.advanced(by: hour))
        }
        return [
            figure("closing it, rows read, rolled up, analysed, committed", closing.middle),
            figure("of that, reading the rows", reading.middle),
            figure(
                "closing it without reading", zip(closing, reading).map(-).middle, .atMost(200)),
        ]
    }

    private func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(body) / .milliseconds(1)
    }

    private func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
        GameFigure(game: "cost", figure: words, value: value, goal: goal)
    }
}
