/// A point of UTC time with microsecond resolution.
package struct Instant: Hashable, Comparable, Sendable, Codable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds left out.
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }

    package static func < (a: Instant, b: Instant) -> Bool {
        a.microseconds < b.microseconds
    }

    /// This instant moved by a number of microseconds.
    package func advanced(by microseconds: Int64) -> Instant {
        Instant(microseconds: self.microseconds + microseconds)
    }

    /// Microseconds from this instant to the other; negative if the other is earlier.
    package func distance(to other: Instant) -> Int64 {
        other.microseconds - microseconds
    }
}

extension Instant {
    package static let microsecondsPerSecond: Int64 = 1_000_000
    package static let microsecondsPerHour: Int64 = 3_600_000_000
    package static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Whole days since 1970-01-01, rounded down.
    package var dayNumber: Int64 {
        microseconds.flooredDivision(by: Self.microsecondsPerDay)
    }

    /// The UTC hour of the day, 0…23.
    package var hour: Int {
        let withinDay = microseconds - dayNumber * Self.microsecondsPerDay
        return Int(withinDay / Self.microsecondsPerHour)
    }

    /// The UTC day of the week. 1970-01-01 was a Thursday.
    package var weekday: Weekday {
        let index = (dayNumber + 3) % 7
        return Weekday.allCases[Int(index < 0 ? index + 7 : index)]
    }
}

extension Int64 {
    /// Division that rounds toward negative infinity; `divisor` is positive.
    package func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
