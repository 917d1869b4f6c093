import RealModule

/// Whether a candidate is slower than a control probed beside it, in pairs, at every look.
///
/// Five criteria are watched at once: who of the pair is slower, and who alone exceeds the median,
/// p90, p95 and p99 of the trailing pairs. Those thresholds are known before the pair, so that
/// under exchangeability within the pair, whatever the common level does by hour or by drift, a
/// discordant pair is a fair coin given the past. Each criterion's evidence is the mean over
/// several g > ½ of (2g)^slow candidates (2−2g)^slow controls, a supermartingale from 1 as long as
/// the candidate is not slower; alarm when `lnEMax`, of the mean of the five, ≥ ln(1/alpha)
/// (a sequential sign test in the manner of Ville 1939 and of Howard, Ramdas 2022).
///
/// Assumes that which of the two is probed first, and from where, is drawn for each pair anew: a
/// level that one side has for itself is what is measured. A timeout is +∞.
package struct PairedLatencyTest: Hashable, Sendable {
    /// What a pair is judged by.
    package enum Criterion: Int, CaseIterable, Sendable {
        case sign
        case p50
        case p90
        case p95
        case p99
    }

    /// How many discordant pairs went which way, by criterion.
    package struct Tally: Hashable, Sendable {
        package var slowCandidates: Int
        package var slowControls: Int

        package init(slowCandidates: Int = 0, slowControls: Int = 0) {
            self.slowCandidates = slowCandidates
            self.slowControls = slowControls
        }
    }

    /// By how much a candidate may be slower: a control's latency is raised by this share of it.
    package let margin: Double
    package private(set) var tallies: [Tally]
    /// The thresholds of p50 … p99, in the unit of the latencies; ∞ before the first are known.
    package private(set) var thresholds: [Double]
    /// The latencies of the trailing pairs, the oldest overwritten first.
    package private(set) var window: [Double]
    package private(set) var pairs: Int
    /// The largest `lnE` seen at any look; at least 0.
    package private(set) var lnEMax: Double
    /// ln E by criterion.
    private var evidence: [Double]

    package init(margin: Double = 0) {
        self.init(
            margin: margin, tallies: Criterion.allCases.map { _ in Tally() },
            thresholds: quantiles.map { _ in .infinity }, window: [], pairs: 0, lnEMax: 0)
    }

    /// As it was when these were kept.
    package init(
        margin: Double, tallies: [Tally], thresholds: [Double], window: [Double], pairs: Int,
        lnEMax: Double
    ) {
        precondition(tallies.count == Criterion.allCases.count, "a tally to each criterion")
        precondition(thresholds.count == quantiles.count, "a threshold to each quantile")
        precondition(window.count == 2 * min(pairs, windowPairs), "the latencies of whole pairs")
        self.margin = margin
        self.tallies = tallies
        self.thresholds = thresholds
        self.window = window
        self.pairs = pairs
        self.lnEMax = lnEMax
        evidence = tallies.map(lnSignEvidence)
    }

    /// ln of the mean of the five evidences.
    package var lnE: Double {
        var largest = evidence[0]
        for value in evidence { largest = max(largest, value) }
        var sum = 0.0
        for value in evidence { sum += .exp(value - largest) }
        return largest + .log(sum / Double(evidence.count))
    }

    /// The criterion that shows most.
    package var carrier: Criterion {
        Criterion.allCases.max { lnE(of: $0) < lnE(of: $1) } ?? .sign
    }

    /// ln of one criterion's evidence.
    package func lnE(of criterion: Criterion) -> Double { evidence[criterion.rawValue] }

    /// One more pair of latencies, and a look.
    package mutating func add(control: Double, candidate: Double) {
        precondition(control >= 0 && candidate >= 0, "a latency is at least 0")
        let raised = control * (1 + margin)
        count(.sign, candidateIsSlow: candidate > raised, controlIsSlow: raised > candidate)
        for (index, threshold) in thresholds.enumerated() {
            count(
                Criterion.allCases[index + 1], candidateIsSlow: candidate > threshold,
                controlIsSlow: raised > threshold)
        }
        lnEMax = max(lnEMax, lnE)
        remember(raised, candidate)
    }

    /// Adds what another agent counted against thresholds of its own.
    package mutating func add(tallies others: [Tally]) {
        precondition(others.count == tallies.count, "a tally to each criterion")
        for (index, other) in others.enumerated() {
            tallies[index].slowCandidates += other.slowCandidates
            tallies[index].slowControls += other.slowControls
            evidence[index] = lnSignEvidence(tallies[index])
        }
        lnEMax = max(lnEMax, lnE)
    }

    private mutating func count(
        _ criterion: Criterion, candidateIsSlow: Bool, controlIsSlow: Bool
    ) {
        guard candidateIsSlow != controlIsSlow else { return }
        let index = criterion.rawValue
        if candidateIsSlow {
            tallies[index].slowCandidates += 1
        } else {
            tallies[index].slowControls += 1
        }
        evidence[index] = lnSignEvidence(tallies[index])
    }

    /// Thresholds are refreshed often at first, then with every hundredth pair.
    private mutating func remember(_ control: Double, _ candidate: Double) {
        let place = 2 * (pairs % windowPairs)
        if place < window.count {
            window[place] = control
            window[place + 1] = candidate
        } else {
            window.append(control)
            window.append(candidate)
        }
        pairs += 1
        if pairs % refreshPairs == 0 || pairs == 25 || pairs == 50 { refresh() }
    }

    private mutating func refresh() {
        var values = window
        var start = 0
        for (index, quantile) in quantiles.enumerated() {
            let rank = Int((quantile * Double(values.count)).rounded(.up)) - 1
            thresholds[index] = select(rank, in: &values, from: start)
            start = rank
        }
    }
}

private let quantiles = [0.5, 0.9, 0.95, 0.99]
private let windowPairs = 1_000
private let refreshPairs = 100

/// ln 2g and ln (2 − 2g) of the alternatives to a fair coin.
private let lnWins: [Double] = alternatives.map { .log(2 * $0) }
private let lnLosses: [Double] = alternatives.map { .log(2 - 2 * $0) }
private let alternatives = [0.52, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9]

/// ln of the mean over the alternatives of (2g)^slow candidates (2−2g)^slow controls.
func lnSignEvidence(_ tally: PairedLatencyTest.Tally) -> Double {
    let (wins, losses) = (Double(tally.slowCandidates), Double(tally.slowControls))
    var largest = -Double.infinity
    for index in lnWins.indices {
        largest = max(largest, wins * lnWins[index] + losses * lnLosses[index])
    }
    var sum = 0.0
    for index in lnWins.indices {
        sum += .exp(wins * lnWins[index] + losses * lnLosses[index] - largest)
    }
    return largest + .log(sum / Double(lnWins.count))
}

/// The value of a rank (from 0) among all, given that those before `start` are the smallest;
/// afterwards those before the rank are (Hoare, Algorithm 65: Find, CACM 4, 1961).
private func select(_ rank: Int, in values: inout [Double], from start: Int) -> Double {
    var (low, high) = (start, values.count - 1)
    while low < high {
        let pivot = values[(low + high) / 2]
        var (left, right) = (low, high)
        while left <= right {
            while values[left] < pivot { left += 1 }
            while values[right] > pivot { right -= 1 }
            if left <= right {
                values.swapAt(left, right)
                left += 1
                right -= 1
            }
        }
        if rank <= right {
            high = right
        } else if rank >= left {
            low = left
        } else {
            break
        }
    }
    return values[rank]
}
