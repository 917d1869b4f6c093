import Model

/// Time from left to right, told by the clocks of a zone.
struct TimeAxis: Sendable {
    let span: Span
    let time: TimeFormat
    private let scale: Scale

    init(_ span: Span, time: TimeFormat, from start: Double, to end: Double) {
        self.span = span
        self.time = time
        let length = Double(span.since.distance(to: span.until))
        scale = Scale(0...max(1, length), from: start, to: end)
    }

    var start: Double { scale.start }
    var end: Double { scale.end }

    func callAsFunction(_ instant: Instant) -> Double {
        scale(Double(span.since.distance(to: instant)))
    }

    /// Instants at which the zone's clocks show something round, at most so many, with what they
    /// show: the day at midnight.
    func ticks(_ limit: Int) -> [(at: Instant, label: String)] {
        let length = span.since.distance(to: span.until)
        guard length > 0, limit > 0 else { return [] }
        let step = steps.first { length / $0 < Int64(limit) } ?? length
        let phase = step < week ? 0 : monday
        let first = time.civil(span.since).microseconds - phase
        // Rounded up: the first tick is within the span.
        var civil = Instant(microseconds: -(-first).flooredDivision(by: step) * step + phase)
        var ticks: [(Instant, String)] = []
        while time.instant(civil: civil) <= span.until {
            let at = time.instant(civil: civil)
            let isMidnight = civil.microseconds % day == 0
            ticks.append((at, isMidnight ? time.day(at) : time.clock(at)))
            civil = civil.advanced(by: step)
        }
        return ticks
    }
}

private let day = Instant.microsecondsPerDay
private let week = 7 * day
/// 1970-01-05.
private let monday = 4 * day

private let steps: [Int64] =
    [1, 2, 5, 10, 15, 30].map { $0 * day / 1_440 } + [1, 2, 3, 6, 12].map { $0 * day / 24 }
    + [day, 2 * day] + [1, 2, 4, 8, 16, 32, 64, 128].map { $0 * week }
