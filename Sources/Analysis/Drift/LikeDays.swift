import Model
import RealModule
import Statistics

/// One experience over the last day beside its like before: a target's own rhythm is in both.
struct LikeDay {
    /// So many hours before.
    let back: Int64
    private(set) var now = ArmCounts()
    private(set) var then = ArmCounts()
    /// The total variation of the hours' weights: by so much at most a share differs where every
    /// hour's share is the same and only the volumes of the hours are not.
    private(set) var margin = 0.0

    /// Nil: it has fewer than half of the subjects' hours.
    init?(_ hours: [Int64: ArmCounts], _ all: [Int64: ArmCounts], back: Int64) {
        self.back = back
        var pairs: [(now: Int, then: Int)] = []
        var n = 0
        for (hour, counts) in hours where counts.n > 0 {
            n += counts.n
            guard let former = all[hour - back], former.n > 0 else { continue }
            now.add(counts)
            then.add(former)
            pairs.append((counts.n, former.n))
        }
        guard now.n > 0, 2 * now.n >= n else { return nil }
        margin =
            pairs.reduce(0.0) {
                $0 + abs(Double($1.now) / Double(now.n) - Double($1.then) / Double(then.n))
            } / 2
    }

    /// By how much of all subjects an arm's share grew.
    func rise(_ arm: ServedArm) -> Double { share(arm, now) - share(arm, then) }

    func share(_ arm: ServedArm, _ counts: ArmCounts) -> Double {
        Double(counts[arm]) / Double(max(1, counts.n))
    }

    private static let concentrations = [1.0, 10, 100, 1_000]

    /// Evidence that an arm's share is another one, its baseline's level being `alpha`.
    func lnE(_ arm: ServedArm, alpha: Double) -> Double {
        let shift = try? baselineShift(
            baselineSuccesses: then[arm], baselineTrials: then.n, currentSuccesses: now[arm],
            currentTrials: now.n, baselineAlpha: alpha, concentrations: Self.concentrations,
            margin: margin)
        return shift?.lnE ?? 0
    }
}

/// When the last day had its like: the same hours of the four weeks before. Where every round asks
/// the same days and hours by name, whatever the clock says, each day is like the next, and the
/// older half of the week before is taken, so that a shift does not become the usual within a day.
package enum Likeness: Hashable, Sendable {
    case ofWeek
    case ofDay

    init(_ matrix: MatrixDefinition) {
        switch (matrix.days, matrix.hours) {
        case (nil, _), (_, nil), (.now?, _), (_, .now?): self = .ofWeek
        default: self = .ofDay
        }
    }

    /// In hours, the nearest first.
    var backs: [Int64] {
        switch self {
        case .ofWeek: (1...4).map { $0 * hoursPerWeek }
        case .ofDay: (1...7).map { $0 * hoursPerDay }
        }
    }

    /// Those of the likes that there are, the nearest first, which are compared with.
    func chosen(of days: [LikeDay]) -> [LikeDay] {
        self == .ofWeek ? days : days.suffix((days.count + 1) / 2)
    }
}

/// The likes of the last day, the nearest first.
struct LikeDays {
    let days: [LikeDay]

    /// Hours of the present day that nothing at all was served in are left out, and those beside
    /// them: `dark` is about these. `all` holds the hours from `first` on.
    init(
        _ likeness: Likeness, until end: Int64, _ all: [Int64: ArmCounts], since first: Int64
    ) {
        var hours: [Int64: ArmCounts] = [:]
        func isDark(_ hour: Int64) -> Bool { all[hour].map { $0.n > 0 && $0.served == 0 } ?? false }
        for hour in (end - hoursPerDay)..<end where !(hour - 1...hour + 1).contains(where: isDark) {
            hours[hour] = all[hour]
        }
        days = likeness.chosen(
            of: likeness.backs.compactMap { back in
                end - hoursPerDay - back < first ? nil : LikeDay(hours, all, back: back)
            })
    }

    /// The one that speaks least for a shift of an arm, and its evidence: a share within the range of
    /// what they had is no shift. Nil: there is none, or no shift.
    func least(_ arm: ServedArm, alpha: Double) -> (like: LikeDay, lnE: Double)? {
        let rises = days.map { $0.rise(arm) }
        guard !rises.isEmpty, rises.allSatisfy({ $0 > 0 }) || rises.allSatisfy({ $0 < 0 }) else {
            return nil
        }
        return days.map { ($0, $0.lnE(arm, alpha: alpha)) }.min { $0.1 < $1.1 }
    }
}
