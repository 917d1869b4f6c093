import Model
import TestKit
import Testing

/// Clocks, as their zones' rules had them in 2026.
enum Clocks: String, CaseIterable {
    case utc, india, nepal, newfoundland, berlin, lordHowe

    var offset: ZoneOffset {
        switch self {
        case .utc: { _ in 0 }
        case .india: { _ in minutes(330) }
        case .nepal: { _ in minutes(345) }
        case .newfoundland: summer(-210, -150, "2026-03-08T05:30Z", "2026-11-01T04:30Z")
        case .berlin: summer(60, 120, "2026-03-29T01:00Z", "2026-10-25T01:00Z")
        // In summer half an hour further, over the turn of the year.
        case .lordHowe: summer(660, 630, "2026-04-04T15:00Z", "2026-10-03T15:30Z")
        }
    }

    /// A moment shortly before its clocks change, where they do.
    var eve: Instant {
        switch self {
        case .utc, .india, .nepal, .berlin: instant("2026-03-28T20:10Z")
        case .newfoundland: instant("2026-10-31T22:50Z")
        case .lordHowe: instant("2026-04-04T09:05Z")
        }
    }
}

private func minutes(_ count: Int64) -> Int64 { count * 60 * Instant.microsecondsPerSecond }

private func summer(_ usual: Int64, _ other: Int64, _ begin: String, _ end: String) -> ZoneOffset {
    let span = Span(since: instant(begin), until: instant(end))
    return { minutes($0 >= span.since && $0 < span.until ? other : usual) }
}

private func instant(_ text: String) -> Instant {
    Instant(rfc3339: text) ?? Instant(microseconds: 0)
}

/// A mark for each step from an instant on: `#` within, `.` without.
private func timeline(
    from text: String, every step: Int64, _ count: Int, _ contains: (Instant) -> Bool
) -> String {
    (0..<Int64(count)).map { contains(instant(text).advanced(by: $0 * minutes(step))) ? "#" : "." }
        .joined()
}

@Suite("Civil time")
struct CivilTimeTests {
    @Test(
        "is what clocks of a zone show",
        arguments: [
            (Clocks.utc, "2026-11-24T23:59:59.999999Z", Weekday.tuesday, 1_439),
            (.india, "2026-11-24T18:30Z", .wednesday, 0),
            (.nepal, "2026-11-24T18:14:59Z", .tuesday, 1_439),
            (.newfoundland, "2026-11-24T03:29Z", .monday, 1_439),
            (.newfoundland, "2026-07-01T03:00Z", .wednesday, 30),
            (.berlin, "2026-03-29T00:59Z", .sunday, 119),
            (.berlin, "2026-03-29T01:00Z", .sunday, 180),
            (.berlin, "2026-10-25T00:30Z", .sunday, 150),
            (.berlin, "2026-10-25T01:30Z", .sunday, 150),
            (.utc, "1969-12-31T23:00Z", .wednesday, 1_380),
        ])
    func clock(zone: Clocks, text: String, weekday: Weekday, minute: Int) {
        let time = CivilTime(instant(text), offset: zone.offset)
        #expect(time.weekday == weekday && time.minute == minute && time.hour == minute / 60)
    }
}

@Suite("Active hours")
struct ActiveHoursTests {
    private static func hours(_ hours: [Int], _ days: [Weekday] = Weekday.allCases) -> ActiveHours {
        ActiveHours(days: days, hours: hours, zone: "of the test")
    }

    private static let officeHours = hours([9, 10], [.monday, .tuesday])
    private static let nights = hours([22, 23, 0, 1], [.saturday])

    /// Half an hour a mark.
    @Test(
        "hold the hours of their days on clocks of their zone",
        arguments: [
            (officeHours, Clocks.utc, "2026-11-23T08:00Z", "..####...."),
            (officeHours, .utc, "2026-11-22T08:00Z", ".........."),
            (officeHours, .india, "2026-11-23T03:00Z", ".####....."),
            (officeHours, .newfoundland, "2026-11-23T12:00Z", ".####....."),
            // An hour belongs to the day that it is in: Saturday's nights are two.
            (nights, .utc, "2026-11-20T23:00Z", "..####...."),
            (nights, .utc, "2026-11-21T21:00Z", "..####...."),
            // The clocks go from 2 to 3; from 3 back to 2.
            (hours([1, 2, 3]), .berlin, "2026-03-28T23:00Z", "..####...."),
            (hours([2]), .berlin, "2026-03-28T23:00Z", ".........."),
            (hours([2]), .berlin, "2026-10-24T23:00Z", "..####...."),
            (hours([1, 3]), .berlin, "2026-10-24T22:00Z", "..##....##"),
            // From 2:00 back to 1:30.
            (hours([1]), .lordHowe, "2026-04-04T13:00Z", "..###....."),
        ])
    func contains(active: ActiveHours, zone: Clocks, from: String, expected: String) {
        #expect(
            timeline(from: from, every: 30, 10) { active.contains($0, offset: zone.offset) }
                == expected)
    }

    @Test(
        "say when they next begin or end",
        arguments: [
            (officeHours, Clocks.utc, "2026-11-23T08:59:59.999999Z", "2026-11-23T09:00Z"),
            (officeHours, .utc, "2026-11-23T09:00Z", "2026-11-23T11:00Z"),
            (officeHours, .utc, "2026-11-24T11:00Z", "2026-11-30T09:00Z"),
            (officeHours, .nepal, "2026-11-23T00:00Z", "2026-11-23T03:15Z"),
            (hours([9], [.monday]), .utc, "2026-11-23T10:00Z", "2026-11-30T09:00Z"),
            (hours([2], [.sunday]), .berlin, "2026-03-25T00:00Z", nil),
            (hours([2], [.sunday]), .berlin, "2026-10-25T00:15Z", "2026-10-25T02:00Z"),
            (hours(Array(0..<24)), .utc, "2026-11-23T09:00Z", nil),
            (hours([]), .utc, "2026-11-23T09:00Z", nil),
        ] as [(ActiveHours, Clocks, String, String?)])
    func nextChange(active: ActiveHours, zone: Clocks, after: String, expected: String?) {
        #expect(
            active.nextChange(after: instant(after), offset: zone.offset)
                == expected.map(instant))
    }

    @Test(
        "change when a walk by the minute finds it",
        arguments: Clocks.allCases, [1, 2, 3, 4] as [UInt64])
    func walk(zone: Clocks, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let active = Self.hours(
            (0..<24).filter { _ in Bool.random(using: &generator) },
            Weekday.allCases.filter { _ in Int.random(in: 0..<3, using: &generator) > 0 })
        var changes: [Instant] = []
        let end = zone.eve.advanced(by: 2 * Instant.microsecondsPerDay)
        var present = active.contains(zone.eve, offset: zone.offset)
        for minute in 1...(2 * 1_440) as ClosedRange<Int64> {
            let next = zone.eve.advanced(by: minutes(minute))
            guard active.contains(next, offset: zone.offset) != present else { continue }
            present.toggle()
            changes.append(next)
        }
        var told: [Instant] = []
        var reached = zone.eve
        while let next = active.nextChange(after: reached, offset: zone.offset), next <= end {
            told.append(next)
            reached = next
        }
        #expect(told == changes, "seed \(seed)")
    }
}

@Suite("Maintenance window")
struct MaintenanceWindowTests {
    private static func window(_ days: [Weekday], _ from: Int, _ to: Int) -> MaintenanceWindow {
        MaintenanceWindow(days: days, from: from, to: to, zone: "of the test")
    }

    private static let sundayNight = window([.sunday], 23 * 60 + 30, 60)
    private static let wholeSaturday = window([.saturday], 0, 1_440)

    /// A quarter of an hour a mark.
    @Test(
        "holds its span of each of its days on clocks of its zone",
        arguments: [
            (window([.saturday], 300, 345), Clocks.utc, "2026-11-21T04:45Z", ".###...."),
            (window([.saturday], 300, 345), .utc, "2026-11-22T04:45Z", "........"),
            (window([.saturday], 300, 345), .india, "2026-11-20T23:15Z", ".###...."),
            (window([.saturday], 300, 345), .nepal, "2026-11-20T23:00Z", ".###...."),
            // Over midnight, which is the turn of the week as well.
            (sundayNight, .utc, "2026-11-22T23:15Z", ".######."),
            (sundayNight, .utc, "2026-11-23T23:15Z", "........"),
            (sundayNight, .utc, "2026-11-21T23:15Z", "........"),
            (sundayNight, .newfoundland, "2026-11-23T02:45Z", ".######."),
            // To midnight and no further.
            (window([.sunday], 1_410, 1_440), .utc, "2026-11-22T23:15Z", ".##....."),
            (wholeSaturday, .utc, "2026-11-20T23:00Z", "....####"),
            (wholeSaturday, .utc, "2026-11-21T23:00Z", "####...."),
            (window(Weekday.allCases, 60, 0), .utc, "2026-11-21T00:00Z", "....####"),
        ])
    func contains(window: MaintenanceWindow, zone: Clocks, from: String, expected: String) {
        #expect(
            timeline(from: from, every: 15, 8) { window.contains($0, offset: zone.offset) }
                == expected)
    }

    @Test(
        "goes over midnight after a day that clocks made shorter or longer",
        arguments: [
            (sundayNight, Clocks.berlin, "2026-03-29T21:15Z", ".######."),
            (sundayNight, .berlin, "2026-10-25T22:15Z", ".######."),
            (window([.saturday], 1_410, 60), .berlin, "2026-03-29T21:15Z", "........"),
            // From 23:30 on the eve to 3:30, of which an hour is left out, or comes twice.
            (window([.saturday], 1_410, 210), .berlin, "2026-03-29T00:15Z", "#####..."),
            (window([.saturday], 1_410, 210), .berlin, "2026-10-25T01:15Z", "#####..."),
        ])
    func clockChanges(window: MaintenanceWindow, zone: Clocks, from: String, expected: String) {
        #expect(
            timeline(from: from, every: 15, 8) { window.contains($0, offset: zone.offset) }
                == expected)
    }
}
