package import Model
import Statistics

/// Where a share moved while it stayed elsewhere.
package struct ShiftPlace: Hashable, Sendable {
    package var segment: Segment
    /// The share of the arm in its like before, and over the last day; of so many subjects.
    package var before: Double
    package var now: Double
    package var n: Int
}

/// Looks for the segment that explains a shift: without it the rest shows none.
struct ShiftPlaces: Sendable {
    /// Hours that are being closed and not stored yet.
    private var fresh: [Rollup] = []
    private var since = Instant(microseconds: .max)

    mutating func take(_ hours: [Rollup], since: Instant) {
        (fresh, self.since) = (hours, since)
    }

    /// Level at which the rest still shows a shift.
    private static let alpha = 0.01
    /// Subjects that a segment, and what is left without it, must have on both sides.
    private static let least = 10

    /// Of the segments without which the rest no longer shows the shift, the one in which the share
    /// moved most: what holds more than the place itself dilutes it. Everyone, if there is none.
    func place(
        of arm: ServedArm, _ mix: Mix, _ evidence: PlanEvidence, _ scope: PlanScope,
        until end: Int64, back: Int64, in store: any WindowReading
    ) throws -> ShiftPlace {
        let now = try counts(arm, mix, evidence, scope, until: end, in: store)
        let then = try counts(arm, mix, evidence, scope, until: end - back, in: store)
        let all = Pair(then[.everyone], now[.everyone])
        let critical = -normalQuantile(Self.alpha / 2)
        let explaining = now.keys.filter { segment in
            guard segment != .everyone else { return false }
            let own = Pair(then[segment], now[segment])
            let rest = all.without(own)
            return own.least >= Self.least && rest.least >= Self.least
                && abs(rest.z) <= critical && own.rise * all.rise > 0
        }
        func order(_ segment: Segment) -> (Double, Int, String) {
            let rise = abs(Pair(then[segment], now[segment]).rise)
            return (rise, -segment.order, segment.description)
        }
        let best = explaining.max { order($0) < order($1) } ?? .everyone
        let pair = Pair(then[best], now[best])
        return ShiftPlace(
            segment: best, before: pair.then.share, now: pair.now.share, n: pair.now.n)
    }

    /// The day before an hour: subjects in an arm, and all, by segment of the plan.
    private func counts(
        _ arm: ServedArm, _ mix: Mix, _ evidence: PlanEvidence, _ scope: PlanScope,
        until end: Int64, in store: any WindowReading
    ) throws -> [Segment: Count] {
        let span = Span(since: start(ofHour: end - hoursPerDay), until: start(ofHour: end))
        let shapes =
            [[]] + evidence.plan.matrix.dimensions.map { [$0] }
            + evidence.plan.watch.map { $0.sorted() }
        let closed = Span(since: span.since, until: min(span.until, max(span.since, since)))
        let stored = try store.rollups(
            size: .hour, in: closed, target: scope.target, plan: scope.plan, shapes: shapes)
        let own = fresh.filter {
            $0.key.target == scope.target && $0.key.plan == scope.plan
                && span.since <= $0.key.window.start && $0.key.window.start < span.until
        }
        var counts: [Segment: Count] = [:]
        for rollup in stored.filter({ $0.key.window.start < since }) + own
        where shapes.contains(rollup.key.segment.coordinates.map(\.dimension)) {
            for (key, count) in rollup.tally.counts
            where key.population == .cohort && key.outcome.isResolved {
                let answer = CellAnswer(
                    outcome: key.outcome, audience: key.audience, variation: key.variation)
                guard let got = evidence.arm(in: mix, key.experience, answer) else { continue }
                counts[rollup.key.segment, default: Count()].n += count
                if got == arm { counts[rollup.key.segment, default: Count()].x += count }
            }
        }
        return counts
    }
}

/// Subjects in an arm, of all.
private struct Count {
    var x = 0
    var n = 0

    var share: Double { Double(x) / Double(max(1, n)) }

    static func - (a: Count, b: Count) -> Count { Count(x: a.x - b.x, n: a.n - b.n) }
}

/// Before and now.
private struct Pair {
    let then: Count
    let now: Count

    init(_ then: Count?, _ now: Count?) {
        self.then = then ?? Count()
        self.now = now ?? Count()
    }

    var least: Int { min(then.n, now.n) }
    var rise: Double { now.share - then.share }

    /// The rise over its standard error where nothing moved.
    var z: Double { contrast(now.x, of: now.n, against: then.x, of: then.n).z }

    func without(_ other: Pair) -> Pair { Pair(then - other.then, now - other.now) }
}
