import Model

/// ASCII digits as a number; no sign, no spaces.
func wholeNumber(_ text: String) -> Int? {
    isDigits(text) ? Int(text) : nil
}

/// ASCII digits with at most one point between them.
func decimalNumber(_ text: String) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy(isDigits), let number = Double(text),
        number.isFinite
    else { return nil }
    return number
}

private let durationUnits: [(unit: String, microseconds: Int64)] = [
    ("ms", 1_000),
    ("s", Instant.microsecondsPerSecond),
    ("m", 60 * Instant.microsecondsPerSecond),
    ("h", Instant.microsecondsPerHour),
    ("d", Instant.microsecondsPerDay),
]

/// `250ms`, `5s`, `10m`, `1h` or `7d` in microseconds.
func durationUs(_ text: String) -> Int64? {
    let number = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(number.count)
    guard let scale = durationUnits.first(where: { $0.unit == unit })?.microseconds,
        isDigits(number), let count = Int64(number)
    else { return nil }
    let (micros, overflow) = count.multipliedReportingOverflow(by: scale)
    return overflow ? nil : micros
}

/// The longest unit that divides a span, as `durationUs` reads it.
func durationText(_ microseconds: Int64) -> String {
    let unit = durationUnits.last { microseconds >= $0.microseconds && microseconds % $0.1 == 0 }
    guard let unit, microseconds > 0 else { return "\(microseconds / 1_000)ms" }
    return "\(microseconds / unit.microseconds)\(unit.unit)"
}

/// `5/s`, `600/min` or `100/h` per second.
func ratePerSecond(_ text: String) -> Double? {
    let seconds = ["s": 1.0, "min": 60, "h": 3_600]
    let sides = text.split(separator: "/", omittingEmptySubsequences: false)
    guard sides.count == 2, let unit = seconds[String(sides[1])],
        let count = decimalNumber(String(sides[0])), count > 0, count <= 1_000_000
    else { return nil }
    return count / unit
}

/// Hours of the day as the file writes them: `18`, or `18..22`, both ends included; `22..2` goes
/// over midnight.
func hoursOfDay(_ text: String) -> [Int]? {
    func hour(_ text: Substring) -> Int? {
        guard text.utf8.count <= 2 else { return nil }
        return wholeNumber(String(text)).flatMap { (0..<24).contains($0) ? $0 : nil }
    }
    guard let dots = text.firstRange(of: "..") else { return hour(text[...]).map { [$0] } }
    guard let first = hour(text[..<dots.lowerBound]), let last = hour(text[dots.upperBound...])
    else { return nil }
    return first <= last ? Array(first...last) : Array(first..<24) + Array(0...last)
}

/// A time of the day as `05:00`, up to `24:00`, in minutes after midnight.
func minuteOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
        let hour = wholeNumber(String(parts[0])), let minute = wholeNumber(String(parts[1])),
        minute < 60, hour * 60 + minute <= minutesPerDay
    else { return nil }
    return hour * 60 + minute
}

let minutesPerDay = 24 * 60

private func isDigits(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}
