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
    let question = RowQuestion(
        evidence: evidence, before: baseline?.evidence ?? [], span: span, experience: experience,
        shape: dimensions.isEmpty ? nil : dimensions)
    return Report(
        kind: kind, span: span, baseline: baseline?.span, watermark: watermark,
        rows: question.rows(kind), findings: findings(evidence, at: span.until))
}

/// What rows are made from, whatever their kind.
private struct RowQuestion {
    let evidence: [PlanEvidence]
    let before: [PlanEvidence]
    let span: Span
    let experience: String?
    let shape: [String]?
    let look: Look

    init(
        evidence: [PlanEvidence], before: [PlanEvidence], span: Span, experience: String?,
        shape: [String]?
    ) {
        self.evidence = evidence
        self.before = before
        self.span = span
        self.experience = experience
        self.shape = shape
        look = Look(evidence, at: span.until)
    }

    func rows(_ kind: ReportKind) -> ReportRows {
        switch kind {
        case .summary: .summary(compared { [summaryRow($0, look)] })
        case .coverage: .coverage(compared { coverageRows($0, shape: shape) })
        case .distribution:
            .distribution(
                compared { distributionRows($0, shape: shape, experience: experience) })
        case .split:
            .split(
                shape == nil || before.isEmpty
                    ? compared(splits) : withMixes(compared(splits), evidence, before: before))
        case .drift:
            .drift(
                paired {
                    driftRows(
                        $0, before: $1, over: span, shape: shape, experience: experience)
                })
        case .latency: .latency(compared { latencyRows($0, shape: shape) })
        case .stability: .stability(compared { stabilityRows($0, experience: experience) })
        case .targeting:
            .targeting(paired { targetingRows($0, before: $1, experience: experience) })
        case .rollout:
            .rollout(paired { plan, _ in rolloutRows(plan, look, experience: experience) })
        case .expectations:
            .expectations(
                paired { plan, _ in
                    expectationRows(plan, at: span.until, experience: experience)
                })
        }
    }

    private func splits(_ evidence: PlanEvidence) -> [SplitRow] {
        let rows =
            shape.map { segmentSplitRows(evidence, shape: $0, look, over: span) }
            ?? detailedSplitRows(evidence, look)
        return rows.filter { experience ?? $0.experience == $0.experience }
    }

    /// Each row beside the one of the baseline that is about the same.
    private func compared<Row: IdentifiedRow>(
        _ rows: (PlanEvidence) -> [Row]
    ) -> [Compared<Row>] {
        let former = Dictionary(
            before.flatMap(rows).map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
        return evidence.flatMap(rows).map { Compared($0, before: former[$0.identity]) }
    }

    /// Rows that are made from both by themselves.
    private func paired<Row: ReportRow>(
        _ rows: (PlanEvidence, PlanEvidence?) -> [Row]
    ) -> [Compared<Row>] {
        evidence.flatMap { plan in
            let former = before.first {
                $0.target == plan.target && $0.plan.name == plan.plan.name
            }
            return rows(plan, former).map { Compared($0) }
        }
    }
}

/// A row that says what it is about: its counterpart over a baseline says the same.
private protocol IdentifiedRow: ReportRow {
    var identity: [String] { get }
}

extension SummaryRow: IdentifiedRow {
    fileprivate var identity: [String] { [target, plan] }
}

extension CoverageRow: IdentifiedRow {
    fileprivate var identity: [String] { [target, plan, segment.description] }
}

extension DistributionRow: IdentifiedRow {
    fileprivate var identity: [String] {
        [
            target, plan, experience, audience ?? "\u{0}", segment.description,
            population.rawValue,
        ]
    }
}

extension SplitRow: IdentifiedRow {
    fileprivate var identity: [String] {
        [target, plan, experience, audience ?? "\u{0}", ramp ?? "\u{0}", segment.description]
    }
}

extension LatencyRow: IdentifiedRow {
    fileprivate var identity: [String] { [target, plan, segment.description, phase.rawValue] }
}

extension StabilityRow: IdentifiedRow {
    fileprivate var identity: [String] { [target, plan, experience, audience] }
}
