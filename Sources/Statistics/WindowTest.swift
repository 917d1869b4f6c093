import RealModule

/// In which ways two windows of counts are asked to depart from each other.
///
/// Categories without an order as a whole: 2 Σ O ln(O/E). Ordered ones in three ways: by their
/// Wilcoxon part, which needs fewer hours where all moves up or down; at the cut between two
/// categories that shows most (Miller, Siegmund, Biometrics 38, 1982), where a tail grows; and as a
/// whole.
struct WaysToDepart {
    let isOrdered: Bool
    /// Categories, with those that never occur.
    let width: Int
    /// Degrees of freedom of the whole.
    let degrees: Double

    /// Two ordered categories are as good as two without an order.
    init(_ sums: HourlySums, isOrdered: Bool) {
        width = sums.width
        degrees = Double(max(0, sums.occurring - 1))
        self.isOrdered = isOrdered && width > 2
    }

    var count: Int { isOrdered ? width + 1 : 1 }

    /// The whole; or what it holds beside the move, the move, and the cuts.
    func departures(_ a: [Double], _ b: [Double]) -> [Double] {
        let whole = departure(a, b)
        guard isOrdered else { return [whole] }
        let moved = min(whole, move(a, b))
        return [whole - moved, moved] + cutDepartures(a, b)
    }

    /// Degrees of freedom of the departure at a place.
    func degrees(at place: Int) -> Double {
        place > 0 ? 1 : max(1, isOrdered ? degrees - 1 : degrees)
    }
}

/// How much more than chi-square a departure varies where nothing changed.
struct Dispersion {
    var factor = 1.0
    /// Of the estimate.
    var freedom = Double.infinity

    /// A departure as chi-square: divided by the factor, and less where the factor is uncertain,
    /// ν ln(1 + x/ν), the likelihood ratio of Student's t (Wallace, Ann. Math. Stat. 30, 1959).
    func scaled(_ departure: Double) -> Double {
        let x = departure / factor
        return freedom < 1e6 ? freedom * .log(onePlus: x / freedom) : x
    }
}

/// How far two windows depart from each other, in units of what is believed.
struct WindowTest {
    /// The critical value of one degree of freedom.
    let critical: Double
    private let wholeCritical: Double
    private let cutCritical: Double
    private let ways: WaysToDepart
    /// By window length and way.
    private let dispersions: [[Dispersion]]

    init(_ ways: WaysToDepart, _ dispersions: [[Dispersion]], alpha: Double) {
        (self.ways, self.dispersions) = (ways, dispersions)
        let level = ways.isOrdered ? alpha / 3 : alpha
        critical = chiSquareUpperQuantile(level, degreesOfFreedom: 1)
        wholeCritical = chiSquareUpperQuantile(level, degreesOfFreedom: ways.degrees)
        cutCritical = chiSquareUpperQuantile(level / ways.degrees, degreesOfFreedom: 1)
    }

    /// Above 1: believed. The second window has so many hours.
    func excess(_ a: [Double], _ b: [Double], hours: Int) -> Double {
        let place = PastWindows.lengths.lastIndex { $0 <= hours } ?? 0
        let found = zip(ways.departures(a, b), dispersions[place]).map { $1.scaled($0) }
        guard ways.isOrdered else { return found[0] / wholeCritical }
        let cut = found[2...].max() ?? 0
        return max((found[0] + found[1]) / wholeCritical, found[1] / critical, cut / cutCritical)
    }
}
