/// How long to rest before something is tried again: twice as long after each failure.
struct Backoff: Sendable {
    let first: Duration
    let limit: Duration
    private var next: Duration?

    init(first: Duration = .milliseconds(250), limit: Duration = .seconds(5)) {
        self.first = first
        self.limit = limit
    }

    /// The rest after one more failure.
    mutating func rest() -> Duration {
        let rest = next ?? first
        next = min(rest * 2, limit)
        return rest
    }

    mutating func reset() { next = nil }
}
