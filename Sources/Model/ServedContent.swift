/// A payload that was served over a span, by the hash of its content.
package struct ServedContent: Hashable, Sendable {
    package var experience: String
    package var audience: String
    package var variation: String
    package var fingerprint: String
    package var firstAt: Instant
    package var lastAt: Instant

    package init(
        experience: String, audience: String, variation: String, fingerprint: String,
        firstAt: Instant, lastAt: Instant
    ) {
        self.experience = experience
        self.audience = audience
        self.variation = variation
        self.fingerprint = fingerprint
        self.firstAt = firstAt
        self.lastAt = lastAt
    }
}
