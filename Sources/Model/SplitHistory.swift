import Statistics

/// How one split came to be what its row says: shares and evidence since the epoch.
package struct SplitHistory: Hashable, Sendable {
    package struct Point: Hashable, Sendable {
        package var at: Instant
        package var n: Int
        /// In the order of the row's, with confidence sequences at the level of the row's.
        package var arms: [Arm]
        /// Natural logarithm of the evidence against the allocation; +∞: proof.
        package var lnE: Double

        package init(at: Instant, n: Int, arms: [Arm], lnE: Double) {
            self.at = at
            self.n = n
            self.arms = arms
            self.lnE = lnE
        }
    }

    package var target: String
    package var plan: String
    package var experience: String
    package var audience: String?
    package var ramp: String?
    package var since: Instant
    /// Ascending in time; the last one is the row itself.
    package var points: [Point]
    /// When the evidence reached its limit; nil: it did not.
    package var reachedAt: Instant?

    package init(of row: SplitRow, points: [Point], reachedAt: Instant?) {
        target = row.target
        plan = row.plan
        experience = row.experience
        audience = row.audience
        ramp = row.ramp
        since = row.since
        self.points = points
        self.reachedAt = reachedAt
    }
}

extension SplitHistory {
    /// More points than a line can show are thinned to these.
    private static let limit = 240

    /// The history of a row that is tested, from what closed windows left of it; nil: they left
    /// nothing.
    package init?(of row: SplitRow, along path: [SplitPoint], until: Instant) {
        let own = path.filter {
            $0.target == row.target && $0.plan == row.plan && $0.experience == row.experience
                && $0.audience == row.audience ?? "" && $0.since == row.since && $0.end < until
        }
        guard let test = row.sequential, !own.isEmpty else { return nil }
        let first = own.first { $0.lnEMax >= test.lnLimit }
        let points = thinned(own, to: Self.limit).map { Point($0, arms: row.arms) }
        self.init(
            of: row,
            points: points + [Point(at: until, n: row.n, arms: row.arms, lnE: test.lnE)],
            reachedAt: first?.end ?? (test.isReached ? until : nil))
    }
}

extension SplitHistory.Point {
    fileprivate init(_ point: SplitPoint, arms: [Arm]) {
        let n = point.arms.values.reduce(0, +)
        self.init(
            at: point.end, n: n,
            arms: arms.map { arm in
                let observed = point.arms[arm.variation] ?? 0
                let interval = try? shareConfidenceSequence(successes: observed, trials: n)
                return Arm(
                    variation: arm.variation, allocation: arm.allocation,
                    expected: arm.allocation.map { $0 * Double(n) }, observed: observed,
                    share: n == 0 ? 0 : Double(observed) / Double(n), low: interval?.lower ?? 0,
                    high: interval?.upper ?? 1)
            }, lnE: point.lnE)
    }
}

extension SplitPoint {
    /// A point tells how things stood when its window ended.
    fileprivate var end: Instant { start.advanced(by: WindowSize.fiveMinutes.microseconds) }
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
