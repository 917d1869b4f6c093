import Model

/// `expectation`: cells answer something else than the plan expects of them; one finding for each
/// expectation.
func brokenExpectations(_ evidence: PlanEvidence, _ look: Look) -> [Finding] {
    zip(evidence.plan.expectations, expectationRows(evidence, at: look.at)).compactMap {
        expectation, row in row.verdict == .broken ? finding(row, expectation, evidence, look) : nil
    }
}

private func finding(
    _ row: ExpectationRow, _ expectation: Expectation, _ evidence: PlanEvidence, _ look: Look
) -> Finding {
    let cover = row.cover ?? .everyone
    return Finding(
        id: findingID(
            .expectation, evidence, row.experience, "expectation-" + name(of: expectation)),
        kind: .expectation, target: row.target, plan: row.plan, experience: row.experience,
        segment: cover, since: row.since, seenAt: look.at,
        effect: Finding.Effect(
            name: "cells that answer something else", value: Double(row.brokenCells), low: nil,
            high: nil, unit: "cells"),
        why: "\(row.expectation): \(row.brokenCells) of \(row.cells) cells"
            + (cover == .everyone ? "" : ", \(cover.words),")
            + " got \(instead(row))" + (row.since.map { " since \($0.rfc3339)" } ?? "")
            + "; \(row.brokenAnswers) of \(row.answers) answers broke it",
        advice: "if the campaign was meant to change, change the expectation with it")
}

/// What cells got, the most frequent first.
private func instead(_ row: ExpectationRow) -> String {
    let told = row.instead.prefix(3)
    guard told.count > 1 else { return told.first?.got ?? "something else" }
    let parts = told.map { "\($0.got) (\($0.cells))" }
    return parts.joined(separator: ", ") + (row.instead.count > told.count ? ", …" : "")
}

/// The same for what says the same, wherever it stands among others.
private func name(of expectation: Expectation) -> String {
    let hash = Array(expectation.identity.utf8).withUnsafeBytes(spreadHash)
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
