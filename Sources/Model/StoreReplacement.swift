/// A damaged store that was moved aside when a daemon started, and a new one begun.
package struct StoreReplacement: Hashable, Sendable, Codable {
    package var at: Instant
    /// What was wrong with it, and where it is now.
    package var detail: String

    package init(at: Instant, detail: String) {
        self.at = at
        self.detail = detail
    }
}
