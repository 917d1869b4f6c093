/// How well a target is meant to answer: the share of its results that are good over a span.
package struct Objective: Hashable, Sendable, Codable {
    package var target: String
    /// A good result is answered within this, in microseconds; nil: it is answered at all.
    package var latencyUs: Int64?
    /// Of the results, 0…1.
    package var share: Double
    /// The span that the share is meant over, in microseconds.
    package var overUs: Int64

    package init(target: String, latencyUs: Int64? = nil, share: Double, overUs: Int64) {
        self.target = target
        self.latencyUs = latencyUs
        self.share = share
        self.overUs = overUs
    }
}
