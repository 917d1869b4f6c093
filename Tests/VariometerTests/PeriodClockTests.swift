import Model
import Testing

@testable import Variometer

@Suite("Rounds by a clock that may be set")
struct PeriodClockTests {
    /// Runs a plan of a round an hour, looked at each minute. `steps`: at which minute of true time
    /// the clock is set by how many minutes. Returns the true minutes at which rounds begin.
    private func beginnings(
        startingAt minute: Int64 = 0, last: Int64? = nil, for minutes: Int64,
        steps: [Int64: Int64] = [:]
    ) -> [Int64] {
        let unit = 60 * Instant.microsecondsPerSecond
        func instant(_ minute: Int64) -> Instant { noon.advanced(by: minute * unit) }
        var clock = PeriodClock(
            periodUs: Instant.microsecondsPerHour, last: last.map(instant))
        var offset: Int64 = 0
        var begun: [Int64] = []
        for time in minute..<(minute + minutes) {
            offset += steps[time] ?? 0
            let now = instant(time + offset)
            let nanoseconds = time * unit * 1_000
            if let left = clock.wait(at: now, nanoseconds: nanoseconds) {
                #expect(left > 0 && left <= Instant.microsecondsPerHour * 3 / 2)
                continue
            }
            clock.begin(at: now, nanoseconds: nanoseconds)
            begun.append(time)
        }
        return begun
    }

    @Test("begin once each period, the first at once")
    func steady() {
        #expect(beginnings(startingAt: 10, for: 200) == [10, 60, 120, 180])
        #expect(beginnings(startingAt: 10, last: 5, for: 200) == [60, 120, 180])
        #expect(beginnings(startingAt: 10, last: -5, for: 60) == [10, 60])
    }

    @Test(
        "neither stall nor burst where the clock is set back",
        arguments: [
            // By two hours, and by a day and a minute: the next round comes at the next full hour.
            (30, -120, [0, 60, 120, 180]), (30, -1_441, [0, 61, 121, 181]),
            // Just after a round began: the one at the same full hour is left out.
            (61, -5, [0, 60, 125, 185]), (70, -15, [0, 60, 135, 195]),
            // Long after it began, the same full hour is a new one.
            (100, -50, [0, 60, 110, 170]),
        ] as [(Int64, Int64, [Int64])])
    func back(minute: Int64, step: Int64, expected: [Int64]) {
        #expect(beginnings(for: 200, steps: [minute: step]) == expected)
    }

    @Test(
        "leave out what the clock leapt over",
        arguments: [
            (30, 1_440, [0, 30, 60, 120, 180]), (30, 25, [0, 35, 95, 155]),
            (30, 120, [0, 30, 60, 120, 180]),
        ] as [(Int64, Int64, [Int64])])
    func forward(minute: Int64, step: Int64, expected: [Int64]) {
        #expect(beginnings(for: 200, steps: [minute: step]) == expected)
    }

    @Test("go on where the clock was set forward and back again")
    func thereAndBack() {
        #expect(beginnings(for: 200, steps: [35: 1_440, 40: -1_440]) == [0, 35, 120, 180])
        #expect(beginnings(for: 200, steps: [30: -120, 90: 120]) == [0, 60, 90, 120, 180])
    }

    @Test("begin within a period and a half where the last one began in the future")
    func future() {
        #expect(beginnings(startingAt: 10, last: 500, for: 200) == [60, 120, 180])
        #expect(beginnings(startingAt: 50, last: 500, for: 200) == [120, 180, 240])
    }
}
