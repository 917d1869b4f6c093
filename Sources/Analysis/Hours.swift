import Model

/// Whole hours are counted from 1970.
func hour(of instant: Instant) -> Int64 {
    instant.microseconds.flooredDivision(by: Instant.microsecondsPerHour)
}

func start(ofHour hour: Int64) -> Instant {
    Instant(microseconds: hour * Instant.microsecondsPerHour)
}

let hoursPerDay: Int64 = 24
let hoursPerWeek: Int64 = 7 * 24
/// The run length that is wanted of all that is looked at together.
let hoursInTenYears = 87_660.0
