package import Model

/// The evidence of an earlier span, for the rows to stand beside.
package struct Baseline: Sendable {
    package var span: Span
    package var evidence: [PlanEvidence]

    package init(span: Span, evidence: [PlanEvidence]) {
        self.span = span
        self.evidence = evidence
    }
}

/// One report over the evidence of all plans.
///
/// `experience` keeps the rows of one experience where rows have one; `dimensions` asks for the
/// segments of one or two dimensions, empty for the kind's own choice. Findings are those of the
/// present evidence, whatever the kind.
package func report(
    _ kind: ReportKind, over span: Span, evidence: [PlanEvidence], baseline: Baseline? = nil,
    watermark: Instant?, experience: String? = nil, by dimensions: [String] = []
) -> Report {
    let shape = dimensions.isEmpty ? nil : dimensions
    let tests = splitTests(evidence)
    func compared<Row: ReportRow>(
        _ rows: (PlanEvidence) -> [Row], _ identity: (Row) -> [String]
    ) -> [Compared<Row>] {
        let before = Dictionary(
            (baseline?.evidence ?? []).flatMap(rows).map { (identity($0), $0) },
            uniquingKeysWith: { first, _ in first })
        return evidence.flatMap(rows).map { Compared($0, before: before[identity($0)]) }
    }
    let rows: ReportRows =
        switch kind {
        case .summary:
            .summary(compared({ [summaryRow($0, tests: tests)] }, { [$0.target, $0.plan] }))
        case .coverage:
            .coverage(
                compared(
                    { coverageRows($0, shape: shape) },
                    { [$0.target, $0.plan, $0.segment.description] }))
        case .distribution:
            .distribution(
                compared(
                    { distributionRows($0, shape: shape, experience: experience) },
                    {
                        [
                            $0.target, $0.plan, $0.experience, $0.audience ?? "\u{0}",
                            $0.segment.description, $0.population.rawValue,
                        ]
                    }))
        case .split:
            .split(
                compared(
                    {
                        splitRows($0, tests: tests).filter {
                            experience ?? $0.experience == $0.experience
                        }
                    },
                    { [$0.target, $0.plan, $0.experience, $0.audience ?? "\u{0}"] }))
        case .latency:
            .latency(
                compared(
                    { latencyRows($0, shape: shape) },
                    { [$0.target, $0.plan, $0.segment.description, $0.phase.rawValue] }))
        }
    return Report(
        kind: kind, span: span, baseline: baseline?.span, watermark: watermark, rows: rows,
        findings: findings(evidence, at: span.until))
}
