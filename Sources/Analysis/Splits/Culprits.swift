import Model
import RealModule
import Statistics

/// Which segment a split is off in: contrasts of each segment with the rest of the audience.
///
/// A segment is blamed for its contrast, never for its level: where all segments are off alike, the
/// bucketing is, and nobody is named. Level 5 percent over all segments that are compared
/// (Bonferroni), so that a global mismatch is blamed on an innocent segment in at most 5 of 100.
struct SegmentContrasts {
    /// Worst first; intervals are open, and evidence is not weighed.
    let shares: [SegmentShare]
    private let row: SplitRow
    private let lnLimit: Double

    /// `counts` of subjects by stated arm, by segment; `everyone` is the sum of each dimension.
    init(_ counts: [Segment: [Int]], of row: SplitRow, lnLimit: Double) {
        self.row = row
        self.lnLimit = lnLimit
        let stated = row.arms.filter { ($0.allocation ?? 0) > 0 }
        let everyone = stated.map(\.observed)
        let segments = counts.keys.filter { $0 != .everyone }
        let shares = segments.compactMap { segment in
            counts[segment].flatMap {
                segmentShare(segment, $0, of: everyone, stated)
            }
        }
        // A description is made once for each, not for each comparison.
        self.shares = shares.map { (-abs($0.z), $0.segment.order, $0.segment.description, $0) }
            .sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
    }

    /// The smallest description that explains a mismatch; nil: no segment stands out from the rest.
    var culprit: Culprit? {
        let critical = -normalQuantile(culpritAlpha / Double(max(1, shares.count)) / 2)
        let singles = shares.filter { $0.segment.order == 1 }
        guard let first = singles.first, abs(first.z) > critical else {
            return shares.first.flatMap { abs($0.z) > critical ? told($0) : nil }
        }
        // Within a value that stands out, a pair that stands out even more is the better name.
        let pair = shares.first { pair in
            pair.segment.order == 2
                && pair.segment.coordinates.contains { first.segment.coordinates.contains($0) }
        }
        if let pair, abs(pair.z) > abs(first.z) { return told(pair) }
        return told(first)
    }

    /// The segments with their evidence, and confidence sequences at the level that all of them
    /// share. Reports ask for it: a culprit is named without.
    var bounded: [SegmentShare] {
        let level = culpritAlpha / Double(max(1, shares.count))
        var told = shares.map { share in
            var share = share
            share.lnE = splitEvidence(share.arms) ?? 0
            share.arms = share.arms.map(Analysis.bounded(by: share.n, alpha: level))
            return share
        }
        for place in eBenjaminiHochberg(lnE: told.map(\.lnE), q: culpritAlpha) {
            told[place].isOff = true
        }
        return told
    }

    private func told(_ share: SegmentShare) -> Culprit {
        let stated = row.arms.filter { ($0.allocation ?? 0) > 0 }
        let rest = zip(stated, share.arms).map { $0.observed - $1.observed }
        let n = rest.reduce(0, +)
        let arms = zip(stated, rest).map {
            openArm($0.variation, observed: $1, of: n, allocation: $0.allocation)
        }
        return Culprit(
            segment: share.segment, n: share.n, arms: share.arms, rest: arms,
            explains: (splitEvidence(arms) ?? 0) < lnLimit)
    }
}

/// Level at which a segment is named, over all segments that are compared.
private let culpritAlpha = 0.05

/// Nil: the segment or the rest of the audience has too few to compare.
private func segmentShare(
    _ segment: Segment, _ counts: [Int], of everyone: [Int], _ stated: [Arm]
) -> SegmentShare? {
    let n = counts.reduce(0, +)
    let rest = everyone.reduce(0, +) - n
    guard counts.count == stated.count, n >= 10, rest >= 10 else { return nil }
    let arms = zip(stated, counts).map {
        openArm($0.variation, observed: $1, of: n, allocation: $0.allocation)
    }
    let contrasts = stated.indices.map { index -> (difference: Double, z: Double) in
        contrast(
            counts[index], of: n, against: everyone[index] - counts[index], of: rest)
    }
    guard let worst = stated.indices.max(by: { abs(contrasts[$0].z) < abs(contrasts[$1].z) })
    else { return nil }
    return SegmentShare(
        segment: segment, n: n, arms: arms, variation: stated[worst].variation,
        contrast: contrasts[worst].difference, z: contrasts[worst].z,
        lnE: 0, isOff: false)
}

/// The difference of two shares, and that over its standard error under one common share: the score
/// test of homogeneity of a 2 × 2 table (Pearson 1900).
func contrast(
    _ x: Int, of n: Int, against y: Int, of m: Int
) -> (difference: Double, z: Double) {
    let pooled = Double(x + y) / Double(n + m)
    let difference = Double(x) / Double(n) - Double(y) / Double(m)
    let spread = (pooled * (1 - pooled) * (1 / Double(n) + 1 / Double(m))).squareRoot()
    return (difference, spread > 0 ? difference / spread : 0)
}

/// The segment that explains a row's mismatch, of those that are watched.
func culprit(of row: SplitRow, _ evidence: PlanEvidence, _ look: Look) -> Culprit? {
    contrasts(of: row, evidence, look)?.culprit
}

/// A row's segments, from the rows that were read for it, else from the subjects that the detectors
/// have counted since its epoch; nil: its span is another one.
func contrasts(of row: SplitRow, _ evidence: PlanEvidence, _ look: Look) -> SegmentContrasts? {
    let lnLimit = -Double.log(splitLevel(epoch: row.epoch, tests: look.tests))
    if row.ramp == nil, let pairs = evidence.pairs[row.experience] {
        return pairs.contrasts(of: row, lnLimit: lnLimit)
    }
    guard let split = evidence.split(of: row) else { return nil }
    let streams = split.streams.filter { $0.audience == row.audience ?? "" }
    let counts = Dictionary(
        streams.compactMap { stream in Segment(stream.segment).map { ($0, stream.counts) } },
        uniquingKeysWith: { $1 })
    // What was recorded since the last closed window is in the row, not in the streams.
    guard let everyone = counts[.everyone] else { return nil }
    var closed = row
    for (place, arm) in row.arms.filter({ ($0.allocation ?? 0) > 0 }).enumerated() {
        if let index = closed.arms.firstIndex(where: { $0.variation == arm.variation }) {
            closed.arms[index].observed = everyone[place]
        }
    }
    return SegmentContrasts(counts, of: closed, lnLimit: lnLimit)
}
