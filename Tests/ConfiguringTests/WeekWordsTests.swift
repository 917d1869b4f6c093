import Configuring
import Model
import Testing

@Suite struct WeekWordsTests {
    @Test(arguments: [
        (Weekday.allCases, Array(6...22), "every day 06:00–23:00 UTC"),
        ([.saturday], Array(0..<24), "Saturday 00:00–24:00 UTC"),
        ([.sunday, .saturday], [9], "Saturday, Sunday 09:00–10:00 UTC"),
        (
            [.monday, .tuesday, .wednesday, .friday], [22, 23, 0, 12],
            "Monday to Wednesday, Friday 00:00–01:00, 12:00–13:00, 22:00–24:00 UTC"
        ),
    ])
    func `active hours in words`(_ days: [Weekday], _ hours: [Int], _ words: String) {
        #expect(ActiveHours(days: days, hours: hours, zone: "UTC").words == words)
    }

    @Test(arguments: [
        ([Weekday.saturday], 300, 360, "Saturday 05:00–06:00 UTC"),
        (Weekday.allCases, 0, 1_440, "every day 00:00–24:00 UTC"),
        ([.sunday], 1_410, 60, "Sunday 23:30–01:00 of the next day, UTC"),
    ])
    func `maintenance windows in words`(_ days: [Weekday], _ from: Int, _ to: Int, _ words: String)
    {
        #expect(MaintenanceWindow(days: days, from: from, to: to, zone: "UTC").words == words)
    }
}
