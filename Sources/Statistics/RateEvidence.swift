import RealModule

/// One-sided evidence that a rate of events exceeds what is tolerated: the mean over several rates
/// g > eps of the likelihood ratio (g/eps)^events ((1−g)/(1−eps))^others.
///
/// A supermartingale from 1 whenever each trial, given those before it, is an event with
/// probability eps at most, whatever the dependence between subjects (Ville 1939; the one-sided
/// test of Turner, Ly, Grünwald, arXiv 2106.02693, with a point null); alarm when `lnEMax` ≥
/// ln(1/alpha). Where nothing is tolerated one event is proof. Mergeable: the counts are added.
package struct RateEvidence: Hashable, Sendable {
    /// The largest rate that is no cause for alarm.
    package let tolerated: Double
    package private(set) var events: Int
    package private(set) var trials: Int
    /// The largest `lnE` seen at any look; at least 0.
    package private(set) var lnEMax: Double

    /// Nothing observed yet, or as it was when its counts and largest evidence were kept.
    ///
    /// Throws `probabilityOutOfRange` unless 0 ≤ tolerated < 1, `negativeCount` or
    /// `successesExceedTrials`.
    package init(
        tolerated: Double, events: Int = 0, trials: Int = 0, lnEMax: Double = 0
    ) throws(StatisticsError) {
        guard tolerated >= 0, tolerated < 1 else { throw .probabilityOutOfRange }
        self.tolerated = tolerated
        (self.events, self.trials, self.lnEMax) = (0, 0, max(0, lnEMax))
        try add(events: events, trials: trials)
    }

    /// More trials, so many of them events, and a look.
    ///
    /// Throws `negativeCount`, `successesExceedTrials`, or `invalidArgument` for more trials than an
    /// Int holds, and then nothing is added.
    package mutating func add(events more: Int, trials others: Int) throws(StatisticsError) {
        guard more >= 0, others >= 0 else { throw .negativeCount }
        guard more <= others else { throw .successesExceedTrials }
        trials = try sum([trials, others])
        events += more
        lnEMax = max(lnEMax, lnE)
    }

    /// ln of the evidence of the counts as they stand.
    package var lnE: Double {
        guard tolerated > 0 else { return events > 0 ? .infinity : 0 }
        let odds = tolerated / (1 - tolerated)
        var (sum, largest, rates) = (0.0, -Double.infinity, 0.0)
        // Rates of doubled odds; a tolerated rate close to 1 has one above it still.
        var multiple = 2.0
        repeat {
            let rate = multiple * odds / (1 + multiple * odds)
            let term =
                Double(events) * .log(rate / tolerated)
                + Double(trials - events) * .log((1 - rate) / (1 - tolerated))
            if term > largest {
                (sum, largest) = (sum * .exp(largest - term) + 1, term)
            } else {
                sum += .exp(term - largest)
            }
            rates += 1
            multiple *= 2
        } while multiple * odds < 20
        return largest + .log(sum / rates)
    }
}

/// The rate that the truth exceeds at no look with probability 1 − alpha: the upper end of
/// `shareConfidenceSequence`. No trials: 1.
///
/// Throws `negativeCount`, `successesExceedTrials` or `invalidAlpha`.
package func rateUpperBound(
    events: Int, trials: Int, alpha: Double = 0.05
) throws(StatisticsError) -> Double {
    try shareConfidenceSequence(successes: events, trials: trials, alpha: alpha).upper
}
