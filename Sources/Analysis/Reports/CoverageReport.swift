import Model

/// How much of the matrix was asked, by segment.
func coverageRows(_ evidence: PlanEvidence, shape: [String]?) -> [CoverageRow] {
    let segments = evidence.segments(shape: shape, listed: Set(evidence.contexts.keys))
    return segments.map { segment in
        let tally = evidence.tallies[segment] ?? Tally()
        return CoverageRow(
            target: evidence.target, plan: evidence.plan.name, segment: segment,
            contexts: evidence.contexts[segment], asked: tally.asked, answered: tally.answered,
            lastAt: tally.lastAt, maintenance: tally.maintenance)
    }
}

extension PlanEvidence {
    /// The segments of a shape, in order; nil: everyone and every segment of order 1. `listed`
    /// are shown even where nothing happened in them.
    func segments(shape: [String]?, listed: Set<Segment> = []) -> [Segment] {
        let known = Set(tallies.keys).union(listed)
        let wanted = known.filter { segment in
            let dimensions = segment.coordinates.map(\.dimension)
            return shape.map { $0.sorted() == dimensions } ?? (segment.order <= 1)
        }
        let order = plan.matrix.dimensions
        func place(_ segment: Segment) -> [(Int, String)] {
            segment.coordinates.map { coordinate in
                (
                    order.firstIndex(of: coordinate.dimension) ?? order.count,
                    sortText(coordinate)
                )
            }.sorted { $0.0 < $1.0 }
        }
        return wanted.map { ($0, place($0)) }.sorted { a, b in
            if a.1.count != b.1.count { return a.1.count < b.1.count }
            for (left, right) in zip(a.1, b.1) where left != right { return left < right }
            return false
        }.map(\.0)
    }
}

/// Days in the order of the week, hours in that of the day, the rest by name.
private func sortText(_ coordinate: Coordinate) -> String {
    let value = coordinate.value ?? ""
    switch coordinate.dimension {
    case Dimension.day:
        return Weekday(rawValue: value).flatMap(Weekday.allCases.firstIndex).map { "\($0)" }
            ?? value
    case Dimension.hour: return value.count == 1 ? "0" + value : value
    default: return value
    }
}
