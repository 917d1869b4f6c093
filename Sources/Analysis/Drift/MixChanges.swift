import Model
import RealModule
import Statistics

/// When the hourly shares of what is mixed changed over a span, and by how much.
///
/// Where the same hours of the week before are known, what these depart from their own mean by is
/// taken off each hour's shares: a rhythm of day and week is no change, and does not hide one. Each
/// change must also show against the same hours of the day before, so that one of last week is none.
struct MixChanges {
    /// Counted from 1970; they reach back a week before the span where that is known.
    let hours: [Int64: [String: Int]]
    let arms: [String]
    private let first: Int64
    private let end: Int64

    /// Further back change points are not looked for: the work grows with the square of the hours.
    private static let mostHours: Int64 = 4 * 7 * 24

    init(_ hours: [Int64: [String: Int]], of arms: [String], over span: Span) {
        self.hours = hours
        self.arms = arms
        end = hour(of: span.until)
        first = max(
            hour(of: span.since.advanced(by: Instant.microsecondsPerHour - 1)),
            end - Self.mostHours)
    }

    var all: [DriftRow.Change] {
        guard first < end, arms.count > 1 else { return [] }
        let vectors = withoutRhythm() ?? (first..<end).map(counts)
        guard let points = try? ChangePointModel().changePoints(vectors) else { return [] }
        let bounds = [0] + points.map(\.hour) + [vectors.count]
        return points.enumerated().compactMap { place, point in
            let at = bounds[place + 1]
            guard let before = shares(vectors[bounds[place]..<at]),
                let after = shares(vectors[at..<bounds[place + 2]]),
                isOfThisWeek(at: first + Int64(at), step: zip(after, before).map { $0 - $1 })
            else { return nil }
            return DriftRow.Change(
                at: start(ofHour: first + Int64(at)),
                low: start(ofHour: first + Int64(point.range.lowerBound)),
                high: start(ofHour: first + Int64(point.range.upperBound)), before: before,
                after: after)
        }
    }

    private func counts(_ hour: Int64) -> [Int] { arms.map { hours[hour]?[$0] ?? 0 } }

    /// Counts of each hour as they would be without what the week before had there beyond its mean;
    /// nil: a tenth of the hours have no like.
    private func withoutRhythm() -> [[Int]]? {
        let likes = (first..<end).map { counts($0 - hoursPerWeek) }
        guard let mean = shares(likes[...]) else { return nil }
        var (asked, alone) = (0, 0)
        let vectors = (first..<end).map { hour -> [Int] in
            let own = counts(hour)
            let n = own.reduce(0, +)
            guard n > 0 else { return own }
            asked += 1
            guard let like = shares([counts(hour - hoursPerWeek)]) else {
                alone += 1
                return own.map { _ in 0 }
            }
            return own.indices.map { k in
                max(0, Int((Double(own[k]) - Double(n) * (like[k] - mean[k])).rounded()))
            }
        }
        return 10 * alone <= asked ? vectors : nil
    }

    /// True: at least half of a step shows against the same hours of the day before; or these are
    /// not known.
    private func isOfThisWeek(at hour: Int64, step: [Double]) -> Bool {
        let since = hour..<min(end, hour + hoursPerDay)
        guard let now = shares(since.map(counts)[...]),
            let then = shares(since.map { counts($0 - hoursPerDay) }[...])
        else { return true }
        let shown = step.indices.reduce(0.0) { $0 + abs(now[$1] - then[$1]) }
        return 2 * shown >= step.reduce(0) { $0 + abs($1) }
    }

    /// The shares of counts summed over hours; nil: there are none.
    private func shares(_ hours: ArraySlice<[Int]>) -> [Double]? {
        var sums = arms.map { _ in 0 }
        for hour in hours {
            for k in sums.indices { sums[k] += hour[k] }
        }
        let n = sums.reduce(0, +)
        return n > 0 ? sums.map { Double($0) / Double(n) } : nil
    }
}
