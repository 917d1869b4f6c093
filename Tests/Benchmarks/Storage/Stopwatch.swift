import Glibc

/// Runs work in this process and tells what it took.
func sample(of count: Int, _ work: () throws -> Void) rethrows -> Sample {
    let began = cpuSeconds()
    let clock = ContinuousClock()
    let elapsed = try clock.measure(work)
    return Sample(
        count: count, seconds: elapsed.seconds, cpuSeconds: cpuSeconds() - began, peakBytes: 0)
}

/// User and system time of all threads of this process so far.
private func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_utime.seconds + usage.ru_stime.seconds
}
