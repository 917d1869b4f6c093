import RealModule

/// What windows of some lengths showed against the day before them: how far hours depart from each
/// other where nothing changed. So day and night, and levels that wander, are measured at the scale
/// at which they would mislead; what the past did not show is not known.
struct PastWindows: Hashable, Sendable {
    static let lengths = [1, 2, 4, 8, 16, 32]

    private let memory: Int
    private var hours = 0
    private var windows: [WindowsOfLength]

    private static let day = 24
    /// Windows that overlap tell as much of their variance as half again as many that do not
    /// (Lo, MacKinlay, J. Econometrics 40, 1989).
    private static let overlap = 1.5
    /// Fewer degrees of freedom would let nothing be believed.
    private static let leastFreedom = 4.0

    init(memory: Int) {
        self.memory = memory
        windows = Self.lengths.map { WindowsOfLength(length: $0) }
    }

    /// Adds the windows that end with the hours up to `end`, the first of the sums being `first`.
    mutating func add(_ sums: HourlySums, from first: Int, until end: Int, _ ways: WaysToDepart) {
        guard hours < end else { return }
        let (whole, one) = (usualLevel(ways.degrees(at: 0)), usualLevel(1))
        let usual = (0..<ways.count).map { $0 == 0 ? whole : one }
        while hours < end {
            hours += 1
            for place in windows.indices where windows[place].isDue(hours, after: Self.day) {
                let start = hours - first - windows[place].length
                let found = ways.departures(
                    sums.counts(start - Self.day, start), sums.counts(start, hours - first))
                windows[place].add(zip(found, usual).map { $0 / $1 }, memory: memory)
            }
        }
    }

    /// By window length and way: the factor is at least 1, and that of shorter windows; a cut's is
    /// at least what all cuts show on average, since one alone is not known well.
    func dispersions(_ ways: WaysToDepart) -> [[Dispersion]] {
        var former = Array(repeating: Dispersion(), count: ways.count)
        return windows.map { window in
            let cuts = window.levels.dropFirst(2)
            let usualCut = cuts.reduce(0, +) / Double(max(1, cuts.count))
            for (way, level) in window.levels.enumerated() {
                let factor = way < 2 ? level : max(level, usualCut)
                guard factor > former[way].factor else { continue }
                former[way] = dispersion(factor, window.length, ways.degrees(at: way))
            }
            return former
        }
    }

    /// Of the factor only what exceeds 1 is estimated, so the rest has no part in its variance
    /// (Satterthwaite, Biometrics Bull. 2, 1946).
    private func dispersion(_ factor: Double, _ length: Int, _ degrees: Double) -> Dispersion {
        let apart = Double(min(hours, memory) - Self.day) / Double(length)
        let part = (factor - 1) / factor
        let freedom = max(Self.leastFreedom, Self.overlap * apart * degrees)
        return Dispersion(factor: factor, freedom: freedom / (part * part))
    }
}

/// What windows of one length showed.
private struct WindowsOfLength: Hashable, Sendable {
    let length: Int
    /// By way, in time: departures in units of what is usual.
    private var values: [[Double]] = []
    /// By way: their mean, without the largest.
    private(set) var levels: [Double] = []

    init(length: Int) { self.length = length }

    private var step: Int { max(1, length / 4) }

    func isDue(_ hours: Int, after day: Int) -> Bool {
        hours >= day + length && hours % step == 0
    }

    mutating func add(_ departures: [Double], memory: Int) {
        if values.isEmpty { values = departures.map { _ in [] } }
        for (way, departure) in departures.enumerated() {
            values[way].append(departure)
            if values[way].count > memory / step { values[way].removeFirst() }
        }
        levels = values.map { lowerMean($0) }
    }
}

/// Windows that held a change, or a bad hour, are among the largest quarter.
private let lowerPart = 0.75

/// The mean of the values without the largest; 0 of fewer than three.
private func lowerMean(_ values: [Double]) -> Double {
    guard values.count > 2 else { return 0 }
    let count = Int((lowerPart * Double(values.count)).rounded())
    return values.sorted().prefix(count).reduce(0, +) / Double(count)
}

/// The same of chi-square: d P(d/2 + 1, q/2)/p below its quantile q at p.
private func usualLevel(_ degrees: Double) -> Double {
    let quantile = chiSquareUpperQuantile(1 - lowerPart, degreesOfFreedom: degrees)
    return degrees * regularizedGammaP(degrees / 2 + 1, quantile / 2) / lowerPart
}
