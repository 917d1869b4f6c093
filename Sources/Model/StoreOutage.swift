/// A time in which the store could not be written to.
package struct StoreOutage: Hashable, Sendable, Codable {
    package var since: Instant
    /// Nil: it lasts.
    package var until: Instant?
    /// What kind of failure began it: `full`, `busy`.
    package var code: String
    package var reason: String

    package init(since: Instant, until: Instant? = nil, code: String, reason: String) {
        self.since = since
        self.until = until
        self.code = code
        self.reason = reason
    }
}
