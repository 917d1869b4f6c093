import Dispatch
import Statistics
import Synchronization

/// Fresh labelled streams, of sixty kinds: what is found of their changes, afterwards and as the
/// hours come in, beside two rules of dashboards that compare a day with the day before.
struct ChangedStreams: CalibrationGame {
    let title = "G9, G10  change points of fortnights of hourly counts"

    func figures(_ setting: CalibrationSetting) throws -> [GameFigure] {
        let sets = max(1, setting.runs / 1_250)
        let streams = (0..<sets).flatMap { set in
            var dice = Dice(seed: setting.seed, game: "streams", run: set)
            return StreamWorld.all(&dice)
        }
        let ours = try score(streams) { try Found($0) }
        let chiSquare = try score(streams) { stream in
            Found(
                offline: dayAgainstDay(stream) {
                    (try? chiSquareP($0, $1)).map { $0 < 0.001 } ?? false
                })
        }
        let index = try score(streams) { stream in
            Found(
                offline: dayAgainstDay(stream) {
                    (try? populationStabilityIndex($0, $1)).map { $0 > 0.2 } ?? false
                })
        }
        let nulls = streams.count { $0.labels.isEmpty }
        return [
            figure("offline F1", ours.offline.f1, .atLeast(0.95)),
            figure("online F1", ours.online.f1, .atLeast(0.9)),
            figure("online median delay, hours", ours.medianDelay ?? .infinity, .atMost(6)),
            figure(
                "share of \(nulls) streams without a change that alarm",
                Double(ours.nullsAlarmed) / Double(nulls), .atMost(0.05)),
            figure("chi-square p < 0.001, day against day before: F1", chiSquare.offline.f1),
            figure("PSI > 0.2, day against day before: F1", index.offline.f1),
        ]
    }

    private func score(
        _ streams: [LabelledStream], _ find: @Sendable (LabelledStream) throws -> Found
    ) throws -> Score {
        let found = Mutex<[Int: Result<Found, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: streams.count) { place in
            let one = Result { try find(streams[place]) }
            found.withLock { $0[place] = one }
        }
        var score = Score()
        let all = found.withLock { $0 }
        for (place, stream) in streams.enumerated() {
            if let one = try all[place]?.get() { _ = score.add(stream, one) }
        }
        return score
    }

    /// Looks every four hours at the last day beside the one before; after an alarm, two days later.
    private func dayAgainstDay(
        _ stream: LabelledStream, _ alarms: ([Int], [Int]) -> Bool
    ) -> [Int] {
        let hours = stream.categories(until: stream.hours)
        func sum(_ range: Range<Int>) -> [Int] {
            hours[range].reduce(Array(repeating: 0, count: hours[0].count)) { zip($0, $1).map(+) }
        }
        var found: [Int] = []
        var look = 48
        while look <= hours.count {
            if alarms(sum(look - 48..<look - 24), sum(look - 24..<look)) {
                found.append(look - 12)
                look += 48
            } else {
                look += 4
            }
        }
        return found
    }

    private func figure(_ words: String, _ value: Double, _ goal: Bound? = nil) -> GameFigure {
        GameFigure(game: "G9, G10", figure: words, value: value, goal: goal)
    }
}

/// The p-value of two rows of counts being of the same shares.
private func chiSquareP(_ a: [Int], _ b: [Int]) throws -> Double {
    try homogeneity([a, b]).chiSquare.p
}
