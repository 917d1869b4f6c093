import Model
import Testing

@testable import Configuring

@Suite struct ZoneTests {
    @Test(arguments: [
        ("UTC", "2026-11-01T12:00:00", "2026-11-01T12:00:00Z"),
        ("Asia/Kolkata", "2026-11-01T12:00:00", "2026-11-01T06:30:00Z"),
        ("Europe/Berlin", "2026-07-01T12:00:00", "2026-07-01T10:00:00Z"),
        ("Europe/Berlin", "2026-12-01T12:00:00", "2026-12-01T11:00:00Z"),
        // Shown twice: the first. Skipped: as if the clock had not been changed yet.
        ("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
        ("America/New_York", "2026-03-08T12:00:00", "2026-03-08T16:00:00Z"),
    ])
    func `civil times are read in their zone`(
        _ name: String, _ civil: String, _ expected: String
    ) throws {
        let zone = try #require(Zone(named: name))
        #expect(Instant(rfc3339: civil, offset: zone.offset) == Instant(rfc3339: expected))
    }

    @Test(arguments: ["", "IST", "EST", "Asia/Nowhere", "GMT+5", "../etc/passwd", "/etc/localtime"])
    func `what is no zone`(_ name: String) {
        #expect(Zone(named: name) == nil)
    }
}
