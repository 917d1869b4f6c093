import Model

/// Every expectation of a plan against the targeting map: what each cell's panel subject last got.
/// A failed probe leaves a cell as it was.
func expectationRows(_ evidence: PlanEvidence, experience: String?) -> [ExpectationRow] {
    evidence.plan.expectations.filter { experience ?? $0.experience == $0.experience }.map {
        row($0, evidence)
    }
}

private let toldCells = 100

private func row(_ expectation: Expectation, _ evidence: PlanEvidence) -> ExpectationRow {
    let cells = evidence.map.filter {
        $0.experience == expectation.experience && expectation.holds(in: $0.context)
    }
    let broken = cells.filter { !evidence.meets($0, expectation) }
    let contexts = Set(broken.map(\.context))
    // Told apart from every cell of the experience, also those that it is not about.
    let cover = FlipCover(
        evidence.map.filter { $0.experience == expectation.experience }.map { cell in
            FlipCover.Cell(
                coordinates: cell.context.coordinates, subject: cell.subject ?? "",
                isFlipped: contexts.contains(cell.context))
        })
    return ExpectationRow(
        target: evidence.target, plan: evidence.plan.name, experience: expectation.experience,
        expectation: expectation.words,
        verdict: cells.isEmpty ? .unasked : broken.isEmpty ? .ok : .broken, cells: cells.count,
        brokenCells: broken.count, cover: cover?.segment, since: broken.map(\.since).min(),
        broken: broken.prefix(toldCells).map {
            ExpectationRow.Broken(
                segment: $0.context.segment, since: $0.since, got: words(for: $0))
        })
}

private func words(for cell: TargetingCell) -> String {
    guard cell.outcome == .served else { return cell.outcome.rawValue }
    return "audience \(cell.audience ?? "–"), variation \(cell.variation ?? "–")"
}

extension PlanEvidence {
    fileprivate func meets(_ cell: TargetingCell, _ expectation: Expectation) -> Bool {
        if let outcome = expectation.outcome, outcome != cell.outcome { return false }
        if let audience = expectation.audience {
            guard let own = cell.audience, names(audience, own) else { return false }
        }
        if let variation = expectation.variation, variation != cell.variation { return false }
        return true
    }
}

/// `expectation`: a cell answers something else than the plan expects of it.
func brokenExpectations(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    expectationRows(evidence, experience: nil).enumerated().compactMap { number, row in
        guard row.verdict == .broken, let first = row.broken.first else { return nil }
        let others = row.brokenCells > 1 ? " and \(row.brokenCells - 1) more cells" : ""
        return Finding(
            id: findingID(.expectation, evidence, row.experience, "expectation-\(number + 1)"),
            kind: .expectation, target: row.target, plan: row.plan, experience: row.experience,
            segment: row.cover ?? .everyone, since: row.since, seenAt: look.at,
            effect: Finding.Effect(
                name: "cells that answer something else", value: Double(row.brokenCells), low: nil,
                high: nil, unit: "cells"),
            why: "\(row.expectation): \(first.segment.words) got \(first.got) since"
                + " \(first.since.rfc3339)\(others), of \(row.cells)",
            advice: "if the campaign was meant to change, change the expectation with it")
    }
}
