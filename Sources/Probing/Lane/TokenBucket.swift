import Model

/// A rate's ceiling: what is not spent is saved, up to one second's worth (and one at least).
struct TokenBucket {
    private let perNanosecond: Double
    private let capacity: Double
    private var tokens: Double
    private var filledAt: Int64

    /// Starts full.
    init(_ rate: Rate, now: Int64) {
        perNanosecond = rate.perSecond / 1e9
        capacity = max(1, rate.perSecond)
        tokens = capacity
        filledAt = now
    }

    /// Takes one; false: there is none.
    mutating func take(at now: Int64) -> Bool {
        fill(at: now)
        // A whole token may lack a rounding error.
        guard tokens > 1 - 1e-6 else { return false }
        tokens -= 1
        return true
    }

    /// Takes one even if there is none: the next ones wait for it.
    mutating func takeAnyway(at now: Int64) {
        fill(at: now)
        tokens -= 1
    }

    /// Nothing is saved until an instant, and one is there then: a pause is not made up for.
    mutating func empty(until instant: Int64) {
        tokens = min(tokens, 1)
        filledAt = max(filledAt, instant)
    }

    private mutating func fill(at now: Int64) {
        tokens = min(capacity, tokens + Double(max(0, now - filledAt)) * perNanosecond)
        filledAt = max(filledAt, now)
    }
}
