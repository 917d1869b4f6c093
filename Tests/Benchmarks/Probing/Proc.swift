import Foundation
import Glibc

/// What /proc tells of a process that runs.
enum Proc {
    /// The most memory it ever had resident (`VmHWM`); nil: there is no such process any more.
    static func peakBytes(of id: pid_t) -> Int? {
        guard let status = read("/proc/\(id)/status"),
            let line = status.firstMatch(of: /VmHWM:\s+(\d+) kB/), let kilobytes = Int(line.1)
        else { return nil }
        return kilobytes * 1_024
    }

    /// User and system time so far: proc(5), fields 14 and 15, counted behind the name, which may
    /// hold blanks.
    static func cpuSeconds(of id: pid_t) -> Double? {
        guard let stat = read("/proc/\(id)/stat"), let name = stat.lastIndex(of: ")") else {
            return nil
        }
        let fields = stat[name...].split(separator: " ").dropFirst().map { Int($0) ?? 0 }
        guard fields.count > 12 else { return nil }
        return Double(fields[11] + fields[12]) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Cores that this process, and with it everything it starts, may run on.
    static var allowedCores: Int {
        let mask = read("/proc/self/status")?.firstMatch(of: /Cpus_allowed:\s+([0-9a-f,]+)/)?.1
        return (mask ?? "1").reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
    }

    /// Files and sockets that a process may have open.
    static var openFileLimit: Int {
        let limit = read("/proc/self/limits")?.firstMatch(of: /Max open files\s+(\d+)/)?.1
        return limit.flatMap { Int($0) } ?? .max
    }

    private static func read(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
