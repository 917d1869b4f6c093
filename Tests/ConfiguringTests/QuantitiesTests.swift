import Testing

@testable import Configuring

@Suite struct QuantitiesTests {
    @Test(arguments: [
        ("250ms", 250_000), ("5s", 5_000_000), ("10m", 600_000_000), ("1h", 3_600_000_000),
        ("7d", 604_800_000_000), ("0s", 0),
    ])
    func `durations`(_ text: String, _ microseconds: Int64) {
        #expect(durationUs(text) == microseconds)
    }

    @Test(arguments: [
        "", "5", "s", "-5s", "+5s", "5 s", "5S", "1.5h", "5sec", "٣s", "99999999999999999999s",
        "9223372036854775807d", "1h30m",
    ])
    func `what is no duration`(_ text: String) {
        #expect(durationUs(text) == nil)
    }

    @Test(arguments: [
        (250_000, "250ms"), (90_000_000, "90s"), (7_200_000_000, "2h"), (86_400_000_000, "1d"),
    ])
    func `durations are written as they are read`(_ microseconds: Int64, _ text: String) {
        #expect(durationText(microseconds) == text)
        #expect(durationUs(text) == microseconds)
    }

    @Test(arguments: [("5/s", 5.0), ("600/min", 10), ("90/h", 0.025), ("0.5/s", 0.5)])
    func `rates`(_ text: String, _ perSecond: Double) {
        #expect(ratePerSecond(text) == perSecond)
    }

    @Test(arguments: [
        "", "5", "0/s", "-1/s", "1e3/s", "5/day", "5/", "/s", "5/s/s", "inf/s", "1_0/s", ".5/s",
        "9999999/s",
    ])
    func `what is no rate`(_ text: String) {
        #expect(ratePerSecond(text) == nil)
    }

    @Test(arguments: [
        ("0", [0]), ("06", [6]), ("23", [23]), ("18..22", [18, 19, 20, 21, 22]), ("7..7", [7]),
        ("22..2", [22, 23, 0, 1, 2]),
    ])
    func `hours`(_ text: String, _ expected: [Int]) {
        #expect(hoursOfDay(text) == expected)
    }

    @Test(arguments: [("00:00", 0), ("05:00", 300), ("23:59", 1_439), ("24:00", 1_440)])
    func `times of the day`(_ text: String, _ minute: Int) {
        #expect(minuteOfDay(text) == minute)
    }

    @Test(arguments: [
        "", "5", "5:00", "05:0", "05:60", "24:01", "25:00", "05:00:00", "-5:00", "05.00", "٠5:00",
    ])
    func `what is no time of the day`(_ text: String) {
        #expect(minuteOfDay(text) == nil)
    }

    @Test(arguments: ["24", "-1", "18..24", "18...22", "18-22", "..", "1..", "..2", "001", ""])
    func `what is no hour`(_ text: String) {
        #expect(hoursOfDay(text) == nil)
    }
}
