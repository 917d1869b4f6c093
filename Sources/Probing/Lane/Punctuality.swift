import CLinux

/// Has the system run the calling thread soon after it wakes: an event loop that sends probes works
/// for microseconds and must leave on time, beside threads that work for milliseconds.
///
/// A thread that has begun its slice keeps the CPU until it is over, unless who wakes has a shorter
/// one: so the shortest is asked for, which anybody may from Linux 6.12 on, and with it precedence,
/// which takes CAP_SYS_NICE. Where neither is granted, nothing changes.
func preferPunctuality() {
    var attributes = sched_attr()
    attributes.size = UInt32(MemoryLayout<sched_attr>.size)
    // The least that the kernel takes, in nanoseconds.
    attributes.sched_runtime = 100_000
    attributes.sched_nice = -10
    if variometer_sched_setattr(&attributes) == 0 { return }
    attributes.sched_nice = 0
    _ = variometer_sched_setattr(&attributes)
}
