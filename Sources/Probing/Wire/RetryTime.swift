import Foundation

/// How long an answer of 429 asks to wait, in nanoseconds from now: `Retry-After` in seconds or as
/// a date (RFC 9110 §10.2.3), else `x-ratelimit-reset` in seconds since 1970. Nil: it says nothing
/// that can be read, or names the past. A date is counted from the answer's own `Date`, where it
/// has one: our clock may be set wrong.
func limitNanoseconds(of response: Response, wallSeconds: Double) -> Int64? {
    let wallSeconds = response["date"].flatMap(httpDate) ?? wallSeconds
    let seconds =
        response["retry-after"].flatMap { retrySeconds($0, wallSeconds: wallSeconds) }
        ?? response["x-ratelimit-reset"].flatMap(decimal).map { $0 - wallSeconds }
    guard let seconds, seconds > 0 else { return nil }
    return Int64(min(seconds, 1e9) * 1e9)
}

private func retrySeconds(_ text: String, wallSeconds: Double) -> Double? {
    decimal(text) ?? httpDate(text).map { $0 - wallSeconds }
}

/// ASCII digits with at most one point; anything longer is no time.
private func decimal(_ text: String) -> Double? {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard (1...20).contains(text.utf8.count),
        text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") })
    else { return nil }
    return Double(text)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7) as seconds since 1970.
private func httpDate(_ text: String) -> Double? {
    guard text.utf8.count <= 40 else { return nil }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: text)?.timeIntervalSince1970
}
