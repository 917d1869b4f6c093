import Model

/// The path of a split as a scale and as a table.
extension ShareChart {
    /// What is meant and three half-widths of the band on both sides, or as much as shows where the
    /// share is: the same for all arms.
    func range(of index: Int) -> ClosedRange<Double> {
        let late = history.points.suffix(max(1, history.points.count * 2 / 3))
        var (below, above) = (0.001, 0.001)
        for index in shown {
            let arm = arms[index]
            let width = (arm.high - arm.low) / 2
            let apart = late.map { $0.arms[index].share - (arm.allocation ?? arm.share) }
            below = max(below, 3 * width, 1.2 * width - (apart.min() ?? 0))
            above = max(above, 3 * width, 1.2 * width + (apart.max() ?? 0))
        }
        let meant = arms[index].allocation ?? arms[index].share
        return max(0, meant - below)...min(1, meant + above)
    }

    /// How it stood at the end of each day, or of each hour where there are few days.
    var pathTable: Table {
        let length = span.since.distance(to: span.until)
        let isLong = length > 3 * Instant.microsecondsPerDay
        func stretch(_ at: Instant) -> Int64 {
            let civil = time.civil(at.advanced(by: -1))
            return civil.microseconds.flooredDivision(
                by: isLong ? Instant.microsecondsPerDay : Instant.microsecondsPerHour)
        }
        let next = history.points.dropFirst().map(Optional.some) + [nil]
        var table = Table(
            "\(splitName(of: row)) at the end of each \(isLong ? "day" : "hour")",
            ["until", "n#"] + arms.map { "\($0.variation) %#" } + ["ln e#"])
        for (point, next) in zip(history.points, next)
        where next.map({ stretch($0.at) != stretch(point.at) }) ?? true {
            table.add(
                [time.minute(point.at), grouped(point.n)]
                    + point.arms.map { arm in
                        "\(percent(arm.share)) (\(percent(arm.low)) … \(percent(arm.high)))"
                    } + [evidence(point.lnE)])
        }
        return table
    }
}
