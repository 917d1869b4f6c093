/// What befell the store itself: ours, and no target's failure.
package struct StoreTrouble: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// It could not be written to.
        case degraded
        /// It was damaged, moved aside, and a new one begun.
        case replaced
    }

    package var kind: Kind
    package var since: Instant
    /// When it was last so.
    package var until: Instant
    /// What was wrong, and where the damaged file is now.
    package var detail: String

    package init(kind: Kind, since: Instant, until: Instant, detail: String) {
        self.kind = kind
        self.since = since
        self.until = until
        self.detail = detail
    }
}
