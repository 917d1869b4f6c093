package import Model

/// What happened in every segment of one and two dimensions, read from rows where a split is off and
/// the configuration watches no such pairs.
package struct PairEvidence: Sendable {
    package var since: Instant
    package var tallies: [Segment: Tally]

    package init(since: Instant, tallies: [Segment: Tally]) {
        self.since = since
        self.tallies = tallies
    }
}

/// An experience of a plan whose split is a mismatch: where it comes from is to be read.
package struct PairQuestion: Hashable, Sendable {
    /// Of the evidence.
    package let index: Int
    package let experience: String
    package let since: Instant
    package let shapes: [[String]]
}

/// Which experiences' segments are to be read, of all evidence that is looked at together.
package func pairQuestions(_ evidence: [PlanEvidence], at instant: Instant) -> [PairQuestion] {
    let look = Look(evidence, at: instant)
    return evidence.enumerated().flatMap { index, plan -> [PairQuestion] in
        let dimensions = plan.plan.matrix.dimensions.sorted()
        let pairs = dimensions.indices.flatMap { first in
            dimensions[(first + 1)...].map { [dimensions[first], $0] }
        }
        let watched = Set(plan.plan.watch.map { $0.sorted() })
        guard !pairs.allSatisfy(watched.contains) else { return [] }
        let rows = splitRows(plan, look).filter { $0.verdict == .mismatch && $0.ramp == nil }
        return Set(rows.map(\.experience)).sorted().compactMap { experience in
            rows.first { $0.experience == experience }.map {
                PairQuestion(
                    index: index, experience: experience, since: $0.since,
                    shapes: [[]] + dimensions.map { [$0] } + pairs)
            }
        }
    }
}

extension PairEvidence {
    /// A row's segments over the rows that were read; nil: nobody of it is among them.
    func contrasts(of row: SplitRow, lnLimit: Double) -> SegmentContrasts? {
        let stated = row.arms.filter { ($0.allocation ?? 0) > 0 }.map(\.variation)
        let segments = tallies.mapValues { tally in
            let seen = counts(of: row, in: tally)
            return stated.map { name in seen.first { $0.variation == name }?.count ?? 0 }
        }
        guard let everyone = segments[.everyone], everyone.contains(where: { $0 > 0 }) else {
            return nil
        }
        var read = row
        for (name, count) in zip(stated, everyone) {
            if let index = read.arms.firstIndex(where: { $0.variation == name }) {
                read.arms[index].observed = count
            }
        }
        return SegmentContrasts(segments, of: read, lnLimit: lnLimit)
    }
}
