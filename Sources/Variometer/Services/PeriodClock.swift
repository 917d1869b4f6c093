import Model

/// When the rounds of a plan that starts one each period are due, by a wall clock that may be set.
///
/// A clock that is set forward makes one round due, however many periods it leapt over. One that is
/// set back makes none due at once and none wait longer than a period and a half: the period that it
/// came back to counts as used, and so does the next one where that begins too soon.
struct PeriodClock {
    let periodUs: Int64
    /// The last period that has had its round; nil: none has.
    private var used: Int64?
    /// Monotonic time of the last round's beginning; nil: it is not known.
    private var begunNanoseconds: Int64?
    /// True from a step back on until the next round begins.
    private var isSetBack = false

    /// `last`: when the last round began; nil: none did.
    init(periodUs: Int64, last: Instant?) {
        self.periodUs = periodUs
        used = last.map { $0.microseconds.flooredDivision(by: periodUs) }
    }

    /// Microseconds of the wall clock until a round is due, as far as it is known; nil: one is due
    /// now.
    mutating func wait(at now: Instant, nanoseconds: Int64) -> Int64? {
        let present = now.microseconds.flooredDivision(by: periodUs)
        let left = (present + 1) * periodUs - now.microseconds
        guard let used, present <= used else { return nil }
        if present == used { return left }
        // Waiting for the end of the next period already, after the clock was set back.
        if isSetBack, present + 1 == used { return left + periodUs }
        let sinceUs = begunNanoseconds.map { (nanoseconds - $0) / 1_000 } ?? 0
        let isSoon = sinceUs + left < periodUs / 2
        self.used = isSoon ? present + 1 : present
        isSetBack = true
        return isSoon ? left + periodUs : left
    }

    /// A round of the present period begins, or is left out.
    mutating func begin(at now: Instant, nanoseconds: Int64) {
        used = now.microseconds.flooredDivision(by: periodUs)
        begunNanoseconds = nanoseconds
        isSetBack = false
    }
}
