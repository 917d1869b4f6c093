import Model
import TestKit
import Testing

@Suite("Instant")
struct InstantTests {
    @Test(
        "reads what RFC 3339 and its short forms say",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-24T09:00:00.000001Z", 1_795_510_800_000_001),
            ("2026-11-24T14:30:00+05:30", 1_795_510_800_000_000),
            ("2026-11-24T09:00Z", 1_795_510_800_000_000),
            ("2026-11-24", 1_795_478_400_000_000),
            ("2024-02-29T23:59:59.9999999Z", 1_709_251_199_999_999),
            ("1969-12-31T23:59:59Z", -1_000_000),
        ])
    func reads(text: String, microseconds: Int64) {
        #expect(Instant(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "refuses days and times that are none",
        arguments: [
            "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-31T00:00Z", "2026-11-24T24:00Z",
            "2026-11-24T09:60Z", "2026-11-24T09:00:00.Z", "2026-11-24T09:00:00+5:30", "yesterday",
            "2026-11-24T", "2026-11-24 09:00:00 Z", "",
        ])
    func refuses(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("reads a time without an offset by the rule it is given")
    func readsCivilTime() {
        let india = Instant(rfc3339: "2026-11-24T14:30", offset: { _ in 19_800 })
        #expect(india == Instant(rfc3339: "2026-11-24T09:00Z"))
    }

    @Test("writes and reads back any instant", arguments: 0..<64)
    func roundTrips(round: UInt64) {
        var generator = SplitMix64(seed: round)
        let range = Int64(-60_000_000_000_000_000)...250_000_000_000_000_000
        let instant = Instant(microseconds: .random(in: range, using: &generator))
        #expect(Instant(rfc3339: instant.rfc3339) == instant)
    }

    @Test(
        "knows the day of the week and the hour",
        arguments: [
            ("1970-01-01T00:00Z", Weekday.thursday, 0),
            ("1969-12-31T23:00Z", .wednesday, 23),
            ("2026-11-24T18:59:59Z", .tuesday, 18),
            ("2026-11-22T00:00Z", .sunday, 0),
        ])
    func weekday(text: String, weekday: Weekday, hour: Int) throws {
        let instant = try #require(Instant(rfc3339: text))
        #expect(instant.weekday == weekday)
        #expect(instant.hour == hour)
    }
}

@Suite("Window")
struct WindowTests {
    @Test("is aligned, half open and holds its instant", arguments: WindowSize.allCases)
    func alignment(size: WindowSize) throws {
        for text in ["2026-11-24T18:59:59.999999Z", "1969-12-31T23:59:59Z", "2026-11-24T00:00Z"] {
            let instant = try #require(Instant(rfc3339: text))
            let window = Window(size, containing: instant)
            #expect(window.start <= instant && instant < window.end)
            #expect(window.start.distance(to: window.end) == size.microseconds)
            #expect(window.start.microseconds % size.microseconds == 0)
            #expect(Window(size, containing: window.end) != window)
        }
    }
}

@Suite("Timeline")
struct TimelineTests {
    @Test("runs with the monotonic clock, times its factor")
    func mapping() {
        let anchor = Instant(microseconds: 1_000_000)
        let lapse = Timeline(anchor: anchor, anchorNanoseconds: 500, factor: 1_000)
        #expect(lapse.instant(atNanoseconds: 500) == anchor)
        #expect(lapse.instant(atNanoseconds: 1_000_500) == Instant(microseconds: 2_000_000))
        #expect(lapse.nanoseconds(at: Instant(microseconds: 2_000_000)) == 1_000_500)
    }
}
