package import Model
import Statistics

extension SplitHistory {
    /// More points than a line can show are thinned to these.
    private static let limit = 240

    /// The history of a row that is tested, as far as a report's span tells it. It runs since the
    /// epoch, whatever the span: a confidence sequence that began with the span would be another
    /// one for each report.
    ///
    /// `path`: what closed windows left of the row's plan at its target, in time, from the epoch on.
    /// `epoch`: when the row's split began to be counted; a row that begins there is where the
    /// history ends, one that begins later tells less than the history. Nil: windows left nothing.
    package init?(
        of row: SplitRow, along path: [SplitPoint], epoch: Instant, over span: Span
    ) {
        let isWhole = row.since == epoch
        let own = path.filter {
            $0.isOf(row) && $0.since == epoch
                && (isWhole ? $0.end < span.until : $0.end <= span.until)
        }
        guard let test = row.sequential, !own.isEmpty else { return nil }
        let before = own.prefix { $0.end <= span.since }
        var points = thinned(Array(own.dropFirst(before.count)), to: Self.limit).map {
            Point($0, arms: row.arms)
        }
        // How it stood when the span began.
        if let last = before.last {
            points.insert(Point(last, at: span.since, arms: row.arms), at: 0)
        }
        if isWhole {
            points.append(Point(at: span.until, n: row.n, arms: row.arms, lnE: test.lnE))
        }
        let earlier = thinned(Array(before), to: Self.limit).map { Point($0, arms: row.arms) }
        self.init(
            of: row, since: epoch, points: points,
            off: row.arms.indices.map { index in
                stretchesOff(earlier + points, index).filter { $0.until > points[0].at }
            },
            reachedAt: own.first { $0.lnEMax >= test.lnLimit }?.end
                ?? (isWhole && test.isReached ? span.until : nil))
    }
}

/// The stretches of time in which the band of an arm excludes what is meant.
private func stretchesOff(_ points: [SplitHistory.Point], _ index: Int) -> [Span] {
    var stretches: [Span] = []
    var begun: Instant?
    for point in points {
        let arm = point.arms[index]
        let isOff = arm.allocation.map { $0 < arm.low || arm.high < $0 } ?? false
        if isOff {
            begun = begun ?? point.at
        } else if let start = begun {
            stretches.append(Span(since: start, until: point.at))
            begun = nil
        }
    }
    if let begun, let last = points.last {
        stretches.append(Span(since: begun, until: last.at))
    }
    return stretches
}

extension SplitHistory.Point {
    /// `arms`: the row's, for their order and for what is meant.
    fileprivate init(_ point: SplitPoint, at instant: Instant? = nil, arms: [Arm]) {
        let n = point.arms.values.reduce(0, +)
        self.init(
            at: instant ?? point.end, n: n,
            arms: arms.map { arm in
                bounded(by: n)(
                    openArm(
                        arm.variation, observed: point.arms[arm.variation] ?? 0, of: n,
                        allocation: arm.allocation))
            }, lnE: point.lnE)
    }
}

extension SplitPoint {
    /// A point tells how things stood when its window ended.
    fileprivate var end: Instant { start.advanced(by: WindowSize.fiveMinutes.microseconds) }

    fileprivate func isOf(_ row: SplitRow) -> Bool {
        target == row.target && plan == row.plan && experience == row.experience
            && audience == row.audience ?? ""
    }
}

/// The last point of each of equally long stretches of time, the first point of all among them.
private func thinned(_ points: [SplitPoint], to limit: Int) -> [SplitPoint] {
    guard points.count > limit, let first = points.first, let last = points.last else {
        return points
    }
    let stretch = first.start.distance(to: last.start) / Int64(limit - 2) + 1
    func place(_ point: SplitPoint) -> Int64 { first.start.distance(to: point.start) / stretch }
    let kept = zip(points, points.dropFirst()).filter { place($0) != place($1) }.map(\.0)
    return (kept.first == first ? [] : [first]) + kept + [last]
}
