import Model

/// Every expectation of a plan as its cells stand at an instant: what each last answered. A failed
/// probe leaves a cell as it was.
func expectationRows(
    _ evidence: PlanEvidence, at instant: Instant, experience: String? = nil
) -> [ExpectationRow] {
    let cells = Dictionary(grouping: evidence.expectations, by: \.expectation)
    return evidence.plan.expectations.filter { experience ?? $0.experience == $0.experience }.map {
        row($0, cells[$0.identity] ?? [], evidence, at: instant)
    }
}

private let toldCells = 100
private let toldAnswers = 10

private func row(
    _ expectation: Expectation, _ cells: [ExpectationCell], _ evidence: PlanEvidence,
    at instant: Instant
) -> ExpectationRow {
    let broken = cells.compactMap { BrokenCell($0, at: instant) }.sorted()
    return ExpectationRow(
        target: evidence.target, plan: evidence.plan.name, experience: expectation.experience,
        expectation: expectation.words,
        verdict: cells.isEmpty ? .unasked : broken.isEmpty ? .ok : .broken, cells: cells.count,
        brokenCells: broken.count, answers: cells.reduce(0) { $0 + $1.answers },
        brokenAnswers: cells.reduce(0) { $0 + $1.brokenAnswers },
        cover: broken.isEmpty ? nil : cover(of: broken, among: cells, expectation),
        since: broken.first?.breach.since,
        lastBrokenAt: cells.compactMap(\.breach?.lastAt).max(), instead: instead(broken),
        broken: broken.prefix(toldCells).map(\.told))
}

/// A cell whose last answer was something else.
private struct BrokenCell: Comparable {
    let cell: ExpectationCell
    let breach: ExpectationCell.Breach
    private let place: String

    /// Nil: it holds.
    init?(_ cell: ExpectationCell, at instant: Instant) {
        guard let breach = cell.breach(at: instant) else { return nil }
        self.cell = cell
        self.breach = breach
        place = cell.context.segment.description
    }

    static func < (a: Self, b: Self) -> Bool {
        (a.breach.since, a.place) < (b.breach.since, b.place)
    }

    static func == (a: Self, b: Self) -> Bool { a.cell == b.cell }

    var told: ExpectationRow.Broken {
        ExpectationRow.Broken(
            segment: cell.context.segment, since: breach.since, got: breach.got,
            seenAt: breach.lastAt, answers: cell.answers, brokenAnswers: cell.brokenAnswers)
    }
}

/// The smallest segment that tells broken cells from those that hold: what all cells of the
/// expectation have in common, and what tells them apart.
private func cover(
    of broken: [BrokenCell], among cells: [ExpectationCell], _ expectation: Expectation
) -> Segment {
    let contexts = Set(broken.map(\.cell.context))
    let cover = FlipCover(
        cells.map { cell in
            FlipCover.Cell(
                coordinates: cell.context.coordinates, subject: "",
                isFlipped: contexts.contains(cell.context))
        })
    var coordinates = cover?.segment.coordinates ?? []
    for condition in expectation.when where condition.values.count == 1 {
        guard !coordinates.contains(where: { $0.dimension == condition.dimension }) else {
            continue
        }
        coordinates.append(
            Coordinate(dimension: condition.dimension, value: condition.values[0]))
    }
    return Segment(coordinates)
}

private func instead(_ broken: [BrokenCell]) -> [ExpectationRow.Instead] {
    let counts = Dictionary(grouping: broken, by: \.breach.got).mapValues(\.count)
    return counts.map { ExpectationRow.Instead(got: $0.key, cells: $0.value) }
        .sorted { ($1.cells, $0.got) < ($0.cells, $1.got) }.prefix(toldAnswers).map { $0 }
}
