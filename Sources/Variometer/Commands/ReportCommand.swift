import ArgumentParser
import Dashboards
import Foundation
import Model
import Rendering
import Storage

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Tells what a store knows, of the kind that is asked for.",
        discussion: """
            Answers at once: closed windows from rollups, the rest from rows. `split` counts \
            cohort subjects since the allocation's epoch and exits 1 on a mismatch; with `--by` it \
            tells each segment, and everyone outside it. `drift` compares with the weeks before \
            unless it is told another --baseline.
            """)

    @Argument(
        help: ArgumentHelp(ReportKind.allCases.map(\.rawValue).joined(separator: ", ") + "."))
    var kind: ReportKind = .summary

    @OptionGroup var store: StoreOptions

    @Option(name: .long, help: "RFC 3339, or a span back from now (24h, 7d). Default: 24h.")
    var since: String?

    @Option(name: .long, help: "RFC 3339, or a span back from now. Default: now.")
    var until: String?

    @Option(name: .long, help: "T..T, or a span before --since: shown beside.")
    var baseline: String?

    @Option(name: .long, help: "Only this experience.")
    var experience: String?

    @Option(name: .long, help: "One or two dimensions, as in device or device,geo.")
    var by: String?

    @Option(name: .long, help: "The zone of times, as in Asia/Kolkata.")
    var zone: String?

    @Option(name: .long, help: "Exit 1 if a finding of this severity or worse is open.")
    var failOn: Severity?

    @Option(name: .long, help: "text, json, markdown or html.")
    var format: ReportFormat = .text

    func run() throws {
        let store = try Store(reading: store.path())
        let zone = try chosenZone(zone, store: store)
        let question = try question(zone: zone)
        let report = try ReadLimit.$current.withValue(.command) {
            try ReportAssembly(store: store, now: WallClock.system.now()).report(question)
        }
        StandardOutput.write(
            render(
                report, as: format, time: zone.format,
                color: format == .text && wantsColor(onTerminal: StandardOutput.isTerminal),
                style: Dashboards.pageCSS))
        try gate(report)
    }

    private func question(zone: Zone) throws -> ReportQuestion {
        var question = ReportQuestion(kind: kind)
        question.since = try moment(since, "--since", zone: zone)
        question.until = try moment(until, "--until", zone: zone)
        question.baseline = try baseline.map { try baselineMoments($0, zone: zone) }
        question.experience = experience
        question.isDrawn = format == .html
        question.dimensions = by?.split(separator: ",").map(String.init) ?? []
        guard question.dimensions.count <= 2 else {
            throw ValidationError("--by takes one or two dimensions, as in device,geo")
        }
        return question
    }

    private func baselineMoments(_ text: String, zone: Zone) throws -> ReportQuestion.Baseline {
        let sides = text.components(separatedBy: "..")
        let moments = try sides.compactMap { try moment($0, "--baseline", zone: zone) }
        switch (moments.count, moments.first) {
        case (2, _): return .between(moments[0], moments[1])
        case (1, .back(let span)): return .before(span)
        case (1, .at(let instant)): return .from(instant)
        default: throw ValidationError("--baseline is T..T, T, or a span before --since")
        }
    }

    /// A pipeline can gate on a report: exit 1 on a mismatch, on a broken expectation, or on findings
    /// of a severity.
    private func gate(_ report: Report) throws {
        if let failOn, report.findings.contains(where: { $0.severity >= failOn }) {
            throw ExitCode(ExitStatus.checkFailed.rawValue)
        }
        if case .expectations(let rows) = report.rows,
            rows.contains(where: { $0.row.verdict == .broken })
        {
            throw ExitCode(ExitStatus.checkFailed.rawValue)
        }
        if case .split(let rows) = report.rows,
            rows.contains(where: { $0.row.verdict == .mismatch })
        {
            throw ExitCode(ExitStatus.checkFailed.rawValue)
        }
    }
}

extension ReportKind: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}
