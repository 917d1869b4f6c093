package enum ReportKind: String, CaseIterable, Sendable {
    case summary, coverage, distribution, split, drift, latency, stability, targeting, rollout
    case expectations
}

/// Half-open interval of time that a report is about.
package struct Span: Hashable, Sendable {
    package var since: Instant
    package var until: Instant

    package init(since: Instant, until: Instant) {
        self.since = since
        self.until = max(since, until)
    }
}

/// A report's row, and the same row over the baseline if one was asked for.
package struct Compared<Row: Hashable & Sendable>: Hashable, Sendable {
    package var row: Row
    /// Nil: no baseline was asked for, or it has no such row.
    package var before: Row?

    package init(_ row: Row, before: Row? = nil) {
        self.row = row
        self.before = before
    }
}

package enum ReportRows: Hashable, Sendable {
    case summary([Compared<SummaryRow>])
    case coverage([Compared<CoverageRow>])
    case distribution([Compared<DistributionRow>])
    case split([Compared<SplitRow>])
    case drift([Compared<DriftRow>])
    case latency([Compared<LatencyRow>])
    case stability([Compared<StabilityRow>])
    case targeting([Compared<TargetingRow>])
    case rollout([Compared<RolloutRow>])
    case expectations([Compared<ExpectationRow>])
}

/// One report: the envelope and its rows. Numbers are final here; whoever shows a report computes
/// none.
package struct Report: Hashable, Sendable {
    package var kind: ReportKind
    package var span: Span
    package var baseline: Span?
    /// Instant before which nothing more is expected; nil: no window was closed yet.
    package var watermark: Instant?
    package var rows: ReportRows
    package var findings: [Finding]
    /// Nil: nobody draws any.
    package var charts: ReportCharts?

    package init(
        kind: ReportKind, span: Span, baseline: Span? = nil, watermark: Instant?,
        rows: ReportRows, findings: [Finding] = [], charts: ReportCharts? = nil
    ) {
        self.kind = kind
        self.span = span
        self.baseline = baseline
        self.watermark = watermark
        self.rows = rows
        self.findings = findings
        self.charts = charts
    }
}

extension Report: JSONWritable {
    package func write(to json: inout JSONText) {
        json.object { json in
            json.member("schema", 1)
            json.member("kind", kind.rawValue)
            json.member("since", span.since)
            json.member("until", span.until)
            json.member("watermark", watermark)
            if let baseline {
                json.name("baseline")
                json.object {
                    $0.member("since", baseline.since)
                    $0.member("until", baseline.until)
                }
            }
            json.name("rows")
            writeRows(to: &json)
            json.name("findings")
            json.array(findings) { $1.write(to: &$0) }
        }
    }

    private func writeRows(to json: inout JSONText) {
        switch rows {
        case .summary(let rows): json.array(rows) { $1.write(to: &$0) }
        case .coverage(let rows): json.array(rows) { $1.write(to: &$0) }
        case .distribution(let rows): json.array(rows) { $1.write(to: &$0) }
        case .split(let rows): json.array(rows) { $1.write(to: &$0) }
        case .drift(let rows): json.array(rows) { $1.write(to: &$0) }
        case .latency(let rows): json.array(rows) { $1.write(to: &$0) }
        case .stability(let rows): json.array(rows) { $1.write(to: &$0) }
        case .targeting(let rows): json.array(rows) { $1.write(to: &$0) }
        case .rollout(let rows): json.array(rows) { $1.write(to: &$0) }
        case .expectations(let rows): json.array(rows) { $1.write(to: &$0) }
        }
    }
}

/// A row that writes its members into an object that somebody else opened.
package protocol ReportRow: Hashable, Sendable {
    func writeMembers(to json: inout JSONText)
}

extension Compared: JSONWritable where Row: ReportRow {
    package func write(to json: inout JSONText) {
        json.object { json in
            row.writeMembers(to: &json)
            if let before {
                json.name("before")
                json.object { before.writeMembers(to: &$0) }
            }
        }
    }
}
