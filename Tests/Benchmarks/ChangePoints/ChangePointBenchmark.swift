import Dispatch
import Foundation
import Statistics
import Synchronization

/// `scripts/benchmark changepoints`: the change points of labelled streams, found afterwards and as
/// the hours come in.
///
/// A label is found by a location within 6 hours; of a change at one hour the nearest location
/// counts, every other one is false. Online, every location ever told counts, those within 6 hours
/// of an earlier one as the same; it is looked every 4 hours.
enum ChangePointBenchmark {
    static let usage = "       scripts/benchmark changepoints --streams FILE [--format text|json]"

    static func run(_ arguments: [String]) throws {
        guard let options = Options(arguments) else { throw StreamError(what: "usage:\n" + usage) }
        let streams = try LabelledStream.read(options.path)
        let found = Mutex<[(Int, Found)]>([])
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: streams.count) { place in
            do {
                let one = try Found(streams[place])
                found.withLock { $0.append((place, one)) }
            } catch { failure.withLock { $0 = error } }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        var score = Score()
        for (place, one) in found.withLock({ $0 }).sorted(by: { $0.0 < $1.0 }) {
            let wrong = score.add(streams[place], one)
            if !options.isJSON, !wrong.isEmpty { print("\(streams[place].id): \(wrong)") }
        }
        print(score.text)
        if options.isJSON { print(score.json) }
    }

    private struct Options {
        var path = ""
        var isJSON = false

        init?(_ arguments: [String]) {
            var rest = arguments[...]
            while let option = rest.popFirst() {
                guard let value = rest.popFirst() else { return nil }
                switch (option, value) {
                case ("--streams", _): path = value
                case ("--format", "text"), ("--format", "json"): isJSON = value == "json"
                default: return nil
                }
            }
            if path.isEmpty { return nil }
        }
    }
}

/// What is found in one stream.
struct Found {
    let offline: [Int]
    /// Location, and the hour after which it was told.
    let online: [(location: Int, at: Int)]

    private static let lookHours = 4

    /// What another rule found afterwards.
    init(offline locations: [Int]) {
        offline = locations
        online = []
    }

    init(_ stream: LabelledStream) throws {
        offline = try ChangePointModel().changePoints(stream.categories(until: stream.hours))
            .map(\.hour)
        // Groups of a histogram are cut at the first hours' quantiles: they are known by then.
        let categories = stream.categories(until: stream.hours)
        var series = ChangePointSeries(isOrdered: stream.histogram != nil)
        var told: [(Int, Int)] = []
        for (hour, counts) in categories.enumerated() {
            for point in try series.append(counts) {
                let look = (hour / Self.lookHours + 1) * Self.lookHours
                told.append((point.hour, look))
            }
        }
        online = told
    }
}
