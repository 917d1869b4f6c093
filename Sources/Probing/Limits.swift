package import NIOCore

/// What one prober may hold, read and wait for.
package struct Limits: Hashable, Sendable {
    /// Bytes of an answer's body.
    package var bodyBytes = 1 << 20
    /// Bytes of an answer's header fields together.
    package var headerBytes = 64 << 10
    /// Connections at once, whatever the target allows: what the descriptors of the process give.
    package var connections = Int.max
    /// Results that were handed over and not acknowledged; above it, probes are dropped.
    package var unacknowledged = 65_536
    /// A kept connection older than this is closed instead of used.
    package var idleAge = TimeAmount.seconds(60)
    /// Results leave this often.
    package var batchInterval = TimeAmount.milliseconds(50)
    /// Progress is told this often, even without results.
    package var progressInterval = TimeAmount.milliseconds(200)
    /// Between the trials of a key that a target refuses.
    package var trialInterval = TimeAmount.nanoseconds(CircuitBreaker.usualTrialInterval)
    /// A resolved name is looked up again after this.
    package var nameAge = TimeAmount.seconds(30)

    package init() {}
}
