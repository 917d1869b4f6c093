package import Model
package import Simulator

/// A plan and the world that it meets, from one instant to another.
package struct Scenario: Sendable, CustomStringConvertible {
    package var name: String
    /// As a configuration file.
    package var configuration: String
    package var world: World
    package var start: Instant
    package var end: Instant

    package var description: String { name }

    /// All that there are, the weeks with all troubles or with one.
    package static var all: [Scenario] {
        [.week(), .week(Set(Trouble.allCases))] + Trouble.allCases.map { .week([$0]) }
            + MondayEdit.allCases.map { .monday($0) } + RampCourse.allCases.map { .ramp($0) }
            + [.mondayCohort, .drift(moved: false), .drift(moved: true)]
    }
}

/// An instant of the scenarios' calendar: 2026-11-16 is a Monday.
func at(_ text: String) -> Instant {
    guard let instant = Instant(rfc3339: text) else {
        preconditionFailure("a scenario's time is RFC 3339")
    }
    return instant
}

let minute: Int64 = 60 * Instant.microsecondsPerSecond
