/// When what waits is committed: as soon as either is reached.
package struct CommitPace: Hashable, Sendable, Codable {
    /// Results that wait, of all plans together.
    package var results: Int
    /// Microseconds since the first of them came.
    package var everyUs: Int64

    package init(results: Int = 2_000, everyUs: Int64 = 250_000) {
        self.results = results
        self.everyUs = everyUs
    }
}
