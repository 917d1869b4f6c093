/// Microseconds that a zone is east of UTC at an instant.
package typealias ZoneOffset = @Sendable (Instant) -> Int64

/// A time of the week as clocks of a zone show it.
package struct CivilTime: Hashable, Sendable {
    package let weekday: Weekday
    /// 0 ..< 1,440.
    package let minute: Int
    package var hour: Int { minute / 60 }

    package init(_ instant: Instant, offset: ZoneOffset) {
        let local = instant.advanced(by: offset(instant))
        weekday = local.weekday
        let withinDay = local.microseconds - local.dayNumber * Instant.microsecondsPerDay
        minute = Int(withinDay / (60 * Instant.microsecondsPerSecond))
    }
}

extension Weekday {
    /// Counted in days, not in hours: a day whose clocks change has fewer than 24, or more.
    fileprivate var before: Weekday {
        let all = Weekday.allCases
        return all[((all.firstIndex(of: self) ?? 0) + all.count - 1) % all.count]
    }
}

/// The hours of the week in which a plan probes.
package struct ActiveHours: Hashable, Sendable, Codable {
    package var days: [Weekday]
    /// Whole hours, 0…23.
    package var hours: [Int]
    /// IANA name of the zone whose clocks are meant.
    package var zone: String

    package init(days: [Weekday], hours: [Int], zone: String) {
        self.days = days
        self.hours = hours
        self.zone = zone
    }

    package func contains(_ instant: Instant, offset: ZoneOffset) -> Bool {
        let time = CivilTime(instant, offset: offset)
        return days.contains(time.weekday) && hours.contains(time.hour)
    }

    /// The first instant after this one at which the plan begins or ceases to be active; nil: it
    /// never changes. Zones are east of UTC by whole quarters of an hour.
    package func nextChange(after instant: Instant, offset: ZoneOffset) -> Instant? {
        let quarter = Instant.microsecondsPerHour / 4
        let present = contains(instant, offset: offset)
        var next = Instant(
            microseconds: (instant.microseconds.flooredDivision(by: quarter) + 1) * quarter)
        // A week and a day: no change within it, none ever.
        for _ in 0..<(8 * 24 * 4) {
            if contains(next, offset: offset) != present { return next }
            next = next.advanced(by: quarter)
        }
        return nil
    }
}

/// A span of the week in which an API's operator works on it.
package struct MaintenanceWindow: Hashable, Sendable, Codable {
    /// The days on which it begins.
    package var days: [Weekday]
    /// Minute of the day, 0 ..< 1,440.
    package var from: Int
    /// The minute after its last, 1 … 1,440; at or before `from`: it ends on the next day.
    package var to: Int
    /// IANA name of the zone whose clocks are meant.
    package var zone: String

    package init(days: [Weekday], from: Int, to: Int, zone: String) {
        self.days = days
        self.from = from
        self.to = to
        self.zone = zone
    }

    package func contains(_ instant: Instant, offset: ZoneOffset) -> Bool {
        let time = CivilTime(instant, offset: offset)
        guard to <= from else {
            return days.contains(time.weekday) && (from..<to).contains(time.minute)
        }
        if time.minute >= from { return days.contains(time.weekday) }
        return time.minute < to && days.contains(time.weekday.before)
    }
}
