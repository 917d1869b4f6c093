import Model

/// Enforces a rate limit: counts what passes in each second of the clock, and after one request
/// too many lets nothing pass for a while.
struct Limiter {
    private let limit: RateLimit
    private var second = Int64.min
    private var passed = 0
    private var shutUntil: Instant?

    init(_ limit: RateLimit) {
        self.limit = limit
    }

    /// Whole seconds until a request that comes now may come again; nil: it passes.
    mutating func wait(for now: Instant) -> Int? {
        if let shutUntil, now < shutUntil {
            let left = now.distance(to: shutUntil) + Instant.microsecondsPerSecond - 1
            return Int(left / Instant.microsecondsPerSecond)
        }
        let present = now.microseconds.flooredDivision(by: Instant.microsecondsPerSecond)
        // Connections race: one that comes late is counted in the second that has begun.
        if present > second { (second, passed) = (present, 0) }
        guard passed >= limit.perSecond else {
            passed += 1
            return nil
        }
        let wait = Int64(limit.retryAfterSeconds) * Instant.microsecondsPerSecond
        shutUntil = now.advanced(by: wait)
        return limit.retryAfterSeconds
    }
}
