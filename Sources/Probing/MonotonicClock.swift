import NIOCore

/// `CLOCK_MONOTONIC` in nanoseconds: on Linux the event loop's own clock, so that stamps and send
/// times can be subtracted.
package func monotonicNanoseconds() -> Int64 {
    Int64(NIODeadline.now().uptimeNanoseconds)
}

extension NIODeadline {
    /// The deadline at a reading of `monotonicNanoseconds()`; one before boot is at boot.
    init(monotonicNanoseconds: Int64) {
        self = .uptimeNanoseconds(UInt64(max(0, monotonicNanoseconds)))
    }
}
