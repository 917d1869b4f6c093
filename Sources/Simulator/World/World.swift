/// What is true in a simulated workspace. Read from a file that `schema/world.schema.json`
/// describes.
package struct World: Sendable, Decodable {
    package var workspaceID: String
    package var apiKey: String
    /// Prefixes of addresses by the place that they lie in; other addresses are nowhere.
    package var places: [String: [String]]
    package var experiences: [ServedExperience]
    /// The first rule that holds decides how slow an answer is.
    package var latency: [LatencyRule]
    package var slowdowns: [Slowdown]
    package var faults: [FaultRule]
    package var changes: [Change]
    /// Nil: ask as often as you like.
    package var rateLimit: RateLimit?

    package init(
        workspaceID: String, apiKey: String, places: [String: [String]] = [:],
        experiences: [ServedExperience], latency: [LatencyRule] = [],
        slowdowns: [Slowdown] = [], faults: [FaultRule] = [], changes: [Change] = [],
        rateLimit: RateLimit? = nil
    ) {
        self.workspaceID = workspaceID
        self.apiKey = apiKey
        self.places = places
        self.experiences = experiences
        self.latency = latency
        self.slowdowns = slowdowns
        self.faults = faults
        self.changes = changes
        self.rateLimit = rateLimit
    }
}

/// How many requests may come in one second, and how long everybody is shut out after one more.
package struct RateLimit: Sendable, Hashable, Decodable {
    package var perSecond: Int
    package var retryAfterSeconds: Int

    package init(perSecond: Int, retryAfterSeconds: Int) {
        self.perSecond = perSecond
        self.retryAfterSeconds = retryAfterSeconds
    }
}
