/// How long the windows of a rollup are. Shorter ones merge into longer ones.
package enum WindowSize: String, CaseIterable, Sendable, Codable {
    case fiveMinutes = "5m"
    case hour = "1h"
    case day = "1d"

    package var microseconds: Int64 {
        switch self {
        case .fiveMinutes: 300 * Instant.microsecondsPerSecond
        case .hour: Instant.microsecondsPerHour
        case .day: Instant.microsecondsPerDay
        }
    }

    /// The size whose windows are merged into windows of this one; nil: made from rows.
    package var source: WindowSize? {
        switch self {
        case .fiveMinutes: nil
        case .hour: .fiveMinutes
        case .day: .hour
        }
    }
}

/// A half-open interval of UTC time `[start, start + size)`, aligned to its size.
package struct Window: Hashable, Sendable {
    package let size: WindowSize
    package let start: Instant

    /// The window of this size that contains the instant.
    package init(_ size: WindowSize, containing instant: Instant) {
        self.size = size
        let index = instant.microseconds.flooredDivision(by: size.microseconds)
        start = Instant(microseconds: index * size.microseconds)
    }

    package var end: Instant { start.advanced(by: size.microseconds) }
}
