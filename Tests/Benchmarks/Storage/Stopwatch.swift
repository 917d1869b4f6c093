import Glibc

/// Runs work in this process and tells what it took.
func sample(of count: Int, _ work: () throws -> Void) rethrows -> Sample {
    let began = cpuSeconds()
    let clock = ContinuousClock()
    let elapsed = try clock.measure(work)
    return Sample(
        count: count, seconds: elapsed.seconds, cpuSeconds: cpuSeconds() - began, peakBytes: 0)
}

extension Sample {
    /// One after the other on the same rows.
    static func + (a: Sample, b: Sample) -> Sample {
        Sample(
            count: max(a.count, b.count), seconds: a.seconds + b.seconds,
            cpuSeconds: a.cpuSeconds + b.cpuSeconds, peakBytes: max(a.peakBytes, b.peakBytes))
    }
}

/// User and system time of all threads of this process so far.
private func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_utime.seconds + usage.ru_stime.seconds
}
