/// A date of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int

    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date that lies `dayNumber` days after 1970-01-01.
    ///
    /// Howard Hinnant, "chrono-compatible low-level date algorithms" (2013), civil_from_days:
    /// exact for every day number, in eras of 400 years that begin on 1 March.
    package init(dayNumber: Int64) {
        let shifted = dayNumber + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01 (days_from_civil of the same source).
    package var dayNumber: Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = shiftedYear.flooredDivision(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Instant {
    /// RFC 3339 in UTC with six digits of fraction: `2026-11-24T09:00:00.000000Z`.
    package var rfc3339: String {
        let date = CivilDate(dayNumber: dayNumber)
        let time = microseconds - dayNumber * Self.microsecondsPerDay
        let seconds = time / Self.microsecondsPerSecond
        let fraction = time % Self.microsecondsPerSecond
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2) + "T"
            + digits(Int(seconds / 3600), 2) + ":" + digits(Int(seconds / 60 % 60), 2) + ":"
            + digits(Int(seconds % 60), 2) + "." + digits(Int(fraction), 6) + "Z"
    }

    /// Reads RFC 3339, `2026-11-24T09:00[:00[.fraction]]` with `Z`, `±hh:mm` or neither, or a
    /// bare date. Where the text names no offset, `offset` (seconds east of UTC of the civil time
    /// read) decides. Nil: the text is not of this form, or names a day or time that is none.
    package init?(rfc3339 text: String, offset: (_ civilSeconds: Int64) -> Int64 = { _ in 0 }) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
            scanner.skip("-"), let day = scanner.number(2), (1...12).contains(month), day >= 1
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard CivilDate(dayNumber: date.dayNumber) == date else { return nil }
        var micros: Int64 = 0
        var hasTime = false
        if scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") {
            guard let time = scanner.timeOfDay() else { return nil }
            micros = time
            hasTime = true
        }
        let civil = date.dayNumber * Self.microsecondsPerDay + micros
        let civilSeconds = civil.flooredDivision(by: Self.microsecondsPerSecond)
        let seconds: Int64
        if scanner.isAtEnd {
            seconds = offset(civilSeconds)
        } else if hasTime, let stated = scanner.offset(), scanner.isAtEnd {
            seconds = stated
        } else {
            return nil
        }
        microseconds = civil - seconds * Self.microsecondsPerSecond
    }
}

/// A number with leading zeros.
private func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return text.utf8.count >= width
        ? text : String(repeating: "0", count: width - text.utf8.count) + text
}

/// Reads fixed-width numbers and single characters off the front of a text.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let byte = rest.popFirst(), (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }

    /// `hh:mm[:ss[.fraction]]` as microseconds; digits past the sixth are cut off.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(2), skip(":"), let minute = number(2), hour < 24, minute < 60
        else { return nil }
        var micros = Int64(hour * 3600 + minute * 60) * Instant.microsecondsPerSecond
        guard skip(":") else { return micros }
        guard let second = number(2), second < 60 else { return nil }
        micros += Int64(second) * Instant.microsecondsPerSecond
        guard skip(".") else { return micros }
        var scale = Instant.microsecondsPerSecond
        guard let first = rest.first, (48...57).contains(first) else { return nil }
        while let byte = rest.first, (48...57).contains(byte) {
            rest.removeFirst()
            scale /= 10
            micros += Int64(byte - 48) * scale
        }
        return micros
    }

    /// `Z` or `±hh:mm`, in seconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return sign * Int64(hours * 3600 + minutes * 60)
    }
}
