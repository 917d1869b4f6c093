import NIOCore
import Testing

@testable import Probing

@Suite("The time that a 429 asks for")
struct RetryTimeTests {
    /// 2026-11-16T09:00:00Z.
    static let now = 1_794_819_600.0

    static func wait(_ fields: [(String, String)]) -> Int64? {
        limitNanoseconds(
            of: Response(
                status: 429, fields: fields.map { HeaderField($0.0, $0.1) }, body: ByteBuffer()),
            wallSeconds: now)
    }

    @Test(
        "is read from Retry-After, as seconds or as a date",
        arguments: [
            ("1", 1), ("120", 120), (" 7 ", 7), ("007", 7), ("1.5", 1.5), ("0.001", 0.001),
            ("Mon, 16 Nov 2026 09:00:01 GMT", 1), ("Mon, 16 Nov 2026 10:30:00 GMT", 5_400),
            ("Tue, 17 Nov 2026 09:00:00 GMT", 86_400),
        ])
    func retryAfter(text: String, seconds: Double) throws {
        let wait = try #require(Self.wait([("retry-after", text)]))
        #expect(abs(wait - Int64(seconds * 1e9)) <= 1)
    }

    @Test("is read from x-ratelimit-reset, as seconds since 1970")
    func rateLimitReset() {
        #expect(Self.wait([("x-ratelimit-reset", "1794819630")]) == 30_000_000_000)
        #expect(Self.wait([("x-ratelimit-reset", "1794819600.5")]) == 500_000_000)
    }

    @Test("is counted from the answer's own date, whatever our clock says")
    func ownDate() {
        let date = ("date", "Mon, 16 Nov 2026 11:00:00 GMT")
        #expect(Self.wait([date, ("x-ratelimit-reset", "1794826830")]) == 30_000_000_000)
        #expect(
            Self.wait([date, ("retry-after", "Mon, 16 Nov 2026 11:00:07 GMT")]) == 7_000_000_000)
        #expect(
            Self.wait([("date", "soon"), ("x-ratelimit-reset", "1794819630")]) == 30_000_000_000)
    }

    @Test(
        "is none where nothing can be read",
        arguments: [
            "", " ", "soon", "-1", "+1", "1s", "1e3", "0x10", ".", "1.2.3", "1,5", "٣", "nan",
            "inf",
            "111111111111111111111", "Mon, 16 Nov 2026 25:00:01 GMT",
            "2026-11-16T09:00:01Z", String(repeating: "9", count: 10_000),
            "Mon, 16 Nov 2026 09:00:01 GMT" + String(repeating: " ", count: 100),
        ])
    func garbage(text: String) {
        #expect(Self.wait([("retry-after", text)]) == nil)
        #expect(Self.wait([("x-ratelimit-reset", text)]) == nil)
    }

    @Test(
        "is none where it has passed",
        arguments: [
            ("retry-after", "0"), ("retry-after", "0.0"),
            ("retry-after", "Mon, 16 Nov 2026 09:00:00 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ("x-ratelimit-reset", "1794819600"),
            ("x-ratelimit-reset", "0"), ("x-ratelimit-reset", "60"),
        ])
    func past(name: String, text: String) {
        #expect(Self.wait([(name, text)]) == nil)
    }

    @Test(
        "is a number that can be held, however huge",
        arguments: [
            ("retry-after", "99999999999999999999"), ("x-ratelimit-reset", "99999999999999999999"),
            ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ])
    func huge(name: String, text: String) {
        #expect(Self.wait([(name, text)]) == 1_000_000_000_000_000_000)
    }

    @Test("is Retry-After's where it can be read, else that of x-ratelimit-reset")
    func precedence() {
        let reset = ("x-ratelimit-reset", "1794819630")
        #expect(Self.wait([reset, ("retry-after", "2")]) == 2_000_000_000)
        #expect(Self.wait([reset, ("retry-after", "soon")]) == 30_000_000_000)
        #expect(Self.wait([reset, ("retry-after", "")]) == 30_000_000_000)
        #expect(Self.wait([reset, ("retry-after", "0")]) == nil)
        #expect(Self.wait([]) == nil)
        #expect(Self.wait([("retry", "5")]) == nil)
    }
}
