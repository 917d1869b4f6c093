import Model

/// A time as a command takes it: RFC 3339, or a span back from now (`24h`, `7d`).
enum Moment: Hashable {
    case at(Instant)
    /// Microseconds.
    case back(Int64)

    /// Nil: neither form. Without an offset, the time is the zone's.
    init?(_ text: String, zone: Zone) {
        if let span = Moment.microseconds(of: text) {
            self = .back(span)
        } else if let instant = Instant(
            rfc3339: text, offset: { zone.offset(atCivilSeconds: $0) })
        {
            self = .at(instant)
        } else {
            return nil
        }
    }

    func instant(now: Instant) -> Instant {
        switch self {
        case .at(let instant): instant
        case .back(let span): now.advanced(by: -span)
        }
    }

    private static func microseconds(of text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            count >= 0
        else { return nil }
        let (seconds, overflows) = count.multipliedReportingOverflow(by: unit)
        guard !overflows, seconds < 1_000 * 366 * 86_400 else { return nil }
        return seconds * Instant.microsecondsPerSecond
    }
}
