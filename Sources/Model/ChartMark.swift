/// A change at an instant that lies on a chart's time axis.
package struct ChartMark: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Another split is meant from here on: the test of splits begins anew.
        case epoch
        /// The plan is another one in other ways.
        case configuration
        case targetingChange = "targeting_change"
        case splitChange = "split_change"
        /// The mix of audiences, or of variations without a stated split.
        case distributionDrift = "distribution_drift"
        case latencyRegression = "latency_regression"
        case errorRate = "error_rate"
    }

    package var at: Instant
    package var kind: Kind
    /// What changed and for whom, in a sentence.
    package var words: String

    package init(at: Instant, kind: Kind, words: String) {
        self.at = at
        self.kind = kind
        self.words = words
    }
}
