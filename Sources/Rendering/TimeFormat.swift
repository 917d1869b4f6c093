package import Model

/// How instants are written for people: in a zone whose rules the caller knows.
package struct TimeFormat: Sendable {
    package typealias Offset = @Sendable (Instant) -> (seconds: Int, abbreviation: String)

    package let zone: String
    private let offset: Offset

    /// `offset`: seconds east of UTC at an instant, and what the zone is called then.
    package init(zone: String, offset: @escaping Offset) {
        self.zone = zone
        self.offset = offset
    }

    package static let utc = TimeFormat(zone: "UTC") { _ in (0, "UTC") }

    /// `2026-11-24 14:30`.
    func minute(_ instant: Instant) -> String {
        let text = civil(instant).rfc3339
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
    }

    /// `24 Nov`.
    func day(_ instant: Instant) -> String {
        let text = civil(instant).rfc3339.prefix(10).split(separator: "-")
        let (month, day) = (Int(text[1]) ?? 1, Int(text[2]) ?? 1)
        return "\(day) \(months[month - 1])"
    }

    /// `14:30`.
    func clock(_ instant: Instant) -> String {
        String(civil(instant).rfc3339.dropFirst(11).prefix(5))
    }

    /// The instant whose UTC fields are what the zone's clocks show.
    func civil(_ instant: Instant) -> Instant { instant.advanced(by: shift(at: instant)) }

    /// The instant at which the zone's clocks show what the UTC fields of this one are; where a
    /// change of clocks leaves it out, one beside it.
    func instant(civil: Instant) -> Instant {
        let near = civil.advanced(by: -shift(at: civil))
        return civil.advanced(by: -shift(at: near))
    }

    private func shift(at instant: Instant) -> Int64 {
        Int64(offset(instant).seconds) * Instant.microsecondsPerSecond
    }

    /// `IST`.
    func name(at instant: Instant) -> String { offset(instant).abbreviation }
}

private let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]
