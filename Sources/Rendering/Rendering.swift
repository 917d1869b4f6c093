// Rendering: reports become text, JSON, Markdown and HTML.
//
// In: a report with final numbers and how to write times. Out: a string. Each report kind becomes
// a document of sentences, tables and charts, which HTML alone draws; each format writes documents.
// Looks are a style sheet's, which is handed in or linked: elements have classes and no colours.
// It formats numbers and computes none. Upstream text is hostile: every format escapes it. Must not
// know: where the result goes.
package import Model

package enum ReportFormat: String, CaseIterable, Sendable {
    case text, json, markdown, html
}

/// A report in one format, with a line end at its end. `color` is for text on a terminal, `style`
/// the style sheet that HTML has inside.
package func render(
    _ report: Report, as format: ReportFormat, time: TimeFormat, color: Bool = false,
    style: String = ""
) -> String {
    switch format {
    case .json: report.json + "\n"
    case .text: text(document(of: report, time: time), color: color)
    case .markdown: markdown(document(of: report, time: time))
    case .html:
        html(
            [document(of: report, time: time)], title: "Variometer: \(report.kind.rawValue)",
            style: .inside(style))
    }
}

/// Several reports as one page; it links the style sheet that the daemon serves beside it.
package func page(_ reports: [Report], time: TimeFormat) -> String {
    html(
        reports.map { document(of: $0, time: time) }, title: "Variometer",
        style: .linked("/page.css"))
}

/// What a report says, before it has a format.
func document(of report: Report, time: TimeFormat) -> Document {
    var document = Document(title: report.kind.rawValue, subtitle: subtitle(of: report, time: time))
    switch report.rows {
    case .summary(let rows): document.blocks = summaryBlocks(rows, report.charts, time: time)
    case .coverage(let rows): document.blocks = coverageBlocks(rows, time: time)
    case .distribution(let rows): document.blocks = distributionBlocks(rows)
    case .split(let rows): document.blocks = splitBlocks(rows, report.charts, time: time)
    case .drift(let rows): document.blocks = driftBlocks(rows, time: time)
    case .stability(let rows): document.blocks = stabilityBlocks(rows, time: time)
    case .targeting(let rows):
        document.blocks = targetingBlocks(rows, until: report.span.until, time: time)
    case .rollout(let rows):
        document.blocks = rolloutBlocks(rows, report.charts, until: report.span.until, time: time)
    case .expectations(let rows): document.blocks = expectationBlocks(rows, time: time)
    case .latency(let rows): document.blocks = latencyBlocks(rows, report.charts, time: time)
    }
    if report.kind != .split { document.blocks += findingBlocks(report.findings) }
    return document
}

private func subtitle(of report: Report, time: TimeFormat) -> String {
    var text =
        "\(time.minute(report.span.since)) … \(time.minute(report.span.until)) \(time.name(at: report.span.until))"
    if let baseline = report.baseline {
        text += ", before: \(time.minute(baseline.since)) … \(time.minute(baseline.until))"
    }
    if let watermark = report.watermark { text += ", rolled up to \(time.minute(watermark))" }
    return text
}

/// Open findings, worst first, as the analysis ordered them.
private func findingBlocks(_ findings: [Finding]) -> [Block] {
    guard !findings.isEmpty else { return [] }
    return [.heading("findings")]
        + findings.map { finding in
            .line(
                word: finding.severity.rawValue, tone: finding.severity == .critical ? .bad : .open,
                text: "\(finding.kind.rawValue) \(finding.why); \(finding.advice)")
        }
}
