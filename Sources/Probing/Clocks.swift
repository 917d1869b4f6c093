import Glibc
import NIOCore

/// `CLOCK_MONOTONIC` in nanoseconds: on Linux the event loop's own clock, so that stamps and send
/// times can be subtracted.
package func monotonicNanoseconds() -> Int64 {
    Int64(NIODeadline.now().uptimeNanoseconds)
}

/// The system's wall clock in nanoseconds since 1970. It may be stepped: only dates are read off it.
package func wallNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension NIODeadline {
    /// The deadline at a reading of `monotonicNanoseconds()`; one before boot is at boot.
    init(monotonicNanoseconds: Int64) {
        self = .uptimeNanoseconds(UInt64(max(0, monotonicNanoseconds)))
    }
}
