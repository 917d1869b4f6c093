import Model
import RealModule

/// When an arm's share began to be another one, on hours that have their like before.
///
/// Each hour's share is shifted by what the last day shows, so that the rhythm stays;
/// the beginning is the hour from which on the shifted shares are likeliest, as in
/// a CUSUM of log-likelihood ratios (Page, Biometrika 41, 1954). It may have been any hour at a
/// likelihood within e² of the best.
struct ShiftStart {
    /// The hour, and those that it may have been.
    let hour: Int64
    let range: ClosedRange<Int64>

    /// Nil: no hour has its like.
    init?(of arm: ServedArm, _ like: LikeDay, _ all: [Int64: ArmCounts], until end: Int64) {
        let shift = like.rise(arm)
        let back = min(like.back, hoursPerWeek)
        var (sum, path) = (0.0, [(hour: Int64, sum: Double)]())
        for hour in ((end - back)..<end).reversed() {
            guard let now = all[hour], let then = all[hour - back], now.n > 0, then.n > 0
            else { continue }
            // Half a subject more on both sides: no share is 0 or 1.
            let least = 0.5 / Double(then.n + 1)
            let usual = (Double(then[arm]) + 0.5) / Double(then.n + 1)
            let shifted = min(max(usual + shift, least), 1 - least)
            let (x, n) = (Double(now[arm]), Double(now.n))
            sum +=
                x * (.log(shifted) - .log(usual))
                + (n - x) * (.log(onePlus: -shifted) - .log(onePlus: -usual))
            path.append((hour, sum))
        }
        guard let best = path.max(by: { $0.sum < $1.sum }) else { return nil }
        let near = path.filter { $0.sum >= best.sum - 2 }.map(\.hour)
        hour = best.hour
        range = (near.min() ?? best.hour)...(near.max() ?? best.hour)
    }
}
