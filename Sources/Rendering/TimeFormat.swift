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
        let shift = Int64(offset(instant).seconds) * Instant.microsecondsPerSecond
        let text = instant.advanced(by: shift).rfc3339
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
    }

    /// `IST`.
    func name(at instant: Instant) -> String { offset(instant).abbreviation }
}
