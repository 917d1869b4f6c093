/// Maps monotonic time to wall-clock time. An ordinary one is the system's clock, anchored once;
/// a time-lapse one runs `factor` times as fast. Due instants come from it; what a probe
/// measured is added to them as it is.
package struct Timeline: Hashable, Sendable {
    package let anchor: Instant
    /// `CLOCK_MONOTONIC` at the anchor, in nanoseconds.
    package let anchorNanoseconds: Int64
    /// Wall-clock time per monotonic time; 1 but in a time-lapse.
    package let factor: Double

    package init(anchor: Instant, anchorNanoseconds: Int64, factor: Double = 1) {
        precondition(factor > 0, "time runs forward")
        self.anchor = anchor
        self.anchorNanoseconds = anchorNanoseconds
        self.factor = factor
    }

    /// The wall-clock instant at a monotonic time in nanoseconds.
    package func instant(atNanoseconds nanoseconds: Int64) -> Instant {
        let elapsed = Double(nanoseconds - anchorNanoseconds) / 1_000 * factor
        return anchor.advanced(by: Int64(elapsed.rounded(.down)))
    }

    /// The monotonic time, in nanoseconds, at which this timeline reaches an instant.
    package func nanoseconds(at instant: Instant) -> Int64 {
        let elapsed = Double(anchor.distance(to: instant)) * 1_000 / factor
        return anchorNanoseconds + Int64(elapsed.rounded(.up))
    }
}
