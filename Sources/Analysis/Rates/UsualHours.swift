import Model
import Statistics

/// Latencies and failures of one hour in one segment.
struct HourBlock: Sendable {
    let start: Instant
    /// True: of the same hour of the week as the hour that it is usual for.
    var isOfTheWeek = false
    let phases: [Phase: QuantileSketch]
    let asked: Int
    let failed: Int

    init(_ tally: Tally, start: Instant) {
        self.start = start
        phases = tally.phases
        asked = tally.asked
        failed = tally.failures.values.reduce(0, +)
    }
}

/// Former hours, as far as they tell what is usual at one: the same hour of the four weeks before,
/// and that hour and its neighbours of the seven days before.
struct UsualHours: Sendable {
    /// What was closed and is not in the store yet.
    private var own: [Instant: [RollupScope: HourBlock]] = [:]
    /// What was read of the store.
    private var known: [Instant: [RollupScope: HourBlock]] = [:]
    private var hour: Instant?
    private var usual: [PlanScope: UsualHour] = [:]
    /// Of the segments of these shapes alone; nil: of all.
    var shapes: [[String]]?

    private static let weeks: Int64 = 4
    private static let days: Int64 = 7

    /// Everything that was closed is in the store.
    mutating func beginStep() {
        own = [:]
        (hour, usual) = (nil, [:])
    }

    mutating func add(_ hours: [Rollup]) {
        for rollup in hours {
            own[rollup.key.window.start, default: [:]][rollup.key.scope] = HourBlock(
                rollup.tally, start: rollup.key.window.start)
        }
    }

    /// What is usual for a plan in the hour of a window.
    mutating func usual(
        of scope: PlanScope, in window: Window, thresholds: Thresholds,
        from store: any WindowReading
    ) throws -> UsualHour {
        try turn(to: Window(.hour, containing: window.start).start, from: store)
        if let usual = usual[scope] { return usual }
        var made = UsualHour(thresholds: thresholds)
        guard let hour else { return made }
        for start in Self.hours(for: hour) {
            for (key, block) in own[start] ?? known[start] ?? [:]
            where key.target == scope.target && key.plan == scope.plan {
                var block = block
                block.isOfTheWeek = (hour.microseconds - start.microseconds) % Self.week == 0
                made.add(block, to: key.segment)
            }
        }
        usual[scope] = made
        return made
    }

    /// What was reckoned of the hour is kept until it is over.
    mutating func keep(_ usual: UsualHour, of scope: PlanScope) {
        self.usual[scope] = usual
    }

    /// Everyone's latencies in the hour before a window's, for a plan at a target.
    mutating func before(
        _ window: Window, of scope: PlanScope, from store: any WindowReading
    ) throws -> QuantileSketch? {
        try turn(to: Window(.hour, containing: window.start).start, from: store)
        guard let hour else { return nil }
        let last = hour.advanced(by: -Instant.microsecondsPerHour)
        let key = RollupScope(target: scope.target, plan: scope.plan, segment: .everyone)
        return (own[last] ?? known[last])?[key]?.phases[.latency]
    }

    private mutating func turn(to hour: Instant, from store: any WindowReading) throws {
        guard self.hour != hour else { return }
        let wanted = Self.hours(for: hour) + [hour.advanced(by: -Instant.microsecondsPerHour)]
        let next = Set(
            wanted + wanted.map { $0.advanced(by: Instant.microsecondsPerHour) })
        known = known.filter { next.contains($0.key) }
        for start in Set(wanted) where own[start] == nil && known[start] == nil {
            let span = Span(
                since: start, until: start.advanced(by: Instant.microsecondsPerHour))
            known[start] = try store.tallies(
                size: .hour, in: span, target: nil, plan: nil, shapes: shapes
            ).mapValues { HourBlock($0, start: start) }
        }
        self.hour = hour
        usual = [:]
    }

    private static let week = 7 * Instant.microsecondsPerDay

    private static func hours(for hour: Instant) -> [Instant] {
        let weekly = (1...weeks).map { hour.advanced(by: -$0 * week) }
        let daily = (1...days).flatMap { day in
            (-1...1).map {
                hour.advanced(
                    by: -day * Instant.microsecondsPerDay + $0 * Instant.microsecondsPerHour)
            }
        }
        return weekly + daily.filter { !weekly.contains($0) }
    }
}
