import Model
import RealModule
import Statistics

/// One experience over the last day beside the same hours of an earlier week: a target's own rhythm
/// of day and week is in both.
struct LikeWeek {
    private(set) var now = ArmCounts()
    private(set) var then = ArmCounts()
    /// The total variation of the hours' weights: by so much at most a share differs where every
    /// hour's share is the same and only the volumes of the hours are not.
    private(set) var margin = 0.0

    /// Nil: the week has fewer than half of the subjects' hours. `back` is in hours.
    init?(_ hours: [Int64: ArmCounts], _ all: [Int64: ArmCounts], back: Int64) {
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

/// The weeks before, the newest first.
struct LikeWeeks {
    let weeks: [LikeWeek]

    static let most = 4

    /// Hours of the present day that nothing at all was served in are left out, and those beside
    /// them: `dark` is about these. `all` holds the hours from `first` on.
    init(
        until end: Int64, _ all: [Int64: ArmCounts], since first: Int64
    ) {
        var hours: [Int64: ArmCounts] = [:]
        func isDark(_ hour: Int64) -> Bool { all[hour].map { $0.n > 0 && $0.served == 0 } ?? false }
        for hour in (end - hoursPerDay)..<end where !(hour - 1...hour + 1).contains(where: isDark) {
            hours[hour] = all[hour]
        }
        weeks = (1...Int64(Self.most)).compactMap { week in
            let back = week * hoursPerWeek
            return end - hoursPerDay - back < first ? nil : LikeWeek(hours, all, back: back)
        }
    }

    /// The week that speaks least for a shift of an arm, and its evidence: a share within the range
    /// of what the weeks had is no shift. Nil: there is no week, or no shift.
    func least(_ arm: ServedArm, alpha: Double) -> (week: LikeWeek, lnE: Double)? {
        let rises = weeks.map { $0.rise(arm) }
        guard !rises.isEmpty, rises.allSatisfy({ $0 > 0 }) || rises.allSatisfy({ $0 < 0 }) else {
            return nil
        }
        return weeks.map { ($0, $0.lnE(arm, alpha: alpha)) }.min { $0.1 < $1.1 }
    }
}
