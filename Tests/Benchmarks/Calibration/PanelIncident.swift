import Model
import WorldRig

/// An edit that moves six points of a fifteenth of the traffic, and its return: does the panel's next
/// round tell it, and of whom? Whole rounds of 1,260 contexts go through planning and recording.
struct PanelIncident: CalibrationGame {
    let title = "monday  56/44 for Android phones in IN, by a panel of 200 within the next round"

    /// What the windows of one round told at last.
    private struct Round {
        var isTold = false
        var isPlaced = false
        /// True: the segment does not hold all of the edit.
        var isMisplaced = false
    }

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let rounds = setting.play("monday", share: 0.01) { dice in
            let seed = dice.next()
            return Result {
                try [Scenario.mondayEdit, Scenario.mondayReturn].map {
                    try round(after: $0, seed: seed)
                }
            }
        }
        let all = try rounds.map { try $0.get() }
        return [("edit", 0), ("return", 1)].flatMap { words, place in
            let own = all.map { $0[place] }
            return [
                figure("\(words): told", own.share(where: \.isTold), .atLeast(0.95)),
                figure("\(words): with its segment", own.share(where: \.isPlaced)),
                figure(
                    "\(words): with a segment that does not hold it",
                    own.share(where: \.isMisplaced),
                    .atMost(0.05)),
            ]
        }
    }

    private func round(after edit: Instant, seed: UInt64) throws -> Round {
        var scenario = Scenario.monday(.allocation)
        let hour = Instant.microsecondsPerHour
        scenario.start = edit.advanced(by: -2 * hour)
        var rig = try WorldRig(scenario, seed: seed)
        try rig.run(until: edit.advanced(by: hour))
        var round = Round()
        for finding in try rig.findings().flatMap(\.findings).map(ToldFinding.init)
        where finding.kind == "targeting_change" && finding.experience == "hero" {
            let edited: [String: String?] = ["device": "android-phone", "geo": "IN"]
            round.isTold = true
            round.isPlaced = finding.segment == edited
            round.isMisplaced = finding.segment.contains { edited[$0] != $1 }
        }
        return round
    }

    private func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
        GameFigure(game: "monday", figure: words, value: value, goal: goal)
    }
}
